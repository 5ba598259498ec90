/** Writes src/tools/list.gen.json, what tools/list serves, from the catalogue. `--check` fails when it is stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { CATALOGUE } from "../src/tools/catalogue.ts";
import { listing } from "../src/tools/input-schema.ts";

const file = new URL("../src/tools/list.gen.json", import.meta.url);
const text = `[\n${CATALOGUE.map((tool) => JSON.stringify(listing(tool)))
  .sort()
  .join(",\n")}\n]\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text) {
    console.error("src/tools/list.gen.json is stale: run npm run gen");
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
  const bytes = (tools: typeof CATALOGUE) =>
    tools
      .map(listing)
      .reduce(
        (sum, t) => sum + t.name.length + t.description.length + JSON.stringify(t.inputSchema).length,
        0,
      );
  console.log(
    `${CATALOGUE.length} tools, ${bytes(CATALOGUE)} bytes; read-only ${bytes(CATALOGUE.filter((t) => t.tier === "read-only"))}`,
  );
}
