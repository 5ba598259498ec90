import { list, need, text } from "../args.ts";
import { denied, mayAll, normalizePath, permissionMap, privilegesOn } from "../permissions.ts";
import { die, type Handlers, type SimCall, SimError } from "../route.ts";
import { enabledKinds, isSecondFactor } from "../second-factors.ts";
import {
  csrfToken,
  halfTicket,
  isConsoleTicket,
  isHalfTicket,
  isPassword,
  loginTicket,
  setPassword,
  ticketUser,
} from "../tickets.ts";
import type { Json, World } from "../world.ts";
import { confirmedUser } from "./tfa.ts";

/** PVE says no more, so that nobody can try out users' names. */
const refused = (): never => {
  throw new SimError(401, "authentication failure");
};

function mayOn(call: SimCall, id: string, path: string | undefined): boolean {
  const privs = list(call, "privs");
  return path !== undefined && privs.length > 0 && mayAll(call.world, id, path, privs);
}

/** Where the web interface looks for what to offer (PVE::RPCEnvironment compute_api_permission). */
const AREAS = {
  access: "/access",
  dc: "/",
  mapping: "/mapping",
  nodes: "/nodes",
  sdn: "/sdn",
  storage: "/storage",
  vms: "/vms",
};

const capabilities = (world: World, userid: string): Json =>
  Object.fromEntries(
    Object.entries(AREAS).map(([area, path]) => [area, permissionMap(privilegesOn(world, userid, path))]),
  );

/** What a console or a script asks whether a login may do (PVE::API2::AccessControl verify_auth). */
function verified(call: SimCall, userid: string): Json {
  const { world, now } = call;
  const password = need(call, "password");
  const path = normalizePath(need(call, "path"));
  const owner = ticketUser(world, password, now);
  const known =
    owner === userid ||
    owner === "root@pam" ||
    isPassword(world, userid, password) ||
    (path !== undefined && isConsoleTicket(world, password, { user: userid, path }, now));
  return known && mayOn(call, userid, path) ? { username: userid } : refused();
}

/** A new login, or the first half of one whose second factor is still to come. */
function ticket(call: SimCall): Json {
  const { world, now } = call;
  const realm = text(call, "realm");
  const userid = realm === undefined ? need(call, "username") : `${need(call, "username")}@${realm}`;
  const user = world.access.users.get(userid);
  if (!user?.enable || (user.expire !== 0 && user.expire <= now)) return refused();
  if (text(call, "path") !== undefined && text(call, "privs") !== undefined) return verified(call, userid);
  const password = need(call, "password");
  const challenge = text(call, "tfa-challenge");
  const login = (): Json => ({
    username: userid,
    ticket: loginTicket(world, userid, now),
    CSRFPreventionToken: csrfToken(world, userid, now),
    cap: capabilities(world, userid),
    ...(world.cluster ? { clustername: world.cluster.name } : {}),
  });
  if (challenge !== undefined) {
    const right = isHalfTicket(world, userid, challenge, now) && isSecondFactor(world, userid, password, now);
    return right ? login() : refused();
  }
  const owner = ticketUser(world, password, now);
  if (owner === userid || owner === "root@pam") return login();
  if (!isPassword(world, userid, password)) return refused();
  const kinds = enabledKinds(world, userid);
  if (kinds.length === 0) return login();
  const choices = JSON.stringify(
    Object.fromEntries(kinds.map((kind) => [kind, kind === "recovery" ? [] : true])),
  );
  return {
    username: userid,
    NeedTFA: 1,
    ticket: halfTicket(world, userid, choices, now),
    CSRFPreventionToken: csrfToken(world, userid, now),
  };
}

function vncTicket(call: SimCall): Json {
  const authid = need(call, "authid");
  const path = normalizePath(need(call, "path")) ?? refused();
  const port = call.params.port;
  const what = { user: authid, path, ...(typeof port === "number" ? { port } : {}) };
  const good = isConsoleTicket(call.world, need(call, "vncticket"), what, call.now);
  return good && mayOn(call, authid, path) ? null : refused();
}

/** Where a realm keeps passwords that PVE may set. */
const KEEPS_PASSWORDS = new Set(["pam", "pve"]);

/** Logins and passwords (PVE::API2::AccessControl). A world has no password until one is set. */
export const loginRoutes: Handlers = {
  "GET /access/ticket": () => null,
  "POST /access/ticket": ticket,
  "POST /access/vncticket": vncTicket,
  "PUT /access/password": (call) => {
    const userid = confirmedUser(call, "confirmation-password");
    const realm = userid.slice(userid.lastIndexOf("@") + 1);
    if (call.caller.id !== "root@pam" && call.caller.id !== userid && realm === "pam") denied();
    const { type } = call.world.access.domains.get(realm) ?? die(`auth domain '${realm}' does not exist`);
    if (!KEEPS_PASSWORDS.has(String(type))) die(`unable to set password on auth type '${String(type)}'`);
    setPassword(call.world, userid, need(call, "password"));
    return null;
  },
};
