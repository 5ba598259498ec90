import { dirname } from "node:path";
import type { Safety } from "./config.ts";
import { cause, type ReadFile } from "./from-file.ts";
import { readKeyFile } from "./key-file.ts";
import type { Reading } from "./read-settings.ts";

/** What reading it takes from outside. */
export interface SafetyDeps {
  readonly readFile: ReadFile;
  /** Throws an error with a `code` where no file can be written to a folder; absent: not looked at. */
  readonly checkFolder?: (folder: string) => void;
}

/** Shorter ones can be guessed by trying. */
const LEAST_KEY_BYTES = 16;
const MIB = 1024 ** 2;

/** The safety part of the configuration, or undefined when one of its variables is faulty. */
export function readSafety(
  values: Reading["values"],
  { readFile, checkFolder }: SafetyDeps,
  problems: string[],
): Safety | undefined {
  const { PVE_CONFIRM: confirm, PVE_CONFIRM_BY: confirmBy, PVE_WAIT: wait, PVE_AUDIT_MAX_MB: size } = values;
  const { PVE_FREEZE_FILE: freezeFile, PVE_AUDIT_LOG: path, PVE_AUDIT_KEY_FILE: keyFile } = values;
  if (keyFile !== undefined && path === undefined) {
    problems.push("PVE_AUDIT_KEY_FILE has no use without PVE_AUDIT_LOG");
  }
  if (path !== undefined) {
    try {
      checkFolder?.(dirname(path));
    } catch (error) {
      problems.push(`PVE_AUDIT_LOG: its folder cannot be written to: ${cause(error)}`);
    }
  }
  const key = readKeyFile("PVE_AUDIT_KEY_FILE", keyFile, LEAST_KEY_BYTES, readFile, problems);
  if (confirm === undefined || confirmBy === undefined || wait === undefined || size === undefined)
    return undefined;
  return {
    confirm,
    confirmBy,
    wait,
    protected: values.PVE_PROTECTED ?? [],
    ...(values.PVE_ALLOWED === undefined ? {} : { allowed: values.PVE_ALLOWED }),
    ...(freezeFile === undefined ? {} : { freezeFile }),
    ...(path === undefined
      ? {}
      : { record: { path, maxBytes: size * MIB, ...(key === undefined ? {} : { key }) } }),
  };
}
