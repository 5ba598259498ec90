import type { Endpoint } from "./endpoint.ts";
import { allRoutes, findEndpoint } from "./endpoint-table.ts";
import { areaWordsOf, keywordsOf, priorOf, SEGMENT_WORDS } from "./keywords.ts";
import { stem, wordsOf } from "./search-words.ts";
import { summaryOf } from "./summaries.ts";

/** A route as the index holds it. */
export interface Entry {
  readonly route: string;
  readonly method: Endpoint["method"];
  /** How likely anybody wants it at all: 1 for most. */
  readonly prior: number;
  readonly kind?: "qemu" | "lxc";
  readonly depth: number;
  /** It acts on many guests at once. */
  readonly bulk: boolean;
  /** The words of its path's last name: what it is about. */
  readonly leaf: ReadonlySet<string>;
  /** It answers a list. */
  readonly lists: boolean;
}

/** Where each word occurs: entry number -> weight there, summed over the fields (BM25F). */
export interface Index {
  readonly entries: readonly Entry[];
  readonly postings: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** How much a word counts by where it stands. */
const WEIGHT = { leaf: 2.2, path: 0.9, placeholder: 0.25, name: 0.6, summary: 2.4, keywords: 2.4, area: 0.8 };
const PARAM = 0.45;
const TEXT = 0.5;
/** Words of a field beyond which each of them counts less. */
const USUAL_LENGTH = 8;
/** Words of PVE's own method names that only repeat the method. */
const NAME_NOISE = new Set(
  "index get list read create add delete remove update set vm cmd idx vmcmdidx diridx vmdiridx".split(" ").map(stem),
);
/** Parameters that nearly every route of a kind has. */
const PARAM_NOISE = new Set(["node", "vmid", "digest", "delete", "name", "id", "pos", "force", "type"]);

/**
 * Makes the index over every route of the endpoint table, and over those that only `texts` knows.
 * Takes about 50 ms.
 */
export function buildIndex(texts: ReadonlyMap<string, string> = new Map()): Index {
  const entries: Entry[] = [];
  const postings = new Map<string, Map<number, number>>();
  for (const route of new Set([...allRoutes(), ...texts.keys()])) {
    const entry = entryOf(route);
    if (!entry) continue;
    const number = entries.push(entry) - 1;
    for (const [word, weight] of weightsOf(route, texts.get(route) ?? "")) {
      const found = postings.get(word) ?? new Map<number, number>();
      found.set(number, weight);
      postings.set(word, found);
    }
  }
  return { entries, postings };
}

const read = (words: string): string[] => wordsOf(words).map((word) => word.text);

/** The words a name in a path stands for. */
const named = (segment: string): string[] => read(SEGMENT_WORDS[segment] ?? segment);

function entryOf(route: string): Entry | undefined {
  const match = /^(GET|POST|PUT|DELETE) (\/\S*)$/.exec(route);
  if (!match) return undefined;
  const [, method, path = ""] = match;
  const kind = /^\/nodes\/\{node\}\/(qemu|lxc)(?:\/|$)/.exec(path)?.[1];
  return {
    route,
    method: method as Entry["method"],
    prior: priorOf(route),
    bulk: /all$|\/bulk-action\//.test(path),
    leaf: new Set(named(path.split("/").findLast((segment) => !segment.startsWith("{")) ?? "")),
    lists: /^List /.test(summaryOf(route) ?? ""),
    depth: path.split("/").length - 1,
    ...(kind === undefined ? {} : { kind: kind as "qemu" | "lxc" }),
  };
}

function weightsOf(route: string, text: string): Map<string, number> {
  const weights = new Map<string, number>();
  const put = (words: readonly string[], weight: number): void => {
    for (const word of words) weights.set(word, (weights.get(word) ?? 0) + weight);
  };
  const segments = route.slice(route.indexOf("/") + 1).split("/");
  const leaf = segments.findLastIndex((segment) => !segment.startsWith("{"));
  segments.forEach((segment, at) => {
    if (segment.startsWith("{")) {
      if (segment !== "{node}" && segment !== "{vmid}") put(read(segment), WEIGHT.placeholder);
    } else put(named(segment), at === leaf ? WEIGHT.leaf : WEIGHT.path);
  });
  const summary = read(summaryOf(route) ?? "");
  put(summary, WEIGHT.summary * Math.min(1, (USUAL_LENGTH / Math.max(summary.length, 1)) ** 0.4));
  put(read(keywordsOf(route)), WEIGHT.keywords);
  put(read(areaWordsOf(route)), WEIGHT.area);
  const endpoint = findEndpoint(route);
  if (endpoint) {
    put(
      read(endpoint.name).filter((word) => !NAME_NOISE.has(word)),
      WEIGHT.name,
    );
    for (const name of Object.keys(endpoint.params))
      if (!PARAM_NOISE.has(name)) put(read(name.replace(/\[n\]$/, "")), PARAM);
  }
  put(read(text), TEXT);
  return weights;
}
