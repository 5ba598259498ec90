import type { Row } from "../../pve/data.ts";
import type { Block, Cell, Format } from "../../render/answer.ts";
import { isForeign } from "../../render/foreign.ts";
import { redactData } from "../../render/redact.ts";
import { isSecretName, REDACTED, redactPatterns } from "../../render/redact-patterns.ts";
import type { Param } from "../../schema/endpoint.ts";
import type { Route } from "../../schema/routes.gen.ts";
import type { Timing } from "./hotplug.ts";
import { differentKeys, factOf, isPlain, propertiesOf, sameValue, settingText } from "./setting-value.ts";

/** Stands for a secret, before and after. */
export const HIDDEN = "(hidden)";
/** Stands for a value that PVE will make itself. */
export const GENERATED = "(new)";
const UNSET = "(not set)";
const REMOVED = "(removed)";

/** One key of a property string that becomes another. */
export interface PartChange {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** A setting that becomes another; values as PVE's files have them, secrets hidden. Absent: not set. */
export interface SettingChange {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
  readonly deleted?: true;
  /** Of a property string that there was, the keys that differ. */
  readonly parts?: readonly PartChange[];
  /** What it comes to: "new disk of 8 GiB on local-lvm". */
  readonly note?: string;
}

/** Parameters that are no settings of any object. */
const NO_SETTING = new Set(["digest", "delete", "lock-token"]);

/**
 * The difference that a call makes to a configuration object. `now` are its settings, `params` the parameters of the
 * call, `deleted` the settings that it deletes; with `route`, values are compared by what the endpoint table knows of
 * them, and placeholders of its path are no settings. What is so already is left out. A secret cannot be compared: it
 * counts as changed.
 */
export function settingsDifference(
  now: Row,
  params: Readonly<Record<string, unknown>>,
  deleted: readonly string[] = [],
  route?: Route,
): readonly SettingChange[] {
  const set = Object.entries(params).filter(
    ([key, value]) => value !== undefined && !NO_SETTING.has(key) && !route?.includes(`{${key}}`),
  );
  const changed = set.flatMap(([key, value]): readonly SettingChange[] => {
    const fact = route === undefined ? undefined : factOf(route, key);
    const before = now[key];
    const same = before !== undefined && before !== null && sameValue(fact, before, value);
    if (same && !isSecret(key, value, route)) return [];
    const after = settingText(value);
    return [
      {
        key,
        ...shownValues(key, before, after, route),
        ...(isSecret(key, value, route) ? {} : partsOf(fact, settingText(before), after)),
      },
    ];
  });
  const gone = deleted
    .filter((key) => now[key] !== undefined && now[key] !== null)
    .map((key): SettingChange => ({ key, ...shownValues(key, now[key], undefined, route), deleted: true }));
  return [...changed, ...gone];
}

const isSecret = (key: string, value: unknown, route: Route | undefined): boolean =>
  isSecretName(key) ||
  (route !== undefined && JSON.stringify(redactData(route, { [key]: value })).includes(REDACTED));

/** Both values as texts that may be shown. */
export function shownValues(
  key: string,
  before: unknown,
  after: string | undefined,
  route?: Route,
): Pick<SettingChange, "before" | "after"> {
  const shown = (value: unknown): string => {
    const text = settingText(value);
    return isSecret(key, value, route) || text === REDACTED ? HIDDEN : redactPatterns(text);
  };
  return {
    ...(before === undefined || before === null ? {} : { before: shown(before) }),
    ...(after === undefined ? {} : { after: shown(after) }),
  };
}

/** The keys by which two property strings differ, `ignored` ones left out; nothing where one is as good as plain. */
export function partsOf(
  fact: Param | undefined,
  before: string,
  after: string,
  ignored: ReadonlySet<string> = new Set(),
): Pick<SettingChange, "parts"> {
  const [one, other] = [propertiesOf(fact, before), propertiesOf(fact, after)];
  if (!one || !other || (isPlain(fact, one) && isPlain(fact, other))) return {};
  const parts = differentKeys(fact, one, other)
    .filter((key) => !ignored.has(key))
    .map((key): PartChange => ({ key, ...shownValues(key, one[key], other[key]) }));
  return parts.length > 0 ? { parts } : {};
}

/** Settings whose value is in MiB. */
const MIB = new Set(["memory", "balloon", "swap"]);
/** Switches show as yes and no. */
const FLAG = /^[01]$/;

interface Shown {
  readonly field: string;
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly change: SettingChange & Partial<Timing> & { readonly waiting?: string };
}

/**
 * A table of changes: what the field is now, what it will be, and where it is known when that takes effect. A property
 * string that changes in parts shows them one by one. No table where nothing changes.
 */
export function differenceBlocks(
  changes: readonly (SettingChange & Partial<Timing> & { readonly waiting?: string })[],
  route?: Route,
): readonly Block[] {
  if (changes.length === 0) return [];
  const rows = changes.flatMap((change): readonly Shown[] => {
    const { key, before, after, parts, deleted } = change;
    const whole = { field: key, key, before, after: deleted ? (after ?? REMOVED) : after, change };
    return parts === undefined || deleted
      ? [whole]
      : parts.map((part) => ({
          field: `${key} ${part.key}`,
          key: part.key,
          before: part.before,
          after: part.after,
          change,
        }));
  });
  return [
    {
      kind: "table",
      title: "What changes",
      columns: [
        { key: "field" },
        { key: "before", label: "now", formatFrom: "format", foreignFrom: "wasForeign" },
        { key: "after", label: "then", formatFrom: "format", foreignFrom: "isForeign" },
        { key: "when" },
        { key: "note" },
      ],
      rows: rows.map((row) => tableRow(row, route)),
    },
  ];
}

function tableRow(
  { field, key, before, after, change }: Shown,
  route: Route | undefined,
): Readonly<Record<string, Cell>> {
  const isFlag = route !== undefined && field === key && factOf(route, key)?.type === "boolean";
  const format: Format | undefined =
    isFlag && [before, after].some((text) => FLAG.test(text ?? "")) ? "flag" : undefined;
  const waiting = change.waiting === undefined ? "" : ` (waiting: ${change.waiting})`;
  return {
    field,
    before: `${readable(key, before)}${waiting}`,
    after: readable(key, after),
    when: whenText(change),
    note: change.note,
    wasForeign: isFree(key, before) || isFree(key, change.waiting),
    isForeign: isFree(key, after),
    ...(format === undefined ? {} : { format }),
  };
}

const isFree = (key: string, text: string | undefined): boolean =>
  text !== undefined && ![HIDDEN, REMOVED, GENERATED].includes(text) && isForeign(key, text);

function readable(key: string, text: string | undefined): string {
  if (text === undefined || text === "") return UNSET;
  if (MIB.has(key) && /^\d+$/.test(text)) return `${text} MiB`;
  return key === "sshkeys" ? publicKeys(text) : text;
}

/** `sshkeys` is URL-encoded, a key a line. */
function publicKeys(text: string): string {
  const lines = text.split(/%0A|\n/i).filter((line) => line.trim() !== "");
  return `${lines.length} public ${lines.length === 1 ? "key" : "keys"}`;
}

function whenText({ when, fails }: Partial<Timing>): string | undefined {
  if (when !== "reboot") return fails === undefined ? when : `PVE refuses: ${fails}`;
  return fails === undefined ? "at the next start" : `at the next start; PVE answers with an error: ${fails}`;
}
