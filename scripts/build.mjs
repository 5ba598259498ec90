/** Bundles the program into dist/: the bin, the one bundle it runs, and the endpoint table as data. */
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
const shared = {
  absWorkingDir: root,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  logLevel: "warning",
};
// CommonJS, because V8's code cache works for scripts and, on Node 20, not for ES modules.
const { metafile } = await build({
  ...shared,
  metafile: true,
  entryPoints: ["src/main.ts"],
  outfile: "dist/mcp-pve.cjs",
  // Names stay readable in stack traces; keepNames would pay for them with a call for every function at start.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  alias: { "@modelcontextprotocol/server/_shims": "./src/mcp/sdk-shims.ts" },
  define: { "import.meta.url": "__bundleUrl" },
  banner: { js: 'const __bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
});
const hash = createHash("sha256")
  .update(readFileSync(`${root}/dist/mcp-pve.cjs`))
  .digest("hex")
  .slice(0, 16);
await build({
  ...shared,
  entryPoints: ["src/launch.ts"],
  outfile: "dist/main.cjs",
  define: { BUNDLE_HASH: JSON.stringify(hash) },
});
writeFileSync(`${root}/dist/THIRD_PARTY_LICENSES.txt`, licences(Object.keys(metafile.inputs)));
copyFileSync(`${root}/src/schema/endpoints.gen.json`, `${root}/dist/endpoints.gen.json`);
chmodSync(`${root}/dist/main.cjs`, 0o755);

/** The licence texts of the packages that are part of the bundle. */
function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => path.match(/^node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  return [...packages].sort().map(licence).join("\n\n");
}

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}/${folder}/package.json`, "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"]
    .map((base) => `${root}/${folder}/${base}`)
    .find(existsSync);
  if (!file) throw new Error(`${folder} has no licence text to pass on.`);
  return `${name} ${version} (${license})\n\n${readFileSync(file, "utf8")}`;
}
