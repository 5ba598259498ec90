import { fromFile, type ReadFile } from "./from-file.ts";
import { Secret } from "./secret.ts";

/** The key in a setting's file, without blanks around it; undefined where none is set or it is shorter than `leastBytes`. */
export function readKeyFile(
  name: string,
  path: string | undefined,
  leastBytes: number,
  readFile: ReadFile,
  problems: string[],
): Secret | undefined {
  if (path === undefined) return undefined;
  return fromFile(name, path, readFile, problems, (content) => {
    const text = content.trim();
    return Buffer.byteLength(text) < leastBytes
      ? { problem: `names a file with less than ${leastBytes} bytes: openssl rand -hex 32 makes a key` }
      : { value: new Secret(text) };
  });
}
