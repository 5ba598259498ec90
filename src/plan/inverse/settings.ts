import type { ChangingRoute } from "../../policy/operations/operation.ts";
import type { Row } from "../../pve/data.ts";
import type { Param } from "../../schema/endpoint.ts";
import { endpointOf } from "../../schema/endpoint-table.ts";
import { onOff } from "../../schema/on-off.ts";
import { entriesOf, factOf, settingText } from "../difference/setting-value.ts";
import {
  BACK,
  GONE,
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
import {
  changedSince,
  guard,
  isEqual,
  isHidden,
  isSame,
  isSet,
  requestValues,
  secretText,
  settingNames,
  settingsAmong,
  sinceText,
} from "./values.ts";

/** What a call makes of an object's settings. */
export interface Effect {
  readonly set: Params;
  readonly deleted: readonly string[];
}

/** Where a change of settings is not what its parameters say, one setting each. */
export interface SettingsKind {
  /** What the call comes to. */
  readonly effect?: (params: Params, before: Row) => Effect;
  /** Why there is no way back, where the parameters tell. */
  readonly refuses?: (params: Params) => string | undefined;
  /** Settings that are empty when they are not set. */
  readonly empty?: readonly string[];
  /** What is not given goes: the object is replaced. */
  readonly whole?: true;
}

/** The settings that a call sets and those that it deletes. */
export const plainEffect = (route: ChangingRoute, params: Params): Effect => ({
  set: settingsAmong(route, params),
  deleted: takesList(route) ? entriesOf(params.delete) : [],
});

/** Some operations have a switch of the name `delete`. */
const takesList = (route: ChangingRoute): boolean =>
  ["string", "array"].includes(endpointOf(route).params.delete?.type ?? "");

function wholeEffect(route: ChangingRoute, params: Params, before: Row): Effect {
  const set = settingsAmong(route, params);
  const deleted = settingNames(route).filter((key) => set[key] === undefined && isSet(before[key]));
  return { set, deleted };
}

/** Puts settings back as they were, through the operation that changed them. */
export function settingsReversal(route: ChangingRoute, kind: SettingsKind = {}): Reversal {
  return { sends: [route], present: presentOf(route), way: (change) => wayBack(route, kind, change) };
}

function wayBack(route: ChangingRoute, kind: SettingsKind, { params, before }: MadeChange): Way | string {
  if (before === undefined) return NOT_RECORDED;
  const refused = kind.refuses?.(params);
  if (refused !== undefined) return refused;
  const effect =
    kind.effect?.(params, before) ??
    (kind.whole ? wholeEffect(route, params, before) : plainEffect(route, params));
  const made: Params = {
    ...effect.set,
    ...Object.fromEntries(effect.deleted.map((key) => [key, undefined])),
  };
  const changed = Object.keys(made).filter(
    (key) => isHidden(route, key, made[key]) || !isEqual(factOf(route, key), before[key], made[key]),
  );
  if (changed.length === 0) return NOTHING;
  const sent = kind.whole ? settingNames(route) : changed;
  const hidden = sent.find((key) => isHidden(route, key, made[key]) || isHidden(route, key, before[key]));
  if (hidden !== undefined) return secretText(hidden);
  const stuck = changed.find((key) => !isSet(before[key]) && unsettingOf(route, kind, key) === undefined);
  if (stuck !== undefined) return `${stuck} was not set before, and PVE cannot unset it.`;
  return (now) => {
    if (now === undefined) return none(GONE);
    if (changed.every((key) => isEqual(factOf(route, key), now[key], before[key]))) return none(BACK);
    const since = changed.filter((key) => !isSame(factOf(route, key), now[key], made[key]));
    if (since.length > 0) return changedSince(since.map((key) => sinceText(route, key, now[key], made[key])));
    const restored = { ...back(route, kind, changed, before), ...guard(route, now) };
    return requests([{ route, params: { ...required(route, restored, params), ...restored } }]);
  };
}

/** How a setting becomes unset: left out, deleted, or by the value that stands for nothing; undefined: it cannot. */
function unsettingOf(
  route: ChangingRoute,
  { whole, empty = [] }: SettingsKind,
  key: string,
): { readonly how: "omit" | "delete" } | { readonly how: "value"; readonly value: unknown } | undefined {
  const fact = factOf(route, key);
  if (whole && !fact?.required) return { how: "omit" };
  if (empty.includes(key)) return { how: "value", value: "" };
  if (takesList(route)) return { how: "delete" };
  return isOffByDefault(fact) ? { how: "value", value: false } : undefined;
}

const isOffByDefault = (fact: Param | undefined): boolean =>
  fact?.type === "boolean" && (fact.default === undefined || onOff(settingText(fact.default)) === false);

/** The parameters that make the changed settings what they were. */
function back(route: ChangingRoute, kind: SettingsKind, changed: readonly string[], before: Row): Params {
  const kept = kind.whole ? settingNames(route) : changed;
  const values = requestValues(
    route,
    Object.fromEntries(kept.filter((key) => isSet(before[key])).map((key) => [key, before[key]])),
  );
  const unset = changed
    .filter((key) => !isSet(before[key]))
    .map((key) => ({ key, unsetting: unsettingOf(route, kind, key) }));
  const emptied = unset.flatMap(({ key, unsetting }) =>
    unsetting?.how === "value" ? [[key, unsetting.value] as const] : [],
  );
  const deleted = unset.flatMap(({ key, unsetting }) => (unsetting?.how === "delete" ? [key] : []));
  const isArray = endpointOf(route).params.delete?.type === "array";
  return {
    ...values,
    ...Object.fromEntries(emptied),
    ...(deleted.length > 0 ? { delete: isArray ? deleted : deleted.join(",") } : {}),
  };
}

/** What the operation cannot be without: the names in its path, and what says of what kind the object is. */
function required(route: ChangingRoute, sent: Params, params: Params): Params {
  const names = Object.entries(endpointOf(route).params).flatMap(([name, fact]) =>
    fact.required && sent[name] === undefined && params[name] !== undefined ? [name] : [],
  );
  return Object.fromEntries(names.map((name) => [name, params[name]]));
}
