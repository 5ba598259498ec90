import { type SettingName, settingFacts } from "../settings.ts";
import { keyOf } from "./keys.ts";

const NAMES = settingFacts().map(({ name }) => name);
const isName = (word: string): word is SettingName => NAMES.some((name) => name === word);
const NAME = new RegExp(`\\b(?:${NAMES.join("|")})\\b`, "g");
const ASSIGNED = new RegExp(`\\b(${NAMES.join("|")})=(?=[\\w-])`, "g");
const OR = new RegExp(`\\b(${NAMES.join("|")}) \\(or (${NAMES.join("|")})\\)`, "g");

/** What is said of variables, and how it is said of keys. */
const WORDS: readonly (readonly [variable: string, key: string])[] = [
  ["leave the variable unset", "leave the key out"],
  ["with commas between them", "in a list"],
  ["`100,200-299,tag:prod`", '`[100, "200-299", "tag:prod"]`'],
  ["[network.md](network.md)", "docs/network.md"],
  [" `https_proxy` is the same.", ""],
  [" `no_proxy` is the same.", ""],
];

/** What is said of a file that holds a secret, and how it is said of the secret. */
const OF_FILES: readonly (readonly [file: string, secret: string])[] = [
  [" names a file that is ", " is "],
  [" names a file whose text ", " "],
  [" names a file with ", " has "],
  [" names a file without a ", " has no "],
];

const replaced = (text: string, words: typeof WORDS): string =>
  words.reduce((said, [from, to]) => said.replaceAll(from, to), text);

/** A text about variables as one about keys of the file; a cluster's are written behind `cluster`. */
export function inKeys(text: string, cluster = ""): string {
  const key = (name: string): string => (isName(name) ? keyOf(name, cluster) : undefined) ?? name;
  return replaced(text, WORDS)
    .replace(OR, (both, one: string, other: string) => (key(one) === key(other) ? one : both))
    .replace(ASSIGNED, (_, name: string) => `${key(name)}: `)
    .replace(NAME, key);
}

/**
 * A problem of a variable as one of a key of the file.
 * @param inMemory the settings whose file is none, because the file gives their value
 */
export function problemInKeys(problem: string, inMemory: ReadonlySet<SettingName>, cluster = ""): string {
  const [subject = ""] = problem.split(" ", 1);
  const ofValue = isName(subject) && inMemory.has(subject);
  return inKeys(ofValue ? replaced(problem, OF_FILES) : problem, cluster);
}
