/**
 * Makes the endpoint table (src/schema/endpoints.gen.json) and the route types (src/schema/routes.gen.ts)
 * from PVE's API descriptions, facts only, no prose; and prints what changed against the committed table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseApidoc } from "../src/schema/description/apidoc.ts";
import { compareReleases, parseRelease, type Release, releaseText } from "../src/schema/release.ts";
import { committedDescriptions } from "./committed-table.ts";
import { fetchApidoc, fetchRelease, type Trust } from "./fetch-apidoc.ts";
import { routeTypes } from "./route-types.ts";
import { difference } from "./schema-difference.ts";
import { buildTable, type Description, tableText } from "./schema-table.ts";

const USAGE = `usage: npm run gen:schema -- SOURCE [OLDER.json ...] [options]

SOURCE is an API description: a file (apidoc.js, or its array as JSON), or a node as https://NODE:8006.
A file's name carries its release (apidoc-9.2.json), or --release names SOURCE's.
Without OLDER files, what older releases had comes from the committed table.

  --dry-run      print what would change, write nothing
  --release 9.3  the release of SOURCE
  --ca FILE      the authority of the node's certificate, PEM
  --insecure     do not check the node's certificate`;

const options = {
  "dry-run": { type: "boolean" },
  release: { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean" },
} as const;

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}

function commandLine() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function releaseOf(text: string | undefined, source: string): Release {
  const release = parseRelease(text ?? "");
  return release ?? fail(`${source}: its release is not known; name it with --release 9.3`);
}

const inName = (file: string) => /\d+\.\d+/.exec(basename(file))?.[0];

function described(text: string, release: Release): Description {
  return { release: releaseText(release), endpoints: parseApidoc(text).endpoints };
}

async function read(source: string, release: string | undefined, trust: Trust): Promise<Description> {
  if (!/^https?:/.test(source))
    return described(readFileSync(source, "utf8"), releaseOf(release ?? inName(source), source));
  const text = await fetchApidoc(source, trust);
  return described(text, releaseOf(release ?? (await fetchRelease(source, trust)), source));
}

/** The committed descriptions older than `newest`. A younger one there is an error: it would be lost. */
function remembered(newest: Description): Description[] {
  const ofNewest = releaseOf(newest.release, "SOURCE");
  return committedDescriptions().filter(({ release }) => {
    const order = compareReleases(releaseOf(release, "the committed table"), ofNewest);
    if (order > 0)
      fail(`SOURCE is of ${newest.release}, the committed table of ${release}; give the newer one too.`);
    return order < 0;
  });
}

const { values, positionals } = commandLine();
const [source, ...older] = positionals;
if (source === undefined) fail(USAGE);
const trust: Trust = {
  ...(values.ca === undefined ? {} : { ca: readFileSync(values.ca, "utf8") }),
  ...(values.insecure ? { insecure: true } : {}),
};
const first = await read(source, values.release, trust);
const others = await Promise.all(older.map((file) => read(file, undefined, trust)));
const table = buildTable([first, ...(others.length > 0 ? others : remembered(first))]);
const newest = [first, ...others].find(({ release }) => release === table.pve) ?? first;

const before = committedDescriptions().at(-1)?.endpoints ?? new Map();
for (const line of difference(before, newest.endpoints)) console.log(line);

const target = (name: string) => fileURLToPath(new URL(`../src/schema/${name}`, import.meta.url));
const written = [
  ["endpoints.gen.json", tableText(table)],
  ["routes.gen.ts", routeTypes(table)],
] as const;
for (const [name, text] of written) {
  if (readFileSync(target(name), "utf8") === text) continue;
  console.log(`${values["dry-run"] ? "would write" : "wrote"} ${name}`);
  if (!values["dry-run"]) writeFileSync(target(name), text);
}
console.log(
  `${Object.keys(table.endpoints).length} operations, ${table.pool.length} distinct parameters, PVE ${table.pve}`,
);
