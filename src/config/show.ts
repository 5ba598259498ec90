/** Hexadecimal digits in UUID order, dashes optional, wherever they stand. */
const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/i;
/** What remains of a UUID that was cut or badly pasted. */
const HEX_RUN = /(?:[0-9a-f]-?){16,}/i;
/** Letters and digits in one long word, as keys and passwords have them. */
const MIXED_WORD = /(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{12,}/;
const PLAIN_NAME = /^[A-Za-z]{1,16}(?:[_-][A-Za-z]{1,16})*$/;
const PATH = /^(?=.*[./\\])[\w./\\:~ -]{1,120}$/;

/** True when a value may be a secret that was put into the wrong variable, and so must not be repeated. */
export function mayBeSecret(value: string): boolean {
  return value.includes("=") || UUID.test(value) || HEX_RUN.test(value) || MIXED_WORD.test(value);
}

function hidden(value: string): string {
  const unit = value.length === 1 ? "character" : "characters";
  return `(${value.length} ${unit}, not shown: it may be a secret)`;
}

/**
 * A value for a message: quoted when it is a plain name of at most 64 letters, `_` and `-`, or when `typo`
 * says that it is nearly a valid name; its length alone otherwise.
 */
export function show(value: string, typo = false): string {
  const short = value.length <= 64 && !mayBeSecret(value);
  const safe = PLAIN_NAME.test(value) || (typo && /^[\x20-\x7e]*$/.test(value));
  return short && safe ? `"${value}"` : hidden(value);
}

/** A file's path for a message: quoted when it looks like a path and like nothing else. */
export function showPath(value: string): string {
  return PATH.test(value) && !mayBeSecret(value) ? `"${value}"` : hidden(value);
}

/** A variable's name for a message. */
export function showName(name: string): string {
  return name.length <= 64 && /^\w+$/.test(name) && !mayBeSecret(name) ? name : hidden(name);
}
