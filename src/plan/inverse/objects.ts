import type { ChangingRoute } from "../../policy/operations/operation.ts";
import type { Row } from "../../pve/data.ts";
import { endpointOf } from "../../schema/endpoint-table.ts";
import { factOf } from "../difference/setting-value.ts";
import {
  GONE,
  type Inverse,
  type MadeChange,
  NOT_RECORDED,
  none,
  type Params,
  presentOf,
  type ReversalTable,
  requests,
  type Way,
} from "./kinds.ts";
import {
  changedSince,
  guard,
  isHidden,
  isSame,
  isSet,
  placeholdersOf,
  requestValues,
  secretText,
  settingNames,
  settingsAmong,
  sinceText,
} from "./values.ts";

/** Objects that a name stands for, of which one operation makes and another deletes one. */
export interface ObjectKind {
  readonly create: ChangingRoute;
  readonly remove: ChangingRoute;
  /** The parameters that name one. */
  readonly names: readonly string[];
  /** Settings that PVE fills in when one is made. */
  readonly fills?: readonly string[];
  /** What would go with one that was made. */
  readonly holds?: (now: Row) => string | undefined;
  /** What stays as it is by then. */
  readonly note?: string;
  /** Why one that was deleted does not come back whole; null: never. */
  readonly lost?: ((before: Row, params: Params) => string | undefined) | null;
  /** What goes when one is deleted and does not come back: a noun. */
  readonly leaves?: string;
  /** Settings of answers that its creation does not take. */
  readonly derived?: (before: Row) => readonly string[];
}

/** What was made is deleted, and what was deleted made again. */
export function objectReversals(kind: ObjectKind): ReversalTable {
  const { create, remove, lost, leaves } = kind;
  const present = presentOf(remove);
  return {
    [create]: { sends: [remove], present, way: (change: MadeChange) => deletion(kind, change) },
    ...(lost === null
      ? {}
      : {
          [remove]: {
            sends: [create],
            present,
            way: (change: MadeChange) => creation(kind, change),
            ...(leaves === undefined ? {} : { leaves: () => leaves }),
          },
        }),
  };
}

/** Settings by which something is not what a call made, in words; `ignored` ones are not compared. */
export function differencesFrom(
  route: ChangingRoute,
  made: Params,
  now: Row,
  ignored: ReadonlySet<string> = new Set(),
): readonly string[] {
  return settingNames(route)
    .filter((key) => !ignored.has(key) && !isHidden(route, key, made[key]))
    .filter((key) => !isSame(factOf(route, key), now[key], made[key]))
    .map((key) => sinceText(route, key, now[key], made[key]));
}

function deletion(
  { create, remove, names, fills = [], holds, note }: ObjectKind,
  { params }: MadeChange,
): Way {
  const made = settingsAmong(create, params);
  const unsaid = fills.filter((key) => made[key] === undefined);
  return (now) => {
    if (now === undefined) return none(GONE);
    const since = differencesFrom(create, made, now, new Set([...names, ...unsaid]));
    if (since.length > 0) return changedSince(since);
    const held = holds?.(now);
    if (held !== undefined) return none(held);
    const named = Object.fromEntries(
      [...names, ...placeholdersOf(remove)].map((name) => [name, params[name]] as const),
    );
    return requests([{ route: remove, params: { ...named, ...guard(remove, now) } }], note ? [note] : []);
  };
}

function creation(kind: ObjectKind, { params, before }: MadeChange): Way | string {
  const { create, names, lost, derived } = kind;
  if (before === undefined) return NOT_RECORDED;
  const gone = lost?.(before, params);
  if (gone !== undefined) return gone;
  const hidden = Object.keys(before).find((key) => isHidden(create, key, before[key]));
  if (hidden !== undefined) return secretText(hidden);
  const left = new Set(["digest", ...(derived?.(before) ?? [])]);
  const taken = settingNames(create).filter((key) => !left.has(key) && isSet(before[key]));
  const named = Object.fromEntries(
    [...names, ...placeholdersOf(create)].map((name) => [name, params[name]] as const),
  );
  const sent: Params = {
    ...requestValues(create, Object.fromEntries(taken.map((key) => [key, before[key]]))),
    ...named,
  };
  const missing = Object.entries(endpointOf(create).params).find(
    ([key, fact]) => fact.required && !isSet(sent[key]),
  )?.[0];
  if (missing !== undefined) return `its ${missing} is not recorded.`;
  return (now): Inverse =>
    now === undefined
      ? requests([{ route: create, params: sent }])
      : none("one of that name is there again.");
}
