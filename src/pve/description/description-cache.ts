import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Keeps the API descriptions of nodes between runs. Nothing in it is needed: what fails is as if nothing were kept. */
export interface DescriptionCache {
  /** The text kept for a cluster and a PVE version; undefined when there is none that is whole and young enough. */
  read(cluster: string, version: string): Promise<string | undefined>;
  /** Keeps a text, and lets go of what is too old or too much. */
  write(cluster: string, version: string, text: string): Promise<void>;
}

/** Fix releases of the packages change the description without changing the version that a node tells. */
const OLDEST_MS = 7 * 24 * 3_600_000;
const MOST_FILES = 8;
/** Bytes of one description; a node's is about 3 MB. */
export const LARGEST = 16 * 1024 * 1024;
const SUFFIX = ".apidoc";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A cache in a folder, one file for a cluster and version, readable by its owner alone.
 * @param now milliseconds since 1970
 */
export function descriptionCache(folder: string, now: () => number = Date.now): DescriptionCache {
  const fileOf = (cluster: string, version: string): string =>
    join(folder, sha256(`${cluster}\n${version}`).slice(0, 32) + SUFFIX);
  return {
    async read(cluster, version) {
      const file = fileOf(cluster, version);
      try {
        const { mtimeMs, size } = await stat(file);
        if (size > LARGEST + 100 || Math.abs(now() - mtimeMs) > OLDEST_MS) return undefined;
        const content = await readFile(file, "utf8");
        const at = content.indexOf("\n");
        const text = content.slice(at + 1);
        return content.slice(0, at) === sha256(text) ? text : undefined;
      } catch {
        // Not there, not readable: it is fetched.
        return undefined;
      }
    },
    async write(cluster, version, text) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = fileOf(cluster, version);
        const half = `${file}.${process.pid}.tmp`;
        await writeFile(half, `${sha256(text)}\n${text}`, { mode: 0o600 });
        await rename(half, file);
        const at = now() / 1000;
        await utimes(file, at, at);
        await tidy(folder, now());
      } catch {
        // A folder that cannot be written costs a fetch at the next start.
      }
    },
  };
}

/** Removes what is too old, what is beyond the number of files, and what a killed process left half-written. */
async function tidy(folder: string, now: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.includes(SUFFIX));
  const files = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  files.sort((a, b) => b.at - a.at);
  const kept = files.filter(({ name }) => name.endsWith(SUFFIX)).slice(0, MOST_FILES);
  const old = files.filter((file) => now - file.at > (file.name.endsWith(SUFFIX) ? OLDEST_MS : 60_000));
  const gone = new Set([
    ...files.filter((file) => file.name.endsWith(SUFFIX) && !kept.includes(file)),
    ...old,
  ]);
  await Promise.all([...gone].map(({ name }) => rm(join(folder, name), { force: true })));
}
