import { isForeign, isProse, quoted } from "../../render/foreign.ts";
import { redactData } from "../../render/redact.ts";
import { isSecretName, REDACTED, redactPatterns } from "../../render/redact-patterns.ts";
import { formatCell } from "../../render/units.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { factOf, settingText } from "./setting-value.ts";

/** Longest value in a sentence, in characters; the request in the plan has it whole. */
const MAX = 200;
/** Stands for a secret, before and after. */
export const HIDDEN = "(hidden)";
/** Stands for a value that PVE will make itself. */
export const GENERATED = "(new)";
/** Stands for a setting that is taken out. */
export const REMOVED = "(removed)";

const shortened = (text: string): string => (text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text);

/**
 * A text that a caller, a guest or a backup wrote, for a sentence: on one line, and as a quotation where it can be a
 * sentence itself.
 */
export const shownText = (text: string): string => (isProse(text) ? quoted(text, MAX) : shortened(text));

/** The same of a setting's value, where its name tells whether users write it as they like. */
export const shownValue = (key: string, value: string): string =>
  isForeign(key, value) ? quoted(value, MAX) : shortened(value);

/** A parameter for a sentence; undefined when it is not given. */
export function shownParameter(params: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = settingText(params[name]);
  return text === "" ? undefined : shownText(text);
}

/** Whether a setting of an operation holds a secret. */
export const isSecret = (key: string, value: unknown, route: Route | undefined): boolean =>
  isSecretName(key) ||
  (route !== undefined && JSON.stringify(redactData(route, { [key]: value })).includes(REDACTED));

/** A setting's value as a text that may be shown, long as it may be. */
export function safeText(key: string, value: unknown, route?: Route): string {
  const text = settingText(value);
  return isSecret(key, value, route) || text === REDACTED ? HIDDEN : redactPatterns(text);
}

/** Public keys by kind, end and comment; `sshkeys` is URL-encoded, a key a line. */
function publicKeys(text: string): string {
  const keys = decoded(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const texts = keys.map((key) => {
    const [, kind, data, comment = ""] = /^(\S+) (\S+) ?(.*)$/.exec(key) ?? [];
    return data === undefined
      ? shownText(key)
      : `${shownText(kind ?? "")} …${shownText(data.slice(-8))} ${quoted(comment)}`.trimEnd();
  });
  return `${keys.length} public ${keys.length === 1 ? "key" : "keys"} (${texts.join(", ")})`;
}

/** A URL-encoded text; one that is none is taken as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text.trim();
  }
}

const mebibytes = (text: string): string => `${text} MiB`;

/** Settings whose bare number does not say what it is. */
const UNITS: Readonly<Record<string, (text: string) => string>> = {
  memory: mebibytes,
  balloon: mebibytes,
  swap: mebibytes,
  expire: (text) => (text === "0" ? "never" : formatCell(text, "time")),
};
const KEYS: ReadonlySet<string> = new Set(["sshkeys", "ssh-public-keys"]);

const MARKS: ReadonlySet<string> = new Set([HIDDEN, GENERATED, REMOVED]);

/** A setting's value for a reader: switches as yes and no, with its unit; "not set" for nothing. */
export function shownSetting(key: string, text: string | undefined, route?: Route): string {
  if (text === undefined || text === "") return "not set";
  if (MARKS.has(text)) return text;
  if (KEYS.has(key)) return publicKeys(text);
  const unit = /^\d+$/.test(text) && Object.hasOwn(UNITS, key) ? UNITS[key] : undefined;
  if (unit) return unit(text);
  const isFlag = /^[01]$/.test(text) && route !== undefined && factOf(route, key)?.type === "boolean";
  return isFlag ? formatCell(text, "flag") : shownValue(key, text);
}
