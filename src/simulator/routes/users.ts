import { defined, flag, int, list, mayAny, need, splitList, text } from "../args.ts";
import { uuid } from "../guests.ts";
import { locked } from "../locked.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { factorsOf } from "../second-factors.ts";
import { dropPassword, setPassword } from "../tickets.ts";
import type { Json, User, World } from "../world.ts";

const FIELDS = ["firstname", "lastname", "email", "comment", "keys"];

type Token = User["tokens"] extends Map<string, infer T> ? T : never;

/** The user, or PVE's complaint (PVE::AccessControl::check_user_exist). */
function userOf(world: World, userid: string): User {
  return world.access.users.get(userid) ?? die(`no such user ('${userid}')`);
}

function tokenOf(user: User, tokenid: string): Token {
  return user.tokens.get(tokenid) ?? die(`no such token '${tokenid}' for user '${user.userid}'`);
}

/** PVE::AccessControl::verify_username: `name@realm`, at most 64 characters. */
export function verifyUsername(userid: string): string {
  if (userid.length > 64) die(`user name '${userid}' is too long (${userid.length} > 64)`);
  if (!/^[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+$/.test(userid))
    die(`value '${userid}' does not look like a valid user name`);
  return userid;
}

function tokenInfo(token: Token): Record<string, Json> {
  return defined<Json>({
    expire: token.expire,
    privsep: token.privsep ? 1 : 0,
    comment: token.comment || undefined,
  });
}

function userInfo(user: User): Record<string, Json> {
  return { enable: user.enable ? 1 : 0, expire: user.expire, ...user.fields };
}

function joinGroups(call: SimCall, user: User): void {
  for (const group of list(call, "groups")) {
    if (!call.world.access.groups.has(group)) die(`no such group '${group}'`);
    if (!user.groups.includes(group)) user.groups.push(group);
  }
}

function setFields(call: SimCall, user: User): void {
  for (const field of FIELDS) {
    const value = text(call, field);
    if (value !== undefined) user.fields[field] = value;
    if (value === "" && field !== "email") delete user.fields[field];
  }
}

/** Drops a token's or user's entries from the access list. */
function forget(world: World, keep: (entry: World["access"]["acl"][number]) => boolean): void {
  const acl = world.access.acl;
  acl.splice(0, acl.length, ...acl.filter(keep));
}

function visible(call: SimCall, user: User): boolean {
  return (
    mayAny(call, "/access/groups", "User.Modify", "Sys.Audit") ||
    user.userid === call.caller.user ||
    user.groups.some((group) => mayAny(call, `/access/groups/${group}`, "User.Modify", "Sys.Audit"))
  );
}

function listed(call: SimCall, user: User): Json {
  const realm = call.world.access.domains.get(user.userid.slice(user.userid.lastIndexOf("@") + 1));
  const full = flag(call, "full")
    ? {
        groups: user.groups.join(","),
        ...(user.tokens.size > 0 ? { tokens: tokenList(user) } : {}),
      }
    : {};
  return {
    userid: user.userid,
    ...userInfo(user),
    ...full,
    ...(realm?.type === undefined ? {} : { "realm-type": realm.type }),
  };
}

function tokenList(user: User): Json[] {
  return [...user.tokens.entries()].map(([tokenid, token]) => ({ tokenid, ...tokenInfo(token) }));
}

/** Users and their API tokens (PVE::API2::User). */
export const userRoutes: Handlers = {
  "GET /access/users": (call) => {
    const enabled = call.params.enabled;
    return [...call.world.access.users.values()]
      .filter((user) => visible(call, user))
      .filter((user) => enabled === undefined || user.enable === flag(call, "enabled"))
      .sort((a, b) => (a.userid < b.userid ? -1 : 1))
      .map((user) => listed(call, user));
  },
  "GET /access/users/{userid}": (call) => {
    const user = userOf(call.world, need(call, "userid"));
    const tokens = Object.fromEntries([...user.tokens].map(([id, token]) => [id, tokenInfo(token)]));
    return { ...userInfo(user), groups: user.groups, tokens: user.tokens.size > 0 ? tokens : null };
  },
  "POST /access/users": (call) => {
    const userid = verifyUsername(need(call, "userid"));
    locked("create user failed", () => {
      const { users, domains } = call.world.access;
      if (users.has(userid)) die(`user '${userid}' already exists`);
      const realm = userid.slice(userid.lastIndexOf("@") + 1);
      if (text(call, "password") !== undefined && !domains.has(realm))
        die(`auth domain '${realm}' does not exist`);
      const user: User = {
        userid,
        enable: flag(call, "enable", true),
        expire: int(call, "expire") ?? 0,
        fields: { email: "" },
        groups: [],
        tokens: new Map(),
      };
      joinGroups(call, user);
      setFields(call, user);
      users.set(userid, user);
      const password = text(call, "password");
      if (password !== undefined) setPassword(call.world, userid, password);
    });
    return null;
  },
  "PUT /access/users/{userid}": (call) => {
    const user = userOf(call.world, need(call, "userid"));
    locked("update user failed", () => {
      if (call.params.enable !== undefined) user.enable = flag(call, "enable");
      user.expire = int(call, "expire") ?? user.expire;
      if (call.params.groups !== undefined) {
        if (!flag(call, "append")) user.groups = [];
        joinGroups(call, user);
      }
      setFields(call, user);
    });
    return null;
  },
  "DELETE /access/users/{userid}": (call) => {
    const { userid } = userOf(call.world, need(call, "userid"));
    call.world.access.users.delete(userid);
    dropPassword(call.world, userid);
    factorsOf(call.world, userid).clear();
    forget(call.world, ({ ugid }) => ugid !== userid && !ugid.startsWith(`${userid}!`));
    return null;
  },
  "GET /access/users/{userid}/token": (call) => tokenList(userOf(call.world, need(call, "userid"))),
  "GET /access/users/{userid}/token/{tokenid}": (call) =>
    tokenInfo(tokenOf(userOf(call.world, need(call, "userid")), need(call, "tokenid"))),
  "POST /access/users/{userid}/token/{tokenid}": (call) => {
    const user = userOf(call.world, need(call, "userid"));
    const tokenid = need(call, "tokenid");
    if (user.tokens.has(tokenid)) badParams({ tokenid: "Token already exists." });
    const secret = uuid(call.world.rng);
    const comment = text(call, "comment");
    const expire = int(call, "expire");
    const privsep = flag(call, "privsep", true);
    user.tokens.set(tokenid, { secret, privsep, expire: expire ?? 0, ...(comment ? { comment } : {}) });
    // What the caller sent comes back as sent, as text; PVE's own default is a number.
    const info = defined<Json>({
      privsep: call.params.privsep === undefined ? 1 : String(Number(privsep)),
      expire: expire === undefined ? undefined : String(expire),
      comment: comment || undefined,
    });
    return { info, value: secret, "full-tokenid": `${user.userid}!${tokenid}` };
  },
  "PUT /access/users/{userid}/token/{tokenid}": (call) => {
    const user = userOf(call.world, need(call, "userid"));
    const tokenid = need(call, "tokenid");
    const token = tokenOf(user, tokenid);
    for (const key of splitList(text(call, "delete") ?? ""))
      if (key !== "comment") badParams({ delete: `unknown option '${key}'` });
    if (call.params.privsep !== undefined) token.privsep = flag(call, "privsep");
    token.expire = int(call, "expire") ?? token.expire;
    const comment = text(call, "delete") === undefined ? (text(call, "comment") ?? token.comment) : "";
    if (comment) token.comment = comment;
    else delete token.comment;
    if (!flag(call, "regenerate")) return tokenInfo(token);
    token.secret = uuid(call.world.rng);
    return { ...tokenInfo(token), value: token.secret, "full-tokenid": `${user.userid}!${tokenid}` };
  },
  "DELETE /access/users/{userid}/token/{tokenid}": (call) => {
    const user = userOf(call.world, need(call, "userid"));
    const tokenid = need(call, "tokenid");
    tokenOf(user, tokenid);
    user.tokens.delete(tokenid);
    forget(call.world, ({ ugid }) => ugid !== `${user.userid}!${tokenid}`);
    return null;
  },
  "GET /access/users/{userid}/tfa": () => ({ realm: null, user: null }),
  "PUT /access/users/{userid}/unlock-tfa": (call) => {
    userOf(call.world, need(call, "userid"));
    return false;
  },
};
