import { flag, num, type Row, record, rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { formatCell } from "../../render/units.ts";
import {
  changeFinding,
  creationFinding,
  currentSettings,
  named,
  stableSettings,
  unknownBecause,
} from "../cluster/configuration-object.ts";
import { entriesOf, isOn, settingText } from "../difference/setting-value.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, ReadRoute, Step, Topic } from "../topic.ts";
import { counted, namesOr, when } from "../wording.ts";
import {
  type AclEntry,
  aclEntries,
  entriesPoint,
  entryState,
  groupsOf,
  OWN_USER_GOES,
  userOf,
} from "./access-entries.ts";

const TFA: ReadRoute = "GET /access/tfa/{userid}";
const userLabel = named("user", "userid");

/** The entries that go with a user: its own and its tokens'. */
const ofUser =
  (userid: string) =>
  ({ type, ugid }: AclEntry): boolean =>
    (type === "user" && ugid === userid) || (type === "token" && userOf(ugid) === userid);

/** The names of a user's tokens: an object by name, or a list. */
function tokensOf(user: Row): readonly string[] {
  const { tokens } = user;
  if (Array.isArray(tokens)) return rows(tokens).flatMap((row) => str(row, "tokenid") ?? []);
  return Object.keys(record(tokens));
}

function userText(user: Row): string {
  const name = [str(user, "firstname"), str(user, "lastname")].filter(Boolean).join(" ");
  const enabled = user.enable === undefined || flag(user, "enable");
  return [
    ...when(name !== "", quoted(name, 60)),
    enabled ? "enabled" : "disabled",
    `groups: ${namesOr(groupsOf(user), "none")}`,
    `tokens: ${namesOr(tokensOf(user), "none")}`,
  ].join(", ");
}

/** What goes with a user (PVE::API2::User delete_user): ACL entries, tokens, group membership, second factors. */
export const userRemoval: Topic = async (step, look): Promise<Finding> => {
  const userid = settingText(step.params.userid);
  const [user, entries, factors] = await Promise.all([
    currentSettings(step, look),
    aclEntries(look),
    look.tryRead(TFA, { userid }),
  ]);
  const tokens = user ? tokensOf(user) : [];
  const groups = user ? groupsOf(user) : [];
  const viaGroups = (entry: AclEntry): boolean => entry.type === "group" && groups.includes(entry.ugid);
  return {
    points: [
      ...when(userid === userOf(look.tokenId), OWN_USER_GOES),
      `User ${userid} goes: ${user ? userText(user) : await unknownBecause(step, look)}.`,
      entriesPoint("ACL entries that go with it", entries, ofUser(userid), "none", true),
      ...when(
        entries?.some(viaGroups) ?? false,
        entriesPoint("Through its groups it had", entries, viaGroups, "nothing", true),
      ),
      ...when(rows(factors).length > 0, `${counted(rows(factors).length, "second factor")} of it go too.`),
    ],
    state: {
      [`user ${userid}`]: stableSettings(user),
      [`entries of ${userid}`]: entryState(entries, ofUser(userid)),
    },
    name: userid,
    ...(tokens.length > 0 || rows(factors).length > 0
      ? { final: "the secrets of its tokens and its second factors are not kept anywhere." }
      : {}),
  };
};

/** Unix seconds of an expiry as a sentence; 0 is never. */
export const expiryText = (seconds: number): string =>
  seconds === 0 ? "never" : formatCell(seconds, "time");

/** What leaving and joining groups takes and gives. */
function groupPoints(
  who: string,
  before: readonly string[],
  params: Step["params"],
  entries: readonly AclEntry[] | undefined,
): readonly Point[] {
  if (params.groups === undefined) return [];
  const wanted = entriesOf(params.groups);
  const after = isOn(params, "append") ? [...new Set([...before, ...wanted])] : wanted;
  const via = (says: string, group: string): Point =>
    entriesPoint(says, entries, ({ type, ugid }) => type === "group" && ugid === group, "nothing");
  const left = before.filter((group) => !after.includes(group));
  const joined = after.filter((group) => !before.includes(group));
  if (left.length + joined.length === 0)
    return [
      before.length === 0
        ? `${who} is in no group: it leaves none.`
        : { says: `${who} stays in its groups`, entries: before },
    ];
  return [
    ...left.map((group) => via(`Leaves ${group}, loses`, group)),
    ...joined.map((group) => via(`Joins ${group}, gets`, group)),
  ];
}

/** A change of a user: lockout first, then groups, then the settings. */
export const userChange: Topic = async (step, look): Promise<Finding> => {
  const { params } = step;
  const userid = settingText(params.userid);
  // Groups are told by name, with what they give.
  const { groups: _groups, append: _append, expire: _expire, ...others } = params;
  const [user, entries, change] = await Promise.all([
    currentSettings(step, look),
    params.groups === undefined ? undefined : aclEntries(look),
    changeFinding({ route: step.route, params: others }, look, userLabel),
  ]);
  const own = userid === userOf(look.tokenId);
  const off = settingText(params.enable) === "0";
  const expire = num({ expire: settingText(params.expire) }, "expire");
  const tokens = user ? tokensOf(user) : [];
  const settings = Object.keys(others).length > 1 || (params.groups === undefined && expire === undefined);
  return {
    points: [
      ...when(own && off, OWN_USER_GOES),
      ...when(own && (expire ?? 0) > 0, "This is the user of the token this server uses: it ends with it."),
      ...(settings ? change.points : []),
      ...when(off && tokens.length > 0, listing("Disabled, its tokens no longer work either", tokens)),
      ...(expire === undefined
        ? []
        : [
            `Its access ends: ${expiryText(expire)} (now: ${expiryText(num(user ?? {}, "expire") ?? 0)}). Its tokens end with it.`,
          ]),
      ...(user || entriesOf(params.groups).length > 0
        ? groupPoints(`User ${userid}`, user ? groupsOf(user) : [], params, entries)
        : []),
      ...when(params.groups !== undefined && user === undefined, "Which groups it leaves could not be read."),
    ],
    tells: Object.keys(params).filter((name) => name !== "append" || params.groups !== undefined),
    state: change.state ?? {},
  };
};

/** A new user, and what its groups give it. */
export const userCreation: Topic = async (step, look): Promise<Finding> => {
  const [made, entries] = await Promise.all([
    creationFinding(step, look, { label: userLabel, list: "GET /access/users", key: "userid" }),
    step.params.groups === undefined ? undefined : aclEntries(look),
  ]);
  return {
    ...made,
    points: [...made.points, ...groupPoints("The user", [], step.params, entries)],
    tells: ["userid", "groups"],
  };
};

/** A second factor that is changed or taken away, and what is left of them. */
export const secondFactor: Topic = async ({ route, params }, look: Look): Promise<Finding> => {
  const userid = settingText(params.userid);
  const id = settingText(params.id);
  const data = await look.tryRead(TFA, { userid });
  const factors = rows(data);
  const found = factors.find((row) => str(row, "id") === id);
  const removes = route.startsWith("DELETE") || settingText(params.enable) === "0";
  const others = factors.filter((row) => row !== found && (row.enable === undefined || flag(row, "enable")));
  const what = found
    ? `${str(found, "type") ?? "second factor"} ${quoted(str(found, "description") ?? "", 60)}`.trim()
    : data === undefined
      ? "which could not be read"
      : "which is not among those listed";
  return {
    points: [
      `Second factor ${id} of ${userid} (${what}) ${removes ? "no longer counts" : "changes"}.`,
      ...when(
        removes && data !== undefined,
        others.length > 0
          ? listing(
              "Others left",
              others.map((row) => str(row, "type") ?? "unknown"),
            )
          : `Afterwards ${userid} logs in with the password alone, unless the realm demands a second factor.`,
      ),
    ],
    state: { [`second factors of ${userid}`]: data === undefined ? null : factors.map(stableSettings) },
    ...(route.startsWith("DELETE") ? { final: "a second factor that is gone has to be set up anew." } : {}),
  };
};
