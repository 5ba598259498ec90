import type { Row } from "../../pve/data.ts";
import { redactData } from "../../render/redact.ts";
import { isSecretName, REDACTED } from "../../render/redact-patterns.ts";
import type { Param } from "../../schema/endpoint.ts";
import { endpointOf } from "../../schema/endpoint-table.ts";
import { onOff } from "../../schema/on-off.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { factOf, sameValue, settingText } from "../difference/setting-value.ts";
import { shownValues } from "../difference/settings-difference.ts";
import { shownValue } from "../difference/shown-setting.ts";
import { listed } from "../wording.ts";
import { type Inverse, none, type Params } from "./kinds.ts";

/** Whether a setting has a value. */
export const isSet = (value: unknown): boolean => settingText(value) !== "";

/** Nothing, an empty text, a switch that is off by default and any other default are one to PVE. */
function isUnset(fact: Param | undefined, value: unknown): boolean {
  if (!isSet(value)) return true;
  if (fact?.default !== undefined) return sameValue(fact, value, fact.default);
  return fact?.type === "boolean" && onOff(settingText(value)) === false;
}

/** Whether two values are the same, the line break aside that PVE ends some texts with. */
export const isEqual = (fact: Param | undefined, one: unknown, other: unknown): boolean =>
  sameValue(fact, one, other) ||
  (isSet(one) && isSet(other) && settingText(one).trimEnd() === settingText(other).trimEnd());

/** Whether two values of a parameter come to the same. */
export const isSame = (fact: Param | undefined, one: unknown, other: unknown): boolean =>
  isEqual(fact, one, other) || (isUnset(fact, one) && isUnset(fact, other));

/** Whether a value of a setting holds a secret or what stands for one. */
export const isHidden = (route: Route, key: string, value: unknown): boolean =>
  isSecretName(key) || JSON.stringify(redactData(route, { [key]: value })).includes(REDACTED);

/** Why a secret does not come back. */
export const secretText = (key: string): string => `${key} holds a secret, which is not recorded.`;

/** The placeholders of a route's path. */
export const placeholdersOf = (route: Route): readonly string[] =>
  [...route.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");

/** Parameters that guard a call or name what goes, and are no settings. */
const NO_SETTING = new Set(["digest", "delete", "lock-token"]);

/** The settings among the parameters of an operation. */
export const settingsAmong = (route: Route, params: Params): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(params).filter(
      ([key, value]) =>
        value !== undefined && value !== null && !NO_SETTING.has(key) && !route.includes(`{${key}}`),
    ),
  );

/** The names of the settings that an operation takes. */
export const settingNames = (route: Route): readonly string[] =>
  Object.keys(settingsAmong(route, endpointOf(route).params));

/** A value as an answer has it, as a call takes it. */
function requestValue(fact: Param | undefined, value: unknown): unknown {
  if (fact?.type === "array") return Array.isArray(value) ? value : [value];
  // Of lists in texts, only those of PVE's own formats take a comma.
  const isPlain = Array.isArray(value) && !/-list$/.test(String(fact?.format));
  return isPlain ? value.map(settingText).join(";") : settingText(value);
}

/** Values of settings as a call of an operation takes them. */
export const requestValues = (route: Route, values: Params): Params =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, requestValue(factOf(route, key), value)]),
  );

/** The digest that guards a call, where the operation takes one and the state has it. */
export const guard = (route: Route, now: Row): { readonly digest?: string } =>
  endpointOf(route).params.digest !== undefined && typeof now.digest === "string"
    ? { digest: now.digest }
    : {};

/** Differences that one sentence names. */
const NAMED = 4;

/** "memory is 8192 now, and this change made it 4096". */
export function sinceText(route: Route, key: string, now: unknown, made: unknown): string {
  const shown = (value: unknown) =>
    isSet(value) ? shownValue(key, shownValues(key, value, undefined, route).before ?? "") : "not set";
  return `${key} is ${shown(now)} now, and this change ${isSet(made) ? `made it ${shown(made)}` : "unset it"}`;
}

/** What was changed is not as the change left it. */
export const changedSince = (texts: readonly string[]): Inverse =>
  none(`it has been changed since: ${listed(texts, NAMED)}.`);
