/** Writes src/tools/list.gen.json, what tools/list serves, from the catalogue. `--check` fails when it is stale. */
import { CATALOGUE } from "../src/tools/catalogue.ts";
import { type ListedTool, listing } from "../src/tools/input-schema.ts";
import { emit } from "./generated-file.ts";

const tools = CATALOGUE.map(listing).sort((a, b) => (a.name < b.name ? -1 : 1));
emit("src/tools/list.gen.json", `[\n${tools.map((tool) => JSON.stringify(tool)).join(",\n")}\n]\n`);

const bytes = (some: readonly ListedTool[]) =>
  some.reduce(
    (sum, tool) => sum + Buffer.byteLength(tool.name + tool.description + JSON.stringify(tool.inputSchema)),
    0,
  );
const reading = tools.filter((tool) => tool.tier === "read-only");
console.log(
  `${tools.length} tools, ${bytes(tools)} bytes; ${reading.length} read-only, ${bytes(reading)} bytes`,
);
