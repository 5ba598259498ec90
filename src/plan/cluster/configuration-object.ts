import type { ChangingRoute } from "../../policy/operations/operation.ts";
import { type Row, rows, str } from "../../pve/data.ts";
import { PveError } from "../../pve/errors.ts";
import { entriesOf, settingText } from "../difference/setting-value.ts";
import { changesPoint, settingsDifference } from "../difference/settings-difference.ts";
import { shownValue } from "../difference/shown-setting.ts";
import { paramsFor } from "../look.ts";
import { absent } from "../point.ts";
import { stateOf } from "../settings.ts";
import type { Finding, Look, ReadRoute, Step, Topic, TopicTable } from "../topic.ts";
import { capital, listed } from "../wording.ts";

type Params = Step["params"];

/** What an object is called in a sentence: "storage backup". */
type Label = string | ((params: Params) => string);

/** The label of the object that parameters name. */
const labelOf = (label: Label, params: Params): string => (typeof label === "string" ? label : label(params));

/** "user bob@corp": a noun and the parameter that names the object. */
export const named =
  (noun: string, ...keys: readonly string[]): ((params: Params) => string) =>
  (params) =>
    `${noun} ${keys.map((key) => settingText(params[key])).join("/")}`.trim();

/** Settings of the object that a call changes or deletes, as they are now; undefined where they cannot be read. */
export async function currentSettings({ route, params }: Step, look: Look): Promise<Row | undefined> {
  const state = stateOf(route);
  if (!state) return undefined;
  const data = await look.tryRead(state.read, paramsFor(state.read, state.params(params)));
  if (data === undefined) return undefined;
  return state.pick(data, params);
}

/** Why an object's settings are not known, as a sentence's end. */
export async function unknownBecause({ route, params }: Step, look: Look): Promise<string> {
  const state = stateOf(route);
  try {
    if (state) await look.read(state.read, paramsFor(state.read, state.params(params)));
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    if (error.kind === "not-found") return "there is none of that name, PVE refuses";
  }
  return "what is set now could not be read";
}

/** What moves by itself, or with every other object of the same file. */
const UNSTABLE = new Set(["digest", "time", "localtime", "checktime", "next-run", "active", "exists"]);

/** An object's settings as a plan's state keeps them: without what changes by itself. */
export const stableSettings = (now: Row | undefined): Row | null =>
  now === undefined ? null : Object.fromEntries(Object.entries(now).filter(([key]) => !UNSTABLE.has(key)));

/** The settings that tell most about an object, on one line: the named ones that it has, otherwise all. */
export function settingsText(now: Row, tells: readonly string[]): string {
  const keys = tells.length > 0 ? tells : Object.keys(now).filter((key) => !UNSTABLE.has(key));
  const facts = keys.flatMap((key) => {
    const value = settingText(now[key]);
    return value === "" || value === "[object Object]" ? [] : [`${key} ${shownValue(key, value)}`];
  });
  return listed(facts);
}

/** The difference of a PUT, field by field. Settings that cannot be read are said to be so. */
export async function changeFinding(step: Step, look: Look, label: Label): Promise<Finding> {
  const name = labelOf(label, step.params);
  const now = await currentSettings(step, look);
  if (now === undefined)
    return {
      points: [`${capital(name)}: ${await unknownBecause(step, look)}.`],
      state: { [name]: null },
    };
  const changes = settingsDifference(now, step.params, entriesOf(step.params.delete), step.route);
  return {
    points:
      changes.length > 0
        ? changesPoint(capital(name), changes, step.route)
        : [`${capital(name)}: nothing changes, it is so already.`],
    tells: Object.keys(step.params),
    state: { [name]: stableSettings(now) },
  };
}

/** What a DELETE takes away: the object as it is now. */
export async function removalFinding(
  step: Step,
  look: Look,
  label: Label,
  tells: readonly string[] = [],
): Promise<Finding> {
  const name = labelOf(label, step.params);
  const now = await currentSettings(step, look);
  const text =
    now === undefined ? await unknownBecause(step, look) : settingsText(now, tells) || "nothing is set";
  return {
    points: [`${capital(name)} goes: ${text}.`],
    state: { [name]: stableSettings(now) },
  };
}

/** How a new object is looked for among those that are there. */
interface Creation {
  readonly label: Label;
  readonly list: ReadRoute;
  /** Parameters of the list. */
  readonly where?: (params: Params) => Params;
  /** The field of a row that names the object; the parameter of the same name unless `param` says another. */
  readonly key: string;
  readonly param?: string;
}

/** What a POST makes, and whether something of that name is there already. */
export async function creationFinding({ params }: Step, look: Look, creation: Creation): Promise<Finding> {
  const { label, list, where = () => ({}), key, param = key } = creation;
  const name = labelOf(label, params);
  const wanted = settingText(params[param]);
  const data = await look.tryRead(list, paramsFor(list, where(params)));
  const there = data === undefined ? undefined : rows(data).find((row) => str(row, key) === wanted);
  const text =
    data === undefined
      ? "is created; whether it is there already could not be read"
      : there
        ? "is there already: PVE refuses to create it"
        : "is created; it is not there yet";
  const point = `${capital(name)} ${text}.`;
  return {
    points: [data === undefined || there ? point : absent(point.slice(0, -1))],
    tells: [param],
    state: { [name]: data === undefined ? null : there === undefined ? "absent" : "present" },
  };
}

/** A topic that tells the difference of a PUT. */
export const changeOf =
  (label: Label): Topic =>
  (step, look) =>
    changeFinding(step, look, label);

/** A topic that tells what a DELETE takes away. */
export const removalOf =
  (label: Label, tells?: readonly string[]): Topic =>
  (step, look) =>
    removalFinding(step, look, label, tells);

/** A topic that tells what a POST makes. */
export const creationOf =
  (creation: Creation): Topic =>
  (step, look) =>
    creationFinding(step, look, creation);

/** A kind of object with nothing about it but its settings. */
interface ObjectKind {
  /** Where the objects are listed and made: `/cluster/acme/plugins`. */
  readonly path: string;
  /** The parameter that names one. */
  readonly key: string;
  readonly noun: string;
  /** The field of a list's row that names it, where that is another. */
  readonly field?: string;
  /** The name stands in the path of its creation too. */
  readonly namedInPath?: true;
  /** The settings that tell most. */
  readonly tells?: readonly string[];
}

/** The topics of creating, changing and deleting objects of a kind. */
export function objectTopics({ path, key, noun, field = key, namedInPath, tells }: ObjectKind): TopicTable {
  const label = named(noun, key);
  const [create, change, remove] = [
    `POST ${path}${namedInPath ? `/{${key}}` : ""}`,
    `PUT ${path}/{${key}}`,
    `DELETE ${path}/{${key}}`,
  ] as [ChangingRoute, ChangingRoute, ChangingRoute];
  return {
    [create]: [creationOf({ label, list: `GET ${path}` as ReadRoute, key: field, param: key })],
    [change]: [changeOf(label)],
    [remove]: [removalOf(label, tells)],
  };
}
