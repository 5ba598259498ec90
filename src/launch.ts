#!/usr/bin/env node
/**
 * The bin: runs the bundle beside it with V8's code cache, which spares a third of the start-up time. The cache is
 * a convenience: whatever is wrong with it, the bundle is compiled as usual.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** SHA-256 of the bundle, set at build time: V8 itself compares no more than the source's length. */
declare const BUNDLE_HASH: string;

const bundle = join(__dirname, "mcp-pve.cjs");
/** When the cache is written: after start-up, when the functions it used have been compiled. */
const WRITE_AFTER_MS = 1_500;

const cacheFile = join(cacheHome(), "mcp-pve", `code-${BUNDLE_HASH}-${process.version}-${process.arch}.bin`);

function cacheHome(): string {
  const { XDG_CACHE_HOME: named } = process.env;
  if (named?.startsWith("/")) return named;
  try {
    return join(homedir(), ".cache");
  } catch {
    return "/nonexistent"; // A user id without an account has no home: no cache.
  }
}

/** The cache, unless somebody else could have written it: it is code. */
function readCache(): Buffer | undefined {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  try {
    const file = statSync(cacheFile);
    const owner = process.getuid?.();
    if (owner !== undefined && (file.uid !== owner || (file.mode & 0o022) !== 0)) return undefined;
    return readFileSync(cacheFile);
  } catch {
    return undefined; // None yet, or not readable: compile.
  }
}

function writeCache(script: Script): void {
  const folder = dirname(cacheFile);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const fresh = `${cacheFile}.${process.pid}`;
    writeFileSync(fresh, script.createCachedData(), { mode: 0o600 });
    renameSync(fresh, cacheFile);
    for (const name of readdirSync(folder)) {
      if (name.startsWith("code-") && !cacheFile.endsWith(name)) rmSync(join(folder, name), { force: true });
    }
  } catch {
    // A read-only home or a full disk: the next start compiles again.
  }
}

const cachedData = readCache();
const script = new Script(
  `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, "utf8")}\n})`,
  {
    filename: bundle,
    ...(cachedData ? { cachedData } : {}),
  },
);
script.runInThisContext()({}, createRequire(bundle), { exports: {} }, bundle, __dirname);
if ((!cachedData || script.cachedDataRejected) && !process.env.NODE_DISABLE_COMPILE_CACHE) {
  setTimeout(() => writeCache(script), WRITE_AFTER_MS).unref();
}
