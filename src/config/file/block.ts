import type { Form } from "../form.ts";
import { unknownNames, wrap } from "../names.ts";
import type { Parsed } from "../parsed.ts";
import type { SettingName } from "../settings.ts";
import type { Findings } from "../surface.ts";
import { FILE_KEYS, type FileKey, factsOfKey, OWN_KEYS, settingsOf } from "./keys.ts";
import type { SecretSource } from "./secret-source.ts";

/** A part of the file as the variables it stands for. */
export interface BlockSettings {
  readonly set: ReadonlyMap<SettingName, string>;
  /** Given, but of a wrong type or form: each has its problem already. */
  readonly faulty: ReadonlySet<SettingName>;
  /** Whose path is made up: the value is in the file or in a variable. */
  readonly inMemory: ReadonlySet<SettingName>;
}

/** True for keys with values, as the parser gives them. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The value of a key that is there; nothing of what all objects have. */
export const own = (block: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(block, key) ? block[key] : undefined;

/** Adds what is wrong with the names of a part's keys, and which there are. */
export function checkKeys(
  where: string,
  block: Readonly<Record<string, unknown>>,
  part: keyof typeof FILE_KEYS,
  { problems, notes }: Findings,
): void {
  const valid = [...(part === "top" ? OWN_KEYS : []), ...Object.keys(FILE_KEYS[part])];
  const unknown = unknownNames("key", Object.keys(block), valid);
  if (unknown === undefined) return;
  problems.push(`${where} ${unknown}`);
  const titles = { cluster: "a cluster", record: "record", top: "the file" } as const;
  const note = `The keys of ${titles[part]}:\n${wrap(valid, "  ")}`;
  if (!notes.includes(note)) notes.push(note);
}

/**
 * The settings that a part of the file gives; each problem begins with `before` and the key.
 * @param before such as `clusters.prod.`
 */
export function readBlock(
  before: string,
  block: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<string, FileKey>>,
  secrets: SecretSource,
  problems: string[],
): BlockSettings {
  const set = new Map<SettingName, string>();
  const faulty = new Set<SettingName>();
  const inMemory = new Set<SettingName>();
  for (const [key, row] of Object.entries(keys)) {
    if (!Object.hasOwn(block, key)) continue;
    const [first] = settingsOf(row);
    if (first === undefined) continue;
    const outcome = textOf(own(block, key), "secret" in row ? { kind: "text" } : factsOfKey(row).form);
    if ("problem" in outcome) {
      problems.push(`${before}${key} ${outcome.problem}`);
      faulty.add(first);
    } else if ("secret" in row) {
      const taken = secrets.take(`${before}${key}`, row.secret, outcome.value, problems);
      if (taken === undefined) faulty.add(first);
      else set.set(taken.setting, taken.text);
      if (taken?.inMemory) inMemory.add(taken.setting);
    } else {
      set.set(row.setting, outcome.value);
    }
  }
  return { set, faulty, inMemory };
}

const ABSENT: Parsed<string> = { problem: "has no value: give one, or leave the key out" };

/** A value as an operator would write it into a variable. A problem never repeats it. */
export function textOf(value: unknown, form: Form): Parsed<string> {
  if (value === null || value === undefined) return ABSENT;
  switch (form.kind) {
    case "boolean":
      return typeof value === "boolean"
        ? { value: String(value) }
        : { problem: "must be true or false, without quotes" };
    case "number":
      return typeof value === "number"
        ? { value: String(value) }
        : { problem: "must be a number, without quotes" };
    case "list":
      return listText(Array.isArray(value) ? value : [value], form);
    default:
      return plainText(value);
  }
}

function plainText(value: unknown): Parsed<string> {
  if (typeof value === "string") {
    return value === "" ? { problem: "is empty: give a value, or leave the key out" } : { value };
  }
  const scalar = typeof value === "number" || typeof value === "boolean";
  return { problem: scalar ? "must be a text: put it in quotes" : "must be a text" };
}

function listText(entries: readonly unknown[], { numbers }: Extract<Form, { kind: "list" }>): Parsed<string> {
  const texts: string[] = [];
  for (const [at, entry] of entries.entries()) {
    const outcome: Parsed<string> =
      numbers !== undefined && Number.isInteger(entry) ? { value: String(entry) } : plainText(entry);
    const problem = "problem" in outcome ? outcome.problem : entryProblem(outcome.value);
    if (problem !== undefined) {
      return { problem: entries.length === 1 ? problem : `has an entry ${at + 1} that ${problem}` };
    }
    if ("value" in outcome) texts.push(outcome.value);
  }
  if (texts.length === 0) return { problem: "is a list without an entry: name one, or leave the key out" };
  return { value: texts.join(",") };
}

/** What would make one entry another number of entries once they are joined. */
function entryProblem(text: string): string | undefined {
  if (text.includes(",")) return "has a comma: give several entries as a list, as in [one, two]";
  return text.trim() === "" ? "contains nothing but blanks" : undefined;
}
