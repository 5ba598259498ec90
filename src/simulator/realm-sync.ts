import { flag, text } from "./args.ts";
import { objects } from "./config-objects.ts";
import { localNode } from "./local-node.ts";
import { parseProperties } from "./property.ts";
import { badParams, die, type SimCall } from "./route.ts";
import type { Json, User, World } from "./world.ts";

/**
 * What an LDAP server knows of a realm: `users` by user name with their properties, `groups` by name with
 * `members`, user names divided by commas. A realm without an entry has a server that does not answer.
 */
export const directoryOf = (world: World, realm: string) => ({
  users: objects(world, `directory/${realm}/users`),
  groups: objects(world, `directory/${realm}/groups`),
});

/** How a synchronization goes: the call's settings before the realm's. */
export interface SyncOptions {
  readonly scope: "users" | "groups" | "both";
  readonly vanished: ReadonlySet<string>;
  /** As given, for the log. */
  readonly vanishedText: string | undefined;
  readonly enableNew: boolean;
}

/** PVE::API2::Domains parse_sync_opts. */
export function syncOptions(call: SimCall, config: Readonly<Record<string, Json>>): SyncOptions {
  const defaults = parseProperties(String(config["sync-defaults-options"] ?? ""));
  const scope = text(call, "scope") ?? defaults.get("scope");
  if (scope !== "users" && scope !== "groups" && scope !== "both")
    return badParams({
      scope: "Not passed as parameter and not defined in realm default sync options.",
    });
  const old = [
    ...(flag(call, "full") ? ["entry", "properties"] : []),
    ...(flag(call, "purge") ? ["acl"] : []),
  ].join(";");
  const vanished = text(call, "remove-vanished") ?? (old || defaults.get("remove-vanished"));
  const kept = vanished === "none" ? undefined : vanished;
  return {
    scope,
    vanished: new Set((kept ?? "").split(";").filter(Boolean)),
    vanishedText: kept,
    enableNew: flag(call, "enable-new", defaults.get("enable-new") !== "0"),
  };
}

/** The realm's entries of one kind that the server does not know any more. */
function dropVanished(
  world: World,
  ids: readonly string[],
  options: SyncOptions,
  kind: { word: "user" | "group"; remove: (id: string) => void },
): string[] {
  const { word, remove } = kind;
  const lines = options.vanished.has("entry") ? [`deleting outdated existing ${word}s first`] : [];
  for (const id of ids) {
    if (options.vanished.has("entry")) {
      remove(id);
      lines.push(`remove ${word} '${id}'`);
    }
    if (options.vanished.has("acl")) {
      const { acl } = world.access;
      acl.splice(0, acl.length, ...acl.filter(({ type, ugid }) => type !== word || ugid !== id));
      lines.push(`purge ${word}s '${id}' ACL entries`);
    }
  }
  return lines;
}

const fieldsOf = (entry: Readonly<Record<string, Json>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, String(value)]));

function begin(word: string, { vanishedText }: SyncOptions): string {
  return vanishedText === undefined
    ? `syncing ${word}`
    : `syncing ${word} (remove-vanished opts: ${vanishedText})`;
}

function syncUsers(world: World, realm: string, options: SyncOptions): string[] {
  const { users } = world.access;
  const known = new Map(
    [...directoryOf(world, realm).users].map(([name, entry]) => [`${name}@${realm}`, fieldsOf(entry)]),
  );
  const gone = [...users.keys()].filter((id) => id.endsWith(`@${realm}`) && !known.has(id)).sort();
  const log = [begin("users", options)];
  log.push(...dropVanished(world, gone, options, { word: "user", remove: (id) => users.delete(id) }));
  for (const [userid, fields] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const old = users.get(userid);
    if (old && !options.vanished.has("properties")) {
      Object.assign(old.fields, fields);
      log.push(`updating user '${userid}'`);
      continue;
    }
    const empty = { enable: options.enableNew, expire: 0, groups: [], tokens: new Map() };
    const user: User = { ...empty, ...old, userid, fields };
    users.set(userid, user);
    log.push(`${old ? "overwriting" : "adding"} user '${userid}'`);
  }
  return log;
}

function syncGroups(world: World, realm: string, options: SyncOptions): string[] {
  const { users, groups } = world.access;
  const known = new Map(
    [...directoryOf(world, realm).groups].map(([name, entry]) => [`${name}-${realm}`, entry]),
  );
  const gone = [...groups.keys()].filter((id) => id.endsWith(`-${realm}`) && !known.has(id)).sort();
  const leave = (group: string) => {
    for (const user of users.values()) user.groups = user.groups.filter((one) => one !== group);
  };
  const log = [begin("groups", options)];
  const remove = (id: string) => {
    leave(id);
    groups.delete(id);
  };
  log.push(...dropVanished(world, gone, options, { word: "group", remove }));
  for (const [groupid, entry] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const old = groups.get(groupid);
    const replaced = old !== undefined && options.vanished.has("properties");
    if (!old || replaced) groups.set(groupid, { groupid });
    log.push(`${replaced ? "overwriting" : old ? "updating" : "adding"} group '${groupid}'`);
    leave(groupid);
    for (const name of String(entry.members ?? "")
      .split(",")
      .filter(Boolean))
      users.get(`${name}@${realm}`)?.groups.push(groupid);
  }
  return log;
}

/** Fetches users and groups of a realm from its server (PVE::API2::Domains sync); a task. */
export function syncRealm(call: SimCall, realm: string): Json {
  const { world } = call;
  const config = world.access.domains.get(realm) ?? badParams({ realm: "Realm does not exist." });
  const type = String(config.type);
  if (type !== "ldap" && type !== "ad")
    die(`Cannot sync realm type '${type}'! Only LDAP/AD realms can be synced.`);
  const options = syncOptions(call, config);
  const { scope } = options;
  const what = scope === "both" ? "users and groups" : scope;
  const dry = flag(call, "dry-run");
  const started = `${dry ? "(dry test run) " : ""}starting sync for realm ${realm}`;
  const base = {
    node: localNode(world)?.name ?? "",
    type: dry ? "auth-realm-sync-test" : "auth-realm-sync",
    id: realm,
  };
  const { users, groups } = directoryOf(world, realm);
  if (users.size + groups.size === 0)
    return call.task({
      ...base,
      seconds: 10,
      log: [started],
      exitstatus: "IO::Socket::INET: connect: Connection timed out",
    });
  return call.task({
    ...base,
    seconds: 2,
    log: [started],
    done: () => {
      const target = dry ? { ...world, access: structuredClone(world.access) } : world;
      return [
        `got data from server, updating ${what}`,
        ...(scope === "groups" ? [] : syncUsers(target, realm, options)),
        ...(scope === "users" ? [] : syncGroups(target, realm, options)),
        ...(dry
          ? ["", "NOTE: Dry test run, changes were NOT written to the configuration."]
          : [`successfully updated ${what} configuration`]),
      ];
    },
  });
}
