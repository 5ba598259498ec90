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

/** What a running server advises, and how it is advised where a file says everything. */
const ADVICE: readonly (readonly [variable: string, key: string])[] = [
  ["in the server's settings", "in the file of PVE_CONFIG"],
  ["add this line to the server's environment", "set this key in the file of PVE_CONFIG"],
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
  return namesInKeys(replaced(text, WORDS), cluster);
}

/** What a server says to an operator or a client of a setting of `cluster`, by its key in the file. */
export const adviceInKeys = (text: string, cluster: string): string =>
  namesInKeys(replaced(text, ADVICE), `clusters.${cluster}.`);

function namesInKeys(text: string, cluster: string): string {
  const key = (name: string): string => (isName(name) ? keyOf(name, cluster) : undefined) ?? name;
  return text
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
