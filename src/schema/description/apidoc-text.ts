import type { ApidocJson } from "./apidoc-facts.ts";

/** What an API description cannot be read for; the message is one sentence without text out of the file. */
export class ApidocError extends Error {
  override readonly name = "ApidocError";
}

/** PVE's own has 4 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
/** PVE's own is 23 deep. */
const MAX_DEPTH = 64;
/** `const apiSchema = [` since PVE 7, `var pveapi = [` before. */
const ASSIGNED = /\b(?:apiSchema|pveapi)\s*=\s*(?=\[)/;
/**
 * The array that holds an API description: `text` is what a node serves as /pve-docs/api-viewer/apidoc.js (a script
 * that assigns the array, viewer code after it) or the array alone. It is read as data and never run.
 * Throws ApidocError when it is too large, too deep, cut off or no JSON.
 */
export function apidocArray(text: string): ApidocJson[] {
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES)
    throw new ApidocError(`The API description is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  const start = startOf(text);
  const json = text.slice(start, endOf(text, start));
  try {
    return JSON.parse(json) as ApidocJson[];
  } catch {
    throw new ApidocError("The API description is no valid JSON.");
  }
}

function startOf(text: string): number {
  const bare = /^\uFEFF?\s*(?=\[)/.exec(text);
  const found = bare ?? ASSIGNED.exec(text);
  if (!found) throw new ApidocError("The text holds no API description.");
  return found.index + found[0].length;
}

/** The place after the bracket that closes the array; brackets inside strings do not count. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "[" || char === "{") {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new ApidocError(`The API description nests deeper than ${MAX_DEPTH} levels.`);
    } else if (char === "]" || char === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new ApidocError("The API description is cut off.");
}
