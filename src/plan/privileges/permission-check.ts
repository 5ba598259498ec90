import { list, type Row, record, str } from "../../pve/data.ts";
import { PveError } from "../../pve/errors.ts";
import type { PermissionCheck } from "../../schema/endpoint.ts";
import { splitList } from "../../schema/split-list.ts";
import { settingText } from "../difference/setting-value.ts";
import type { Look, Step } from "../topic.ts";
import { all, every, type Need, oneOf, some, UNKNOWN } from "./privilege-need.ts";

/** What no token ever passes: being the user that the call is about. */
const NEVER = undefined;

/** An ACL path as PVE::AccessControl normalize_path makes it; undefined for what is none. */
function aclPath(template: string, params: Step["params"]): string | undefined {
  // PVE::Tools template_replace puts a dash where the parameter is not given.
  const filled = template.replace(/\{([^}]+)\}/g, (_, name: string) => settingText(params[name]) || "-");
  const path = `/${filled.split("/").filter(Boolean).join("/")}`;
  return /^[A-Za-z0-9._/-]+$/.test(path) ? path : undefined;
}

/** What follows the fixed part of a test: `["perm", path, privileges, "any", 1]`. */
function optionOf(check: PermissionCheck, from: number, name: string): string | undefined {
  for (let at = from; at + 1 < check.length; at += 2)
    if (check[at] === name) return settingText(check[at + 1]);
  return undefined;
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];

const subChecks = (check: PermissionCheck): readonly PermissionCheck[] =>
  check.slice(1).filter((sub): sub is PermissionCheck => Array.isArray(sub));

/** The groups of a user: undefined when they cannot be known, none when the caller has no rights on any of them. */
async function groupsOf(userid: string, look: Look): Promise<readonly string[] | undefined> {
  try {
    const user: Row = record(await look.read("GET /access/users/{userid}", { userid }));
    const { groups } = user;
    return Array.isArray(groups) ? groups.map(String) : list(str(user, "groups"));
  } catch (error) {
    // User.Modify on one of the groups would do to read it.
    if (error instanceof PveError) return error.kind === "permission" ? [] : undefined;
    throw error;
  }
}

type Test = (check: PermissionCheck, step: Step, look: Look) => Promise<Need | undefined> | Need | undefined;

const TESTS: Readonly<Record<string, Test>> = {
  and: async (check, step, look) => {
    const needs = await Promise.all(subChecks(check).map((sub) => needOf(sub, step, look)));
    return needs.includes(NEVER) ? NEVER : every(...needs.flatMap((need) => need ?? []));
  },
  or: async (check, step, look) => {
    const needs = await Promise.all(subChecks(check).map((sub) => needOf(sub, step, look)));
    const ways = needs.flatMap((need) => need ?? []);
    return ways.length === 0 ? NEVER : some(...ways);
  },
  perm: (check, { params }) => {
    const required = optionOf(check, 3, "require_param");
    if (required !== undefined && settingText(params[required]) === "") return NEVER;
    const path = aclPath(String(check[1]), params);
    if (path === undefined) return UNKNOWN;
    const privileges = strings(check[2]);
    return optionOf(check, 3, "any") === "1" ? oneOf(path, privileges) : all(path, ...privileges);
  },
  "perm-modify": (check, { params }) => {
    const path = aclPath(String(check[1]), params);
    if (path === undefined) return UNKNOWN;
    // PVE::RPCEnvironment check_perm_modify.
    const more = Object.entries(ALLOCATES).flatMap(([prefix, privilege]) =>
      path.startsWith(prefix) ? [privilege] : [],
    );
    return oneOf(path, ["Permissions.Modify", ...more]);
  },
  "userid-param": (check, { params }) => {
    if (check[1] === "self") return NEVER;
    const realm = /@([^@]+)$/.exec(settingText(params.userid))?.[1];
    return check[1] === "Realm.AllocateUser" && realm !== undefined
      ? all(`/access/realm/${realm}`, "Realm.AllocateUser")
      : UNKNOWN;
  },
  "userid-group": async (check, { params }, look) => {
    const privileges = strings(check[1]);
    const mode = optionOf(check, 2, "groups_param");
    const anywhere = oneOf("/access/groups", privileges);
    const onGroup = (group: string): Need => oneOf(`/access/groups/${group}`, privileges);
    const wanted = splitList(settingText(params.groups));
    if (mode !== undefined && wanted.length === 0) return anywhere;
    const allWanted = mode === undefined ? [] : wanted.map(onGroup);
    if (mode === "create") return some(anywhere, every(...allWanted));
    const groups = await groupsOf(settingText(params.userid), look);
    if (groups === undefined) return UNKNOWN;
    return groups.length === 0 ? anywhere : some(anywhere, every(...allWanted, some(...groups.map(onGroup))));
  },
};

const ALLOCATES: Readonly<Record<string, string>> = {
  "/storage/": "Datastore.Allocate",
  "/vms/": "VM.Allocate",
  "/pool/": "Pool.Allocate",
};

/** A permission expression of the endpoint table as what a token needs; undefined when no token ever passes. */
async function needOf(check: PermissionCheck, step: Step, look: Look): Promise<Need | undefined> {
  const test = TESTS[String(check[0])];
  return test === undefined ? UNKNOWN : test(check, step, look);
}

/**
 * What an operation's permission expression asks of a token (PVE::RPCEnvironment exec_api2_perm_check). A test that
 * this program does not know is unknown.
 */
export async function checkNeed(check: PermissionCheck, step: Step, look: Look): Promise<Need> {
  return (await needOf(check, step, look)) ?? UNKNOWN;
}
