import { formed } from "./form.ts";
import { show } from "./show.ts";
import { parseList } from "./values.ts";

/** What an operator names in `PVE_PROTECTED` and `PVE_ALLOWED`: VMIDs, or everything with a tag or in a place. */
export type Bound =
  | { readonly kind: "vmid"; readonly from: number; readonly to: number }
  | { readonly kind: "tag" | "pool" | "node" | "storage"; readonly name: string };

const LEAST = 100;
const MOST = 999_999_999;

/** Names as PVE has them: a tag, a nested pool, a node, a storage id. */
const NAMES: Readonly<Record<Exclude<Bound["kind"], "vmid">, RegExp>> = {
  tag: /^[a-z0-9_][a-z0-9_\-+.]*$/i,
  pool: /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+){0,2}$/,
  node: /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
  storage: /^[A-Za-z][A-Za-z0-9\-_.]*[A-Za-z0-9]$/,
};

function parseBound(entry: string): Bound | undefined {
  const range = /^(\d{3,9})(?:-(\d{3,9}))?$/.exec(entry);
  if (range) {
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    return from >= LEAST && to <= MOST && from <= to ? { kind: "vmid", from, to } : undefined;
  }
  const [, kind, name = ""] = /^(tag|pool|node|storage):(.+)$/.exec(entry) ?? [];
  if (kind === undefined || !isKind(kind) || !NAMES[kind].test(name)) return undefined;
  return { kind, name };
}

const isKind = (kind: string): kind is keyof typeof NAMES => Object.hasOwn(NAMES, kind);

/** `100,200-299,tag:prod,pool:lab,node:pve1,storage:nas`, blanks around entries allowed. */
export const parseBounds = formed<readonly Bound[]>(
  { kind: "list", numbers: { least: LEAST, most: MOST } },
  (text) => {
    const list = parseList(text);
    if ("problem" in list) return list;
    const bounds = list.value.map((entry) => ({ entry, bound: parseBound(entry) }));
    const wrong = bounds.find(({ bound }) => bound === undefined);
    if (wrong) {
      return {
        problem: `has an entry that is none: ${show(wrong.entry, /^[\w:.,/+-]+$/.test(wrong.entry))}; an entry is a VMID, a range such as 200-299, tag:NAME, pool:NAME, node:NAME or storage:NAME`,
      };
    }
    return { value: bounds.flatMap(({ bound }) => bound ?? []) };
  },
);

/** An entry as the operator wrote it. */
export function boundText(bound: Bound): string {
  if (bound.kind !== "vmid") return `${bound.kind}:${bound.name}`;
  return bound.from === bound.to ? String(bound.from) : `${bound.from}-${bound.to}`;
}
