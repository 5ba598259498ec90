import type { Row } from "../pve/data.ts";

/** An entry as answers name it: its number, behind a tag where several servers have records of their own. */
export const entryName = (tag: string | undefined, id: number): string =>
  tag === undefined ? String(id) : `${tag}-${id}`;

/** The entry that a call names; undefined for what is no name of one. */
export function namedEntry({ entry }: Row): { readonly tag?: string; readonly id: number } | undefined {
  const [, tag, digits] = /^(?:([0-9a-f]{6})-)?(\d{1,9})$/.exec(String(entry ?? "").trim()) ?? [];
  return digits === undefined ? undefined : { id: Number(digits), ...(tag === undefined ? {} : { tag }) };
}
