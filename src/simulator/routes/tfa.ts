import { isTotpCode, parseTotp } from "../../schema/totp.ts";
import { flag, mayAny, need, text } from "../args.ts";
import { uuid } from "../guests.ts";
import { denied } from "../permissions.ts";
import { badParams, die, type Handlers, type SimCall, SimError } from "../route.ts";
import { factorsOf, shownFactor } from "../second-factors.ts";
import { isPassword } from "../tickets.ts";
import type { Json, JsonObject } from "../world.ts";
import { verifyUsername } from "./users.ts";

/**
 * PVE::RPCEnvironment reauth_user_for_user_modification: the user must exist, and whoever is not root@pam says his
 * own password again. Returns the user to change.
 */
export function confirmedUser(call: SimCall, param: string): string {
  const userid = verifyUsername(need(call, "userid"));
  if (!call.world.access.users.has(userid)) die(`no such user ('${userid}')`);
  if (call.caller.id === "root@pam") return userid;
  if (userid === "root@pam") denied();
  const password = text(call, param);
  if (password === undefined) return badParams({ [param]: "password is required to modify user" });
  if (!isPassword(call.world, call.caller.id, password)) throw new SimError(401, "authentication failure");
  return userid;
}

const list = (call: SimCall, userid: string): Json[] =>
  [...factorsOf(call.world, userid)].map(([id, factor]) => shownFactor(id, factor));

function factorOf(call: SimCall, userid: string): JsonObject {
  return factorsOf(call.world, userid).get(need(call, "id")) ?? die("no such entry");
}

/** user.cfg marks a user with second factors by `keys`. */
function mark(call: SimCall, userid: string): void {
  const fields = call.world.access.users.get(userid)?.fields;
  if (!fields) return;
  if (factorsOf(call.world, userid).size > 0) fields.keys = "x";
  else delete fields.keys;
}

/** Four groups of four hex digits, as proxmox-tfa makes them. */
const recoveryKey = (call: SimCall): string => [1, 2, 3, 4].map(() => call.world.rng.hex(4)).join("-");

type Added = { readonly id: string; readonly factor: JsonObject; readonly answer: JsonObject };

function withKey(call: SimCall, more: JsonObject): Added {
  const id = uuid(call.world.rng);
  return { id, factor: { description: described(call), ...more }, answer: { id } };
}

const described = (call: SimCall): string =>
  text(call, "description") ?? die("'description' is required for new entries");

const sent = (call: SimCall, ...names: string[]): boolean =>
  names.some((name) => text(call, name) !== undefined);

/** How a factor of each kind is added (proxmox-tfa add_tfa_entry, PVE::API2::TFA). */
const ADD: Readonly<Record<string, (call: SimCall, userid: string) => Added>> = {
  totp: (call) => {
    if (sent(call, "challenge")) die("'challenge' parameter is invalid for 'totp' entries");
    const description = described(call);
    const [uri, value] = [text(call, "totp"), text(call, "value")];
    if (uri === undefined || value === undefined)
      return die("'totp' type requires both 'totp' and 'value' parameters");
    const totp = parseTotp(uri) ?? die("not an otpauth uri");
    if (!isTotpCode(totp, value, call.now)) die("failed to verify TOTP challenge");
    return withKey(call, { description, uri });
  },
  recovery: (call, userid) => {
    if (sent(call, "totp", "value", "challenge"))
      die("generating recovery tokens does not allow additional parameters");
    if (factorsOf(call.world, userid).has("recovery")) die("user already has recovery keys");
    const keys = Array.from({ length: 10 }, () => recoveryKey(call));
    return {
      id: "recovery",
      factor: { description: "", keys },
      answer: { id: "recovery", recovery: keys },
    };
  },
  webauthn: (call) => {
    if (sent(call, "totp")) die("'totp' parameter is invalid for 'webauthn' entries");
    return registration(call, "webauthn");
  },
  u2f: (call) => {
    if (sent(call, "totp")) die("'totp' parameter is invalid for 'u2f' entries");
    return registration(call, "u2f");
  },
  yubico: (call, userid) => {
    const realm = userid.slice(userid.lastIndexOf("@") + 1);
    const config = call.world.access.domains.get(realm) ?? die(`auth domain '${realm}' does not exist`);
    if (typeof config.tfa !== "string") die(`no yubico otp configuration available for realm ${realm}`);
    if (!String(config.tfa).includes("type=yubico")) die("realm is not setup for Yubico OTP");
    return die("Invalid response from server: 500 Can't connect to api.yubico.com:443");
  },
};

/** A browser's part of a registration is not played. */
function registration(call: SimCall, kind: "webauthn" | "u2f"): Added {
  if (call.world.options[kind] === undefined) die(`no ${kind} configuration available`);
  described(call);
  return die(sent(call, "challenge") ? "no such challenge" : `failed to create ${kind} challenge`);
}

/** Second factors (PVE::API2::TFA). API tokens may look only. */
export const tfaRoutes: Handlers = {
  "GET /access/tfa": (call) => {
    const all = mayAny(call, "/access/groups", "User.Modify", "Sys.Audit");
    return [...call.world.access.users.values()]
      .filter(({ userid }) => factorsOf(call.world, userid).size > 0)
      .filter(
        ({ userid, groups }) =>
          all ||
          userid === call.caller.id ||
          groups.some((group) => mayAny(call, `/access/groups/${group}`, "User.Modify", "Sys.Audit")),
      )
      .map(({ userid }) => ({ userid, entries: list(call, userid) }));
  },
  "GET /access/tfa/{userid}": (call) => list(call, need(call, "userid")),
  "GET /access/tfa/{userid}/{id}": (call) => {
    const id = need(call, "id");
    const factor = factorsOf(call.world, need(call, "userid")).get(id);
    if (!factor) throw new SimError(404, `No such tfa entry '${id}'`);
    return shownFactor(id, factor);
  },
  "POST /access/tfa/{userid}": (call) => {
    const userid = confirmedUser(call, "password");
    const type = need(call, "type");
    const add = ADD[type] ?? die(`unrecognized TFA type "${type}"`);
    const { id, factor, answer } = add(call, userid);
    factorsOf(call.world, userid).set(id, { ...factor, type, created: Math.trunc(call.now) });
    mark(call, userid);
    return answer;
  },
  "PUT /access/tfa/{userid}/{id}": (call) => {
    const userid = confirmedUser(call, "password");
    const factor = factorOf(call, userid);
    factorsOf(call.world, userid).set(need(call, "id"), {
      ...factor,
      description: text(call, "description") ?? factor.description ?? "",
      enable: call.params.enable === undefined ? (factor.enable ?? true) : flag(call, "enable"),
    });
    return null;
  },
  "DELETE /access/tfa/{userid}/{id}": (call) => {
    const userid = confirmedUser(call, "password");
    factorOf(call, userid);
    factorsOf(call.world, userid).delete(need(call, "id"));
    mark(call, userid);
    return null;
  },
};
