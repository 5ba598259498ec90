/** Fails when an import goes against the one-way street between the folders of src/. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Folders in the order imports may go: each may import those named before it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  schema: [],
  render: [],
  simulator: ["schema"],
  policy: ["config", "schema", "render"],
  pve: ["config", "schema", "render", "policy"],
  record: ["config", "render"],
  plan: ["config", "schema", "render", "policy", "pve"],
  tools: ["config", "schema", "render", "policy", "pve", "record", "plan"],
  mcp: ["config", "schema", "render", "policy", "pve", "record", "plan", "tools"],
  transports: ["config", "schema", "render", "policy", "pve", "record", "plan", "tools", "mcp"],
  cli: [
    "config",
    "schema",
    "render",
    "policy",
    "pve",
    "record",
    "plan",
    "tools",
    "mcp",
    "transports",
    "simulator",
  ],
  main: ["cli"],
  launch: [],
};
/** Packages, by the only folders that may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "@modelcontextprotocol/server": ["mcp", "transports"],
  zod: ["config", "main"],
  "fastest-levenshtein": ["config", "schema"],
  minisearch: ["schema"],
  stemmer: ["schema"],
  yaml: ["config"],
  jose: ["transports"],
  "prom-client": ["transports"],
  "@modelcontextprotocol/node": ["transports"],
};
const FORBIDDEN_NAMES = /(^|\/)(index|utils?|helpers?|common)\.ts$/;

const src = fileURLToPath(new URL("../src", import.meta.url));
const problems: string[] = [];
const room = (file: string): string => {
  const [first = ""] = relative(src, file).split("/");
  return first.replace(/\.ts$/, "");
};

for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
  const file = join(entry.parentPath, entry.name);
  const name = relative(src, file);
  const from = room(file);
  const test = file.endsWith(".test.ts");
  if (FORBIDDEN_NAMES.test(name)) problems.push(`${name}: a file of that name has no subject`);
  const allowed = MAY_IMPORT[from];
  if (!allowed) problems.push(`${name}: unknown folder ${from}`);
  const text = readFileSync(file, "utf8");
  if (!test && from !== "main" && from !== "launch" && /\bprocess\.(argv|env|exit)\b/.test(text)) {
    problems.push(`${name}: only main.ts and launch.ts touch process.argv, env and exit`);
  }
  for (const { fileName: specifier } of ts.preProcessFile(text).importedFiles) {
    if (specifier.startsWith("node:") || test) continue;
    if (!specifier.startsWith(".")) {
      const pkg = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      if (!PACKAGES[pkg]?.includes(from)) problems.push(`${name}: ${from} may not import ${specifier}`);
      continue;
    }
    const to = room(resolve(dirname(file), specifier));
    if (to !== from && !allowed?.includes(to))
      problems.push(`${name}: ${from} may not import ${to} (${specifier})`);
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log("layers: every import goes the right way");
