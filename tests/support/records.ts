import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/config/secret.ts";
import { type Files, NODE_FILES } from "../../src/record/files.ts";
import { type ChangeRecord, createRecord, type Intent, type RecordDeps } from "../../src/record/record.ts";
import { type VerifyOptions, type VerifyReport, verifyRecord } from "../../src/record/verify.ts";

/** For tests of a chain with a key. */
export const KEY = "9f2c61e5b80d4a7386a1f4c07d95e32b";

/** A path in a new folder of its own. */
export const newPath = (): string => join(mkdtempSync(join(tmpdir(), "mcp-pve-record-")), "changes.jsonl");

/** The real file operations without waiting for the disk. */
export const UNSYNCED: Files = { ...NODE_FILES, sync: () => {}, syncFolder: () => {} };

/** A change for tests; `change` replaces parts of it. */
export const intent = (change: Partial<Intent> = {}): Intent => ({
  caller: "stdio",
  client: "test 1.0",
  cluster: "pve.example.com",
  tool: "pve_stop_vm",
  route: "POST /nodes/{node}/qemu/{vmid}/status/stop",
  params: { node: "pve1", vmid: 100 },
  confirmed: "code",
  ...change,
});

/** A record that does not wait for the disk. */
export function quickRecord(
  path: string,
  deps: RecordDeps & { readonly key?: string; readonly maxBytes?: number } = {},
): ChangeRecord {
  const { key, maxBytes = 1024 ** 2, ...rest } = deps;
  const settings = { path, maxBytes, ...(key === undefined ? {} : { key: new Secret(key) }) };
  return createRecord(settings, { files: UNSYNCED, ...rest });
}

/** Checks a record without waiting for other writers. */
export const verified = (path: string, options: VerifyOptions = {}): VerifyReport =>
  verifyRecord(NODE_FILES, path, options, () => {});

/** The lines of a file, each parsed. */
export const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
