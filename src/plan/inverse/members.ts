import type { ChangingRoute } from "../../policy/operations/operation.ts";
import type { Row } from "../../pve/data.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import {
  GONE,
  type Inverse,
  type MadeChange,
  NOT_RECORDED,
  NOTHING,
  none,
  type Params,
  presentOf,
  type Reversal,
  requests,
  type Way,
} from "./kinds.ts";
import { changedSince, isHidden, isSet, secretText, sinceText } from "./values.ts";

const ACL = "PUT /access/acl";
/** What an access entry can be for, by the parameter that names it. */
const HOLDERS = ["users", "groups", "tokens"] as const;

interface AccessEntry {
  readonly holder: (typeof HOLDERS)[number];
  readonly id: string;
  readonly role: string;
  /** Whether it goes for the paths below: "1", "0", or "" where there is no entry. */
  readonly was: string;
}

const entryKey = ({ id, role }: Pick<AccessEntry, "id" | "role">): string => `${id} ${role}`;

/** Access entries, one by one: what was added goes, what was removed or changed comes back. */
export const aclReversal: Reversal = {
  sends: [ACL],
  present: presentOf(ACL),
  way: ({ params, before }: MadeChange): Way | string => {
    if (before === undefined) return NOT_RECORDED;
    const made = isOn(params, "delete") ? "" : settingText(params.propagate ?? true);
    const changed = HOLDERS.flatMap((holder) =>
      entriesOf(params[holder]).flatMap((id) =>
        entriesOf(params.roles).map(
          (role): AccessEntry => ({ holder, id, role, was: settingText(before[`${id} ${role}`]) }),
        ),
      ),
    ).filter(({ was }) => was !== made);
    if (changed.length === 0) return NOTHING;
    return (now) => {
      const since = changed.filter((entry) => settingText(now?.[entryKey(entry)]) !== made);
      return since.length > 0
        ? changedSince(since.map((entry) => accessText(entry, settingText(now?.[entryKey(entry)]))))
        : requests(
            grouped(changed).map((request) => ({ route: ACL, params: { path: params.path, ...request } })),
          );
    };
  },
};

const accessText = ({ id, role }: AccessEntry, now: string): string =>
  now === ""
    ? `the entry of ${id} with ${role} is not there`
    : `the entry of ${id} with ${role} is there${now === "0" ? " without going for the paths below" : ""}`;

/** Parameters of as few calls as it takes: those of one kind with the same roles together. */
function grouped(entries: readonly AccessEntry[]): readonly Params[] {
  const roles = new Map<string, { readonly entry: AccessEntry; readonly roles: string[] }>();
  for (const entry of entries) {
    const key = `${entry.holder} ${entry.was} ${entry.id}`;
    const found = roles.get(key) ?? { entry, roles: [] };
    found.roles.push(entry.role);
    roles.set(key, found);
  }
  const calls = new Map<
    string,
    { readonly entry: AccessEntry; readonly roles: string; readonly ids: string[] }
  >();
  for (const { entry, roles: held } of roles.values()) {
    const all = [...new Set(held)].join(",");
    const key = `${entry.holder} ${entry.was} ${all}`;
    const found = calls.get(key) ?? { entry, roles: all, ids: [] };
    found.ids.push(entry.id);
    calls.set(key, found);
  }
  return [...calls.values()].map(({ entry, roles: held, ids }) => ({
    roles: held,
    [entry.holder]: ids.join(","),
    ...(entry.was === "" ? { delete: true } : { propagate: entry.was === "1" }),
  }));
}

/** Members of a pool, by the parameter that names them. */
const MEMBERS = ["vms", "storage"] as const;

/** Members and comment of a pool: what was added leaves, what left comes back. */
export function poolReversal(route: ChangingRoute): Reversal {
  return { sends: [route], present: presentOf(route), way: (change) => poolWay(route, change) };
}

function poolWay(route: ChangingRoute, { params, before }: MadeChange): Way | string {
  if (before === undefined) return NOT_RECORDED;
  const removing = isOn(params, "delete");
  const moved = MEMBERS.map((kind) => {
    const members = new Set(entriesOf(before[kind]));
    return { kind, ids: entriesOf(params[kind]).filter((id) => members.has(id) === removing) };
  }).filter(({ ids }) => ids.length > 0);
  const hasComment =
    params.comment !== undefined && settingText(params.comment) !== settingText(before.comment);
  if (moved.length === 0 && !hasComment) return NOTHING;
  if (hasComment && [params.comment, before.comment].some((text) => isHidden(route, "comment", text)))
    return secretText("comment");
  const guests = moved.find(({ kind }) => kind === "vms");
  if (guests && !removing && isOn(params, "allow-move"))
    return `the pool that guest ${guests.ids.join(", ")} was in before is not recorded.`;
  return (now): Inverse => {
    if (now === undefined) return none(GONE);
    const since = moved.flatMap(({ kind, ids }) => {
      const members = new Set(entriesOf(now[kind]));
      const other = ids.filter((id) => members.has(id) === removing);
      const what = `${kind === "vms" ? "guest" : "storage"} ${other.join(", ")}`;
      return other.length === 0 ? [] : [`${what} ${removing ? "is a member" : "is no member"} now`];
    });
    if (hasComment && settingText(now.comment) !== settingText(params.comment))
      since.push(sinceText(route, "comment", now.comment, params.comment));
    if (since.length > 0) return changedSince(since);
    return requests([
      {
        route,
        params: {
          poolid: params.poolid,
          ...Object.fromEntries(moved.map(({ kind, ids }) => [kind, ids.join(",")])),
          ...(hasComment ? { comment: settingText(before.comment) } : {}),
          ...(moved.length > 0 && !removing ? { delete: true } : {}),
        },
      },
    ]);
  };
}

/** What a pool would lose with itself. */
export function poolHolds(now: Row): string | undefined {
  const held = MEMBERS.filter((kind) => isSet(now[kind])).map((kind) => settingText(now[kind]));
  return held.length === 0 ? undefined : `the pool has members by now: ${held.join(",")}.`;
}
