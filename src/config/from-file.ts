import type { Parsed } from "./parsed.ts";
import { showPath } from "./show.ts";

/** Gives a file's text or throws an error with a `code`, as `fs.readFileSync` does. */
export type ReadFile = (path: string) => string;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
};

/** What a setting's file says, or undefined with the reason added to `problems`. */
export function fromFile<T>(
  name: string,
  path: string,
  readFile: ReadFile,
  problems: string[],
  parse: (content: string) => Parsed<T>,
): T | undefined {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    problems.push(`${name}: cannot read ${showPath(path)}: ${cause(error)}`);
    return undefined;
  }
  const outcome = parse(content);
  if ("value" in outcome) return outcome.value;
  problems.push(`${name} ${outcome.problem}`);
  return undefined;
}

/** Why a file could not be used. Only the code: an error's own message repeats the path, which may be a secret in the wrong variable. */
export function cause(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return "unknown cause";
  const words = CAUSES[code];
  return words === undefined ? code : `${words} (${code})`;
}
