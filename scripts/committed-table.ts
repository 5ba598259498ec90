import { endpointIn, knownReleases, routesIn } from "../src/schema/endpoint-table.ts";
import { parseRelease } from "../src/schema/release.ts";
import type { Description } from "./schema-table.ts";

/** The descriptions the committed table was made from, as far as it remembers them, oldest first. */
export function committedDescriptions(): Description[] {
  return knownReleases().map((text) => {
    const release = parseRelease(text);
    if (!release) throw new Error(`The committed table names ${text} as a release.`);
    const endpoints = routesIn(release).flatMap((route) => {
      const endpoint = endpointIn(route, release);
      return endpoint ? [[route, endpoint] as const] : [];
    });
    return { release: text, endpoints: new Map(endpoints) };
  });
}
