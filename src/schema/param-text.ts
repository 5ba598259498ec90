import type { Param, PropertyFormat } from "./endpoint.ts";
import { formatHint } from "./formats/format-hints.ts";
import { namedPropertyFormat } from "./formats/formats.ts";
import { defaultKeyOf } from "./split-property.ts";

/** How much of a parameter is told. */
export type Detail = "brief" | "full";

/** Values of an enum that a brief text names. */
const BRIEF_VALUES = 8;
/** Keys of a property string that a brief text names. */
const BRIEF_KEYS = 14;
/** A pattern longer than this tells a reader nothing. */
const LONGEST_PATTERN = 60;

/** The keys of a parameter that is a property string; undefined for any other. */
export const keysOf = ({ format }: Param): PropertyFormat | undefined =>
  typeof format === "object" ? format : format === undefined ? undefined : namedPropertyFormat(format)?.keys;

function range({ minimum, maximum }: Param): string | undefined {
  if (minimum === undefined && maximum === undefined) return undefined;
  if (maximum === undefined) return `>= ${minimum}`;
  return minimum === undefined ? `<= ${maximum}` : `${minimum}..${maximum}`;
}

const lengths = ({ minLength, maxLength }: Param): string | undefined =>
  maxLength === undefined || (minLength ?? 0) > maxLength ? undefined : `at most ${maxLength} characters`;

function values({ enum: choices }: Param, detail: Detail): string | undefined {
  if (!choices) return undefined;
  const shown = detail === "full" ? choices : choices.slice(0, BRIEF_VALUES);
  return shown.join("|") + (shown.length < choices.length ? `|… (${choices.length})` : "");
}

/** `keys: [file=]volume, size, cache`; in full each key with its own type and limits. */
function keysText(keys: PropertyFormat, detail: Detail): string {
  const first = defaultKeyOf(keys);
  const own = Object.entries(keys).filter(([, { alias }]) => alias === undefined);
  if (detail === "brief") {
    const rank = ([key, { required }]: [string, Param]): number => (key === first ? 0 : required ? 1 : 2);
    const names = own.sort((a, b) => rank(a) - rank(b)).map(([key]) => (key === first ? `[${key}=]` : key));
    const more = names.length > BRIEF_KEYS ? `, … (${names.length})` : "";
    return `keys: ${names.slice(0, BRIEF_KEYS).join(", ")}${more}`;
  }
  const each = own.map(
    ([key, fact]) =>
      `${key === first ? `[${key}=]` : `${key}=`}${fact.required ? "*" : ""} ${paramText(fact, "full")}`,
  );
  return `keys: ${each.join("; ")}`;
}

/**
 * What may be given for a parameter, in one line without its name: type, values, limits, form, default, since.
 * `integer, 1..128, default 1`. In full, enums are whole and the keys of a property string have their own limits.
 */
export function paramText(fact: Param, detail: Detail): string {
  const keys = keysOf(fact);
  const type =
    fact.type === "array" ? `list of ${fact.items?.type ?? "string"}` : keys ? "property string" : fact.type;
  const limits = range(fact);
  // A hint on a number says its limits once more.
  const hint =
    typeof fact.format === "string" && !keys && limits === undefined ? formatHint(fact.format) : undefined;
  const form =
    hint ??
    (typeof fact.format === "string" && !keys && limits === undefined
      ? fact.format
      : detail === "full" && fact.pattern !== undefined && fact.pattern.length <= LONGEST_PATTERN
        ? `pattern ${fact.pattern.replace(/^\(\?\^:(.*)\)$/s, "$1")}`
        : undefined);
  const choices = values(fact, detail);
  return [
    choices ?? type,
    limits,
    lengths(fact),
    form,
    fact.default === undefined ? undefined : `default ${fact.default}`,
    fact.since === undefined ? undefined : `PVE ${fact.since}+`,
    fact.requires === undefined ? undefined : `with ${fact.requires}`,
    fact.instanceTypes === undefined ? undefined : `for ${fact.typeProperty} ${fact.instanceTypes.join("|")}`,
    keys && keysText(keys, detail),
  ]
    .filter((part) => part !== undefined && part !== "")
    .join(", ");
}
