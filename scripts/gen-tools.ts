/** Writes src/tools/list.gen.json, what tools/list serves, from the catalogue. `--check` fails when it is stale. */
import { CATALOGUE } from "../src/tools/catalogue.ts";
import { listing } from "../src/tools/input-schema.ts";
import { emit } from "./generated-file.ts";

const tools = CATALOGUE.map(listing).sort((a, b) => (a.name < b.name ? -1 : 1));
emit("src/tools/list.gen.json", `[\n${tools.map((tool) => JSON.stringify(tool)).join(",\n")}\n]\n`);
console.log(`${tools.length} tools`);
