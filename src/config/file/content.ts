import { cause, fromFile } from "../from-file.ts";
import type { LoadDeps } from "../load.ts";
import { showPath } from "../show.ts";
import { isMapping } from "./block.ts";
import { parseDocument } from "./document.ts";

/** What loading a file takes from outside. */
export interface LoadFileDeps extends LoadDeps {
  /** Gives a file's permission bits, or throws an error with a `code`, as `fs.statSync` does. */
  readonly stat: (path: string) => { readonly mode: number };
  /** Absent: the one we run on. */
  readonly platform?: NodeJS.Platform;
}

/** Permission bits by which others than the owner can read. */
const READABLE_BY_OTHERS = 0o044;

/** What the file holds, or undefined with the reasons added to `problems`. */
export async function readContent(
  path: string,
  { readFile }: LoadDeps,
  problems: string[],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = fromFile("PVE_CONFIG", path, readFile, problems, (value) => ({ value }));
  if (text === undefined) return undefined;
  const document = await parseDocument(text);
  if ("problems" in document) {
    problems.push(...document.problems.map((problem) => `PVE_CONFIG: ${problem}`));
    return undefined;
  }
  if (isMapping(document.content)) return document.content;
  problems.push(
    document.content === null
      ? "PVE_CONFIG names a file that is empty"
      : "PVE_CONFIG names a file that does not hold keys with values, clusters among them",
  );
  return undefined;
}

/** Adds a problem where others than the owner can read a file that holds secrets. */
export function checkMode(
  path: string,
  { stat, platform = process.platform }: LoadFileDeps,
  problems: string[],
): void {
  if (platform === "win32") return;
  const shown = showPath(path);
  try {
    if ((stat(path).mode & READABLE_BY_OTHERS) === 0) return;
  } catch (error) {
    problems.push(`PVE_CONFIG: cannot read the permissions of ${shown}: ${cause(error)}`);
    return;
  }
  const bare = shown.includes(" ") ? shown : shown.replaceAll('"', "");
  const target = shown.startsWith('"') ? bare : "FILE";
  problems.push(
    `PVE_CONFIG: ${shown} holds secrets and others can read it: chmod 600 ${target}, or give the secrets as file:PATH or env:NAME`,
  );
}
