import { isProse, quoted } from "../../render/foreign.ts";
import { settingText } from "./setting-value.ts";

/** Longest value of a parameter in a sentence, in characters. */
const MAX = 200;

/**
 * A text that a caller, a guest or a backup wrote, for a sentence: on one line, and as a quotation where it can be a
 * sentence itself.
 */
export function shownText(text: string): string {
  if (isProse(text)) return quoted(text, MAX);
  return text.length > MAX ? `${text.slice(0, MAX)}…` : text;
}

/** A parameter for a sentence; undefined when it is not given. */
export function shownParameter(params: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = settingText(params[name]);
  return text === "" ? undefined : shownText(text);
}
