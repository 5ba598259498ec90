import { flag, list, record, rows, str } from "../../pve/data.ts";
import { listing, type Point } from "../point.ts";
import type { Look } from "../topic.ts";

/** A role given to someone on a path. */
export interface AclEntry {
  readonly path: string;
  readonly type: "user" | "group" | "token";
  readonly ugid: string;
  readonly roleid: string;
  /** It counts for the paths below too. */
  readonly propagate: boolean;
}

const TYPES: ReadonlySet<string> = new Set(["user", "group", "token"]);

/** The access list as far as our token sees it; undefined where it cannot be read. */
export async function aclEntries(look: Look): Promise<readonly AclEntry[] | undefined> {
  const data = await look.tryRead("GET /access/acl", {});
  if (data === undefined) return undefined;
  return rows(data).flatMap((row) => {
    const [path = "", type = "", ugid = "", roleid = ""] = ["path", "type", "ugid", "roleid"].map((key) =>
      str(row, key),
    );
    if (!TYPES.has(type)) return [];
    const propagate = row.propagate === undefined || flag(row, "propagate");
    return [{ path, type: type as AclEntry["type"], ugid, roleid, propagate }];
  });
}

/** `Operator on /vms`, or with whom: `group operators: Operator on /vms`. */
export function entryText({ path, type, ugid, roleid, propagate }: AclEntry, whose = false): string {
  const text = `${roleid} on ${path}${propagate ? "" : " (not below it)"}`;
  return whose ? `${type} ${ugid}: ${text}` : text;
}

/** "It has: Operator on /vms": a point of entries; says so where the list could not be read. */
export const entriesPoint = (
  says: string,
  entries: readonly AclEntry[] | undefined,
  which: (entry: AclEntry) => boolean,
  none: string,
  whose = false,
): Point =>
  entries === undefined
    ? `${says}: the access list could not be read.`
    : listing(
        says,
        entries.filter(which).map((entry) => entryText(entry, whose)),
        // PVE shows nothing of the list to whoever may not see it.
        entries.length === 0 ? "none that this server may see" : none,
      );

/** Entries as a plan's state keeps them. */
export const entryState = (
  entries: readonly AclEntry[] | undefined,
  which: (entry: AclEntry) => boolean,
): string[] | null =>
  entries
    ?.filter(which)
    .map((entry) => entryText(entry, true))
    .sort() ?? null;

/** Who this server is to PVE. */
export interface Self {
  readonly tokenId: string;
  readonly user: string;
  /** Groups of the user; undefined where they cannot be read. */
  readonly groups: readonly string[] | undefined;
}

/** The user part of a token's id: `root@pam!mcp` -> `root@pam`. */
export const userOf = (tokenId: string): string => tokenId.replace(/!.*$/, "");

/** Our own token's user and its groups. */
export async function selfOf(look: Look): Promise<Self> {
  const user = userOf(look.tokenId);
  const data = await look.tryRead("GET /access/users/{userid}", { userid: user });
  return { tokenId: look.tokenId, user, groups: data === undefined ? undefined : groupsOf(record(data)) };
}

/** The groups in a user's settings. */
export const groupsOf = (user: ReturnType<typeof record>): readonly string[] =>
  Array.isArray(user.groups) ? user.groups.map(String) : list(str(user, "groups"));

/** Whether rights of a user, group or token are also this server's: its token, its user, a group of its user. */
export const isOwn = (self: Self, { type, ugid }: Pick<AclEntry, "type" | "ugid">): boolean =>
  type === "token"
    ? ugid === self.tokenId
    : type === "user"
      ? ugid === self.user
      : (self.groups?.includes(ugid) ?? false);

/** Said first where a step takes access from whom this server acts as. */
export const OWN_USER_GOES = "This is the user of the token this server uses: afterwards it can do nothing.";
/** The same of the token itself. */
export const OWN_TOKEN_GOES = "This is the token this server uses: afterwards it can do nothing.";
