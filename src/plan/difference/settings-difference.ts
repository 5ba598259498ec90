import type { Row } from "../../pve/data.ts";
import type { Param } from "../../schema/endpoint.ts";
import type { Route } from "../../schema/routes.gen.ts";
import type { Point } from "../point.ts";
import { differentKeys, factOf, isPlain, propertiesOf, sameValue, settingText } from "./setting-value.ts";
import { HIDDEN, isSecret, safeText, shownSetting } from "./shown-setting.ts";

/** One key of a property string that becomes another. */
interface PartChange {
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
    // PVE ends some texts with a line break.
    const isKept = settingText(before).trimEnd() === settingText(value).trimEnd();
    const same = before !== undefined && before !== null && (isKept || sameValue(fact, before, value));
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

/** Both values as texts that may be shown. */
export const shownValues = (
  key: string,
  before: unknown,
  after: string | undefined,
  route?: Route,
): Pick<SettingChange, "before" | "after"> => ({
  ...(before === undefined || before === null ? {} : { before: safeText(key, before, route) }),
  ...(after === undefined ? {} : { after: safeText(key, after, route) }),
});

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

/** A change on its way to a reader: what waits to replace the present value is dropped by it. */
type ToldChange = SettingChange & { readonly waiting?: string };

/**
 * A change as texts, `memory: 4096 MiB → 8192 MiB`; of a property string one for each key that differs. @param route
 * the operation that takes the setting, by which switches are known
 */
function changeTexts(change: ToldChange, route?: Route): readonly string[] {
  const { key, before, after, parts, deleted, note, waiting } = change;
  const remark = note === undefined ? "" : ` (${note})`;
  const waits = waiting === undefined ? "" : ` (waiting: ${shownSetting(key, waiting, route)})`;
  if (before === HIDDEN || after === HIDDEN)
    return [`${key}: ${deleted ? "removed" : "replaced"}, hidden${remark}`];
  if (parts !== undefined && !deleted)
    return parts.map(
      (part, at) =>
        `${key} ${part.key}: ${shownSetting(part.key, part.before)} → ${shownSetting(part.key, part.after)}${at === parts.length - 1 ? remark : ""}`,
    );
  const then = deleted && after === undefined ? "removed" : shownSetting(key, after, route);
  return [`${key}: ${shownSetting(key, before, route)}${waits} → ${then}${remark}`];
}

/** What changes, setting by setting; no point where nothing does. */
export const changesPoint = (
  says: string,
  changes: readonly ToldChange[],
  route?: Route,
): readonly Point[] => {
  const entries = changes.flatMap((change) => changeTexts(change, route));
  return entries.length === 0 ? [] : [{ says, entries, between: "; " }];
};
