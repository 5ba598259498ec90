import { flag, list, num, type Row, record, rows, str } from "../pve/data.ts";
import type { Block, Fact } from "../render/answer.ts";
import { type Cells, cell } from "./answers.ts";

/** A row of GET /access/users with `full`: PVE's numbers and lists as a reader wants them. */
export const userRow = (row: Row): Cells => ({
  userid: str(row, "userid"),
  enabled: flag(row, "enable"),
  expires: expiry(row),
  realm: str(row, "realm-type"),
  name: personName(row),
  email: str(row, "email"),
  groups: list(str(row, "groups")).join(", "),
  tokens: rows(row.tokens).length || undefined,
  comment: str(row, "comment"),
});

/** Unix seconds, or undefined for PVE's 0: never. */
const expiry = (row: Row): number | undefined => num(row, "expire") || undefined;

const personName = (row: Row): string | undefined =>
  [str(row, "firstname"), str(row, "lastname")].filter(Boolean).join(" ") || undefined;

/** What GET /access/users/{userid} tells of a person, and their API tokens. */
export function userBlocks(user: Row): readonly Block[] {
  const facts: Fact[] = [
    { key: "enabled", value: flag(user, "enable"), format: "flag" },
    expiry(user) === undefined
      ? { key: "expires", value: "never" }
      : { key: "expires", value: expiry(user), format: "time" },
    { key: "name", value: personName(user), foreign: true },
    { key: "email", value: str(user, "email") },
    { key: "groups", value: cell(user.groups) },
    { key: "comment", value: str(user, "comment"), foreign: true },
  ];
  const tokens = Object.entries(record(user.tokens)).map(([id, info]): Cells => {
    const token = record(info);
    return {
      token: id,
      privsep: flag(token, "privsep"),
      expires: expiry(token),
      comment: str(token, "comment"),
    };
  });
  if (tokens.length === 0) return [{ kind: "facts", facts }];
  return [
    { kind: "facts", facts },
    {
      kind: "table",
      title: "API tokens",
      columns: [
        { key: "token" },
        { key: "privsep", label: "own privileges only", format: "flag" },
        { key: "expires", format: "time" },
        { key: "comment", foreign: true },
      ],
      rows: tokens,
    },
  ];
}

/** The fields of a user that a write can change, for before and after. */
export function userState(user: Row): Row {
  const { tokens: _, ...fields } = user;
  return fields;
}

/**
 * Privileges by kind: `VM.*` where a role has all of a kind, `VM.* without Audit` where it has most, else
 * `VM: Audit, Console`. `all`: every privilege that any role has.
 */
export function privilegesText(privileges: readonly string[], all: readonly string[]): string {
  const mine = byKind(privileges);
  const total = byKind(all);
  return [...mine]
    .map(([kind, names]) => {
      const every = total.get(kind) ?? names;
      const missing = every.filter((name) => !names.includes(name));
      if (missing.length === 0) return `${kind}.*`;
      return missing.length * 2 < names.length
        ? `${kind}.* without ${missing.join(", ")}`
        : `${kind}: ${names.join(", ")}`;
    })
    .join("; ");
}

function byKind(privileges: readonly string[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const privilege of privileges) {
    const dot = privilege.indexOf(".");
    const kind = dot < 0 ? privilege : privilege.slice(0, dot);
    kinds.set(kind, [...(kinds.get(kind) ?? []), privilege.slice(dot + 1)]);
  }
  return kinds;
}

/** The roles of GET /access/roles, the operator's own first. */
export function roleBlocks(roles: readonly Row[]): readonly Block[] {
  const all = [...new Set(roles.flatMap((role) => list(str(role, "privs"))))].sort();
  const factOf = (role: Row): Fact => {
    const privileges = list(str(role, "privs"));
    const id = str(role, "roleid") ?? "";
    const text = privilegesText(privileges, all);
    return { key: id, label: `${id} (${privileges.length})`, value: text || "no privileges", long: true };
  };
  const sorted = [...roles].sort((a, b) => (str(a, "roleid") ?? "").localeCompare(str(b, "roleid") ?? ""));
  const blocks = [
    { title: "Own roles", facts: sorted.filter((role) => !flag(role, "special")).map(factOf) },
    { title: "Built-in roles", facts: sorted.filter((role) => flag(role, "special")).map(factOf) },
  ];
  return blocks.flatMap((block): Block[] => (block.facts.length > 0 ? [{ kind: "facts", ...block }] : []));
}

/** An ACL path as PVE keeps it (PVE::AccessControl::normalize_path). */
export const aclPath = (path: string): string => `/${path.split("/").filter(Boolean).join("/")}`;

/** The entries of one ACL path, `user alice@pve PVEAdmin` -> `granted, inherited below`. */
export function aclState(entries: readonly Row[], path: string): Row {
  const state: Record<string, string> = {};
  for (const entry of entries) {
    if (str(entry, "path") !== path) continue;
    const who = `${str(entry, "type")} ${str(entry, "ugid")} ${str(entry, "roleid")}`;
    state[who] = flag(entry, "propagate") ? "granted, also below" : "granted, this path only";
  }
  return state;
}
