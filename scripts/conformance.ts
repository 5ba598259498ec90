/**
 * Runs the official conformance runner of MCP against a fixture server behind our HTTP transport, for both sets of
 * requirements. The runner needs Node 22: where this is an older one, npm brings it, into a folder of its own.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveFixture } from "../tests/conformance/fixture-server.ts";

const PACKAGES = { node: "node@22.23.3", runner: "@modelcontextprotocol/conformance@0.2.0-alpha.12" };
const SETS = ["2026-07-28", "2025-11-25"];
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules", ".cache", "conformance");
const runner = join(folder, "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js");
const node = join(folder, "node_modules", "node", "bin", "node");

if (!existsSync(runner) || !existsSync(node)) {
  mkdirSync(folder, { recursive: true });
  console.error(`Installing ${Object.values(PACKAGES).join(" and ")} into ${folder} ...`);
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", ...Object.values(PACKAGES)];
  execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Runs one set; true when every check that counts passed, or failed as it is expected to. */
function run(url: string, requirements: string): Promise<boolean> {
  const expected = join(root, "tests", "conformance", `expected-failures-${requirements}.yaml`);
  const args = [
    "server",
    "--url",
    url,
    "--requirements",
    requirements,
    ...(existsSync(expected) ? ["--expected-failures", expected] : []),
    ...process.argv.slice(2),
  ];
  return new Promise((resolve) => {
    const child = spawn(node, [runner, ...args], { cwd: folder, stdio: "inherit" });
    child.once("close", (code) => resolve(code === 0));
  });
}

const session = await serveFixture(0);
const failed: string[] = [];
for (const requirements of SETS) {
  console.log(`\n== ${PACKAGES.runner}, requirements of ${requirements}`);
  if (!(await run(session.url, requirements))) failed.push(requirements);
}
await session.close();
console.log(failed.length === 0 ? "\nBoth sets pass." : `\nFailed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
