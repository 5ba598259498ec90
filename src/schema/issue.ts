/** What is wrong with a parameter, in a word. */
export type IssueCode =
  | "unknown"
  | "missing"
  | "type"
  | "enum"
  | "pattern"
  | "format"
  | "minimum"
  | "maximum"
  | "minLength"
  | "maxLength"
  | "requires"
  | "instance";

/** One complaint about one parameter (or one key of a property string). */
export interface Issue {
  /** The name PVE files it under in its `errors` map: `cores`, `mailto[0]`; in property strings `net0.tag`. */
  readonly param: string;
  readonly code: IssueCode;
  /** The text as PVE puts it into its `errors` map. */
  readonly pve: string;
  /** For a model: what is wrong and what is right, one sentence. */
  readonly message: string;
  /** The valid name or value that was probably meant. */
  readonly nearest?: string;
}

/** A check of a value's form: undefined when it holds, else PVE's own message, line end included. */
export type FormatCheck = (value: string) => string | undefined;

const SHOWN_LENGTH = 60;
/** Of a URL: before it is cut, or the @ that tells them is gone. */
const CREDENTIALS = /(:\/\/)[^\s/@]{1,512}@/g;
const SECRET_NAME = /passw|secret|token|key|ticket/i;

/** Text from outside for a sentence: on one line, no control characters, cut to `length` characters. */
export function clip(text: string, length = SHOWN_LENGTH): string {
  const line = text.slice(0, 4 * length).replace(/\p{C}+/gu, " ");
  return line.length > length || text.length > 4 * length ? `${line.slice(0, length)}…` : line;
}

/** A value for an error message: short, on one line, and none at all for parameters that hold secrets. */
export function shown(param: string, value: string): string {
  return SECRET_NAME.test(param) ? "" : `, got '${clip(value.replace(CREDENTIALS, "$1…@"))}'`;
}
