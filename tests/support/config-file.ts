import { ConfigError } from "../../src/config/config-error.ts";
import type { LoadFileDeps } from "../../src/config/file/content.ts";
import { loadConfigFile } from "../../src/config/file/load-file.ts";
import type { ToolRef } from "../../src/config/surface.ts";

/** Where the file is said to be. */
export const PATH = "/etc/mcp-pve/config.yaml";
/** A token's secret. */
export const UUID = "8c7e6d5a-1b2c-4d3e-9f80-a1b2c3d4e5f6";
const TOOLS: readonly ToolRef[] = [
  { name: "pve_list_nodes", tier: "read-only", category: "nodes" },
  { name: "pve_delete_qemu_vm", tier: "full", category: "qemu" },
];
const FILES: Readonly<Record<string, string>> = {
  "/run/prod": `${UUID}\n`,
  "/run/empty": "\n",
  "/run/proxy": "http://user:opensesame@proxy:3128\n",
  "/run/key": "0123456789abcdef\n",
};

/** Environment variables. */
export type Env = Readonly<Record<string, string>>;
/** The least that a cluster says. */
export const CLUSTER = { url: "https://pve:8006", token_id: "root@pam!mcp", token_secret: "file:/run/prod" };

/** What loading a file of this text takes. */
export function depsOf(content: string, more: Partial<LoadFileDeps> = {}): LoadFileDeps {
  const files: Readonly<Record<string, string>> = { ...FILES, [PATH]: content };
  return {
    tools: TOOLS,
    readFile: (path) => {
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      if (text !== undefined) return text;
      throw Object.assign(new Error(`ENOENT: open '${path}'`), { code: "ENOENT" });
    },
    stat: () => ({ mode: 0o100600 }),
    platform: "linux",
    ...more,
  };
}

const written = (file: unknown): string => (typeof file === "string" ? file : JSON.stringify(file));
/** Loads a file of this text, or of this value as JSON. */
export const load = (file: unknown, env: Env = {}, more: Partial<LoadFileDeps> = {}) =>
  loadConfigFile(PATH, env, depsOf(written(file), more));

/** Why such a file is refused. */
export async function refused(
  file: unknown,
  env: Env = {},
  more: Partial<LoadFileDeps> = {},
): Promise<ConfigError> {
  try {
    await load(file, env, more);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The file was accepted");
}

/** The problems of a single cluster. */
export const faults = async (cluster: Readonly<Record<string, unknown>>, env: Env = {}) =>
  (await refused({ clusters: { prod: { ...CLUSTER, ...cluster } } }, env)).problems;
