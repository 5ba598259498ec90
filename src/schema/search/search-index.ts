import MiniSearch from "minisearch";
import type { Endpoint } from "../endpoint.ts";
import { allRoutes, findEndpoint } from "../endpoint-table.ts";
import { summaryOf } from "../summaries/summaries.ts";
import { areaWordsOf, keywordsOf, priorOf, SEGMENT_WORDS } from "./keywords.ts";
import { stem, wordsOf } from "./search-words.ts";

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

/** The routes, and the words of each by the field they stand in. */
export interface Index {
  readonly entries: readonly Entry[];
  readonly words: MiniSearch<Document>;
}

/** A route's number and its words, blanks between them. */
interface Document {
  readonly id: number;
  readonly words: string;
}

/**
 * How often a word is put in for each time it stands in a field: so that, as in BM25F, the fields of a route add up
 * before more of the same word stops to count, and a word is as rare as the routes that have it anywhere are few.
 */
const TIMES = {
  leaf: 22,
  path: 9,
  placeholder: 2.5,
  name: 6,
  summary: 24,
  keywords: 24,
  area: 8,
  params: 4.5,
  text: 5,
};
type Field = keyof typeof TIMES;
/** Words of a summary beyond which each of them counts less. */
const USUAL_LENGTH = 8;
/** BM25: how soon more of the same word stops to count; long texts are not held against a word. */
const BM25 = { k: 16, b: 0, d: 0 };
/** Words of PVE's own method names that only repeat the method. */
const NAME_NOISE = new Set(
  "index get list read create add delete remove update set vm cmd idx vmcmdidx diridx vmdiridx"
    .split(" ")
    .map(stem),
);
/** Parameters that nearly every route of a kind has. */
const PARAM_NOISE = new Set(["node", "vmid", "digest", "delete", "name", "id", "pos", "force", "type"]);

/**
 * Makes the index over every route of the endpoint table, and over those that only `texts` knows.
 * Takes about 150 ms.
 */
export function buildIndex(texts: ReadonlyMap<string, string> = new Map()): Index {
  const words = new MiniSearch<Document>({
    fields: ["words"],
    // What is put in and what is asked has been read into words already.
    tokenize: (text) => text.split(" ").filter(Boolean),
    processTerm: (word) => word,
    searchOptions: { bm25: BM25 },
  });
  const routes = [...new Set([...allRoutes(), ...texts.keys()])];
  const entries = routes.flatMap((route) => entryOf(route) ?? []);
  words.addAll(entries.map(({ route }, id) => ({ id, words: weighted(route, texts.get(route) ?? "") })));
  return { entries, words };
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

/** All words of a route, each as often as its fields make it count. */
function weighted(route: string, text: string): string {
  const counts = new Map<string, number>();
  for (const [field, words] of Object.entries(wordsByField(route, text)) as [Field, readonly string[]][]) {
    const shorter = field === "summary" ? Math.min(1, (USUAL_LENGTH / Math.max(words.length, 1)) ** 0.4) : 1;
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + TIMES[field] * shorter);
  }
  return [...counts].map(([word, count]) => `${word} `.repeat(Math.max(1, Math.round(count)))).join("");
}

function wordsByField(route: string, text: string): { readonly [F in Field]: readonly string[] } {
  const endpoint = findEndpoint(route);
  const segments = route.slice(route.indexOf("/") + 1).split("/");
  const leaf = segments.findLastIndex((segment) => !segment.startsWith("{"));
  const literal = (segment: string) => !segment.startsWith("{");
  const own = (segment: string) => !literal(segment) && segment !== "{node}" && segment !== "{vmid}";
  const params = Object.keys(endpoint?.params ?? {}).filter((name) => !PARAM_NOISE.has(name));
  return {
    leaf: named(segments[leaf] ?? ""),
    path: segments.filter((segment, at) => literal(segment) && at !== leaf).flatMap(named),
    placeholder: segments.filter(own).flatMap(read),
    name: read(endpoint?.name ?? "").filter((word) => !NAME_NOISE.has(word)),
    summary: read(summaryOf(route) ?? ""),
    keywords: read(keywordsOf(route)),
    area: read(areaWordsOf(route)),
    params: params.flatMap((name) => read(name.replace(/\[n\]$/, ""))),
    text: read(text),
  };
}
