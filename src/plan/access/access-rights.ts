import { flag, list, record, rows, str } from "../../pve/data.ts";
import { changeFinding, currentSettings, named, stableSettings } from "../cluster/configuration-object.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { listing, listings, type Point } from "../point.ts";
import type { Finding, Look, ReadRoute, Step, Topic } from "../topic.ts";
import { capital, when } from "../wording.ts";
import {
  type AclEntry,
  aclEntries,
  entriesPoint,
  entryState,
  entryText,
  isOwn,
  type Self,
  selfOf,
} from "./access-entries.ts";

const ROLES: ReadRoute = "GET /access/roles";
const GROUP = "GET /access/groups/{groupid}" as const;
const groupLabel = named("group", "groupid");

/** The sentence that our own access hangs on it; none when it does not. */
const ownPoint = (
  self: Self,
  entries: readonly AclEntry[] | undefined,
  which: (entry: AclEntry) => boolean,
): readonly Point[] =>
  listings(
    "This server's own access hangs on it",
    (entries ?? [])
      .filter((entry) => which(entry) && isOwn(self, entry))
      .map((entry) => entryText(entry, true)),
  );

/** The members of a group and what it gives them (PVE::API2::Group delete_group: its ACL entries go with it). */
export const groupRemoval: Topic = async (step, look): Promise<Finding> => {
  const groupid = settingText(step.params.groupid);
  const [group, entries, self] = await Promise.all([
    currentSettings(step, look),
    aclEntries(look),
    selfOf(look),
  ]);
  const members = group && Array.isArray(group.members) ? group.members.map(String) : undefined;
  const ofGroup = ({ type, ugid }: AclEntry): boolean => type === "group" && ugid === groupid;
  return {
    points: [
      ...ownPoint(self, entries, ofGroup),
      members === undefined
        ? `Group ${groupid} goes. Members that lose what it gives: could not be read.`
        : listing(`Group ${groupid} goes. Members that lose what it gives`, members),
      entriesPoint("ACL entries that go with it", entries, ofGroup, "none"),
    ],
    state: {
      [`group ${groupid}`]: stableSettings(group),
      [`entries of ${groupid}`]: entryState(entries, ofGroup),
    },
    name: groupid,
  };
};

/** A change of a group: nothing but its comment can be changed. */
export const groupChange: Topic = (step, look) => changeFinding(step, look, groupLabel);

/** A role's privileges now, and whether PVE made it itself; undefined where it is not there or cannot be read. */
async function roleOf(
  look: Look,
  roleid: string,
): Promise<{ readonly privileges: readonly string[]; readonly builtIn: boolean } | undefined> {
  const role = rows(await look.tryRead(ROLES, {})).find((row) => str(row, "roleid") === roleid);
  return role && { privileges: [...list(str(role, "privs"))].sort(), builtIn: flag(role, "special") };
}

/** A role that gains or loses privileges, or goes, and who has it where. */
export const roleChange: Topic = async ({ route, params }, look): Promise<Finding> => {
  const roleid = settingText(params.roleid);
  const [role, entries, self] = await Promise.all([roleOf(look, roleid), aclEntries(look), selfOf(look)]);
  const ofRole = (entry: AclEntry): boolean => entry.roleid === roleid;
  const removes = route.startsWith("DELETE");
  const before = role?.privileges ?? [];
  const given = entriesOf(params.privs);
  const after = removes ? [] : isOn(params, "append") ? [...new Set([...before, ...given])] : given;
  const lost = before.filter((privilege) => !after.includes(privilege));
  const gained = after.filter((privilege) => !before.includes(privilege));
  const what = removes
    ? [
        listing(
          `Role ${roleid} goes, with it`,
          before,
          "nothing",
          ". PVE leaves the entries that name it; they then grant nothing.",
        ),
      ]
    : [listing(`Role ${roleid} loses`, lost, "nothing"), listing(`Role ${roleid} gains`, gained, "nothing")];
  return {
    points: [
      ...(removes || lost.length > 0 ? ownPoint(self, entries, ofRole) : []),
      ...(role === undefined ? [`Role ${roleid}: its privileges could not be read.`] : what),
      entriesPoint("Who has it", entries, ofRole, "nobody", true),
      ...when(role?.builtIn ?? false, `PVE refuses: ${roleid} is one of its own roles.`),
    ],
    tells: role === undefined ? [] : ["privs", "append"],
    state: {
      [`role ${roleid}`]: role?.privileges ? [...role.privileges] : null,
      [`entries with ${roleid}`]: entryState(entries, ofRole),
    },
    ...(removes ? { name: roleid } : {}),
  };
};

/** The entries that a change of the access list is about, a subject and a role each. */
function wantedEntries(params: Step["params"]): readonly AclEntry[] {
  const path = `/${settingText(params.path).split("/").filter(Boolean).join("/")}`;
  const propagate = params.propagate === undefined || isOn(params, "propagate");
  const subjects = (["group", "user", "token"] as const).flatMap((type) =>
    entriesOf(params[`${type}s`]).map((ugid) => ({ type, ugid })),
  );
  return entriesOf(params.roles).flatMap((roleid) =>
    subjects.map((subject) => ({ ...subject, path, roleid, propagate })),
  );
}

const sameSubject = (one: AclEntry, other: AclEntry): boolean =>
  one.type === other.type && one.ugid === other.ugid;

/** What becomes of the entries. */
function entryPoints(
  wanted: readonly AclEntry[],
  now: readonly AclEntry[],
  deletes: boolean,
): readonly Point[] {
  const fates = new Map<string, string[]>();
  for (const entry of wanted) {
    const [fate, text] = fateOf(entry, now, deletes);
    fates.set(fate, [...(fates.get(fate) ?? []), text]);
  }
  return [...fates].flatMap(([fate, texts]) => listings(fate, texts));
}

function fateOf(entry: AclEntry, now: readonly AclEntry[], deletes: boolean): readonly [string, string] {
  const text = entryText(entry, true);
  const known = now.find(
    (other) => sameSubject(entry, other) && other.path === entry.path && other.roleid === entry.roleid,
  );
  if (deletes) return [known ? "Removed" : "Not there, nothing is removed", text];
  if (!known) return ["Added", text];
  return known.propagate === entry.propagate
    ? ["There already", text]
    : ["Changed", `${text}, now ${entryText(known)}`];
}

/**
 * What a new entry hides: entries of a user replace those of its groups and those from paths above
 * (PVE::AccessControl roles).
 */
function hiddenBy(entry: AclEntry, now: readonly AclEntry[]): readonly string[] {
  const first = !now.some((other) => sameSubject(entry, other) && other.path === entry.path);
  const above = now.filter(
    (other) =>
      sameSubject(entry, other) &&
      other.path !== entry.path &&
      (other.path === "/" || entry.path.startsWith(`${other.path}/`)),
  );
  return when(
    first && above.length > 0,
    `On ${entry.path} it replaces what ${entry.ugid} has from above: ${above.map((one) => entryText(one)).join(", ")}.`,
  );
}

/** Who is in the groups that a step takes rights from. */
async function memberPoints(look: Look, params: Step["params"]): Promise<readonly Point[]> {
  return Promise.all(
    entriesOf(params.groups).map(async (groupid) => {
      const { members } = record(await look.tryRead(GROUP, { groupid }));
      return Array.isArray(members)
        ? listing(`Members of ${groupid}`, members.map(String))
        : `Members of ${groupid}: could not be read.`;
    }),
  );
}

/** Entries of the access list that are added or removed. */
export const aclChange: Topic = async ({ params }, look): Promise<Finding> => {
  const [entries, self, members] = await Promise.all([
    aclEntries(look),
    selfOf(look),
    memberPoints(look, params),
  ]);
  const wanted = wantedEntries(params);
  const deletes = isOn(params, "delete");
  const path = wanted[0]?.path ?? settingText(params.path);
  const onPath = (entry: AclEntry): boolean => entry.path === path;
  const now = entries ?? [];
  const own = wanted.filter((entry) => isOwn(self, entry));
  const ownText =
    deletes || own.some(({ roleid }) => roleid === "NoAccess")
      ? "This takes rights from this server's own"
      : "This changes rights of this server's own";
  return {
    points: [
      ...own.map(({ type, ugid }) => `${ownText} ${type} ${ugid}.`),
      ...(entries === undefined ? ["The access list could not be read."] : entryPoints(wanted, now, deletes)),
      ...(deletes ? [] : wanted.flatMap((entry) => hiddenBy(entry, now))),
      ...when(
        !deletes && wanted.some(({ roleid }) => roleid === "NoAccess"),
        "NoAccess takes every other role away there.",
      ),
      ...members,
      entriesPoint(`Now on ${path}`, entries, onPath, "no entry", true),
    ],
    tells: entries === undefined ? [] : Object.keys(params),
    state: { [`entries on ${path}`]: entryState(entries, onPath) },
  };
};

/** A new group or role, and whether it is there already. */
export const roleCreation: Topic = async ({ params }, look): Promise<Finding> => {
  const roleid = settingText(params.roleid);
  const data = await look.tryRead(ROLES, {});
  const there = rows(data).some((row) => str(row, "roleid") === roleid);
  const text =
    data === undefined
      ? "is created; whether it is there already could not be read"
      : there
        ? "is there already: PVE refuses to create it"
        : "is created; it is not there yet";
  return {
    points: [`${capital(`role ${roleid}`)} ${text}.`],
    tells: ["roleid"],
    state: { [`role ${roleid}`]: data === undefined ? null : there },
  };
};
