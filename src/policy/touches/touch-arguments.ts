import type { Arguments } from "../operations/operation.ts";
import type { GuestType } from "./touch.ts";

/** The value of a parameter; undefined when it is absent, and so is not sent. */
export function given(params: Arguments, name: string): unknown {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return value === null ? undefined : value;
}

/** A single value's text without the space around it; undefined when it is none. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value.trim();
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** The entries of a list, a text or an array, split wherever PVE may split one; undefined when it is neither. */
export function entriesOf(value: unknown): readonly string[] | undefined {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = parts.map(textOf);
  if (texts.includes(undefined)) return undefined;
  return texts.flatMap((text) => (text ?? "").split(/[\0,;\s]+/)).filter((entry) => entry !== "");
}

/** Each entry of a list as `read` has it; undefined when one of them, or the list, cannot be read. */
export function listOf<T>(value: unknown, read: (entry: string) => T | undefined): readonly T[] | undefined {
  const found: T[] = [];
  for (const entry of entriesOf(value) ?? [""]) {
    const one = read(entry);
    if (one === undefined) return undefined;
    found.push(one);
  }
  return found;
}

/** A VMID, also with a sign or leading zeros (PVE::JSONSchema pve-vmid: 100 to 999999999). */
export function vmidIn(text: string): number | undefined {
  const digits = /^\+?0*([1-9]\d{2,8})$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The VMID that a single value is; undefined when it is none. */
export const vmidOf = (value: unknown): number | undefined => vmidIn(textOf(value) ?? "");

/** An HA resource: `vm:100`, `ct:100` or a VMID (PVE::HA::Config parse_sid), in any case. */
export function sidIn(text: string): { readonly vmid: number; readonly type?: GuestType } | undefined {
  const [, kind, id = ""] = /^(?:(vm|ct):)?([^:]*)$/i.exec(text) ?? [];
  const vmid = vmidIn(id.trim());
  if (vmid === undefined) return undefined;
  return kind === undefined ? { vmid } : { vmid, type: kind.toLowerCase() === "vm" ? "qemu" : "lxc" };
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

/** A node's name as PVE has them (PVE::JSONSchema pve-node). */
export const nodeIn = matching(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/);
/** A storage's (PVE::JSONSchema pve-storage-id). */
export const storageIn = matching(/^[A-Za-z][A-Za-z0-9\-_.]*[A-Za-z0-9]$/);
/** A pool's, nested ones included (PVE::AccessControl pve-poolid). */
export const poolIn = matching(/^[A-Za-z0-9.\-_]+(?:\/[A-Za-z0-9.\-_]+){0,2}$/);
/** A tag (PVE::JSONSchema pve-tag). */
export const tagIn = matching(/^[A-Za-z0-9_][A-Za-z0-9_\-+.]*$/);
/** Ids of jobs, HA rules and groups. */
export const idIn = matching(/^[^\s/]+$/);
