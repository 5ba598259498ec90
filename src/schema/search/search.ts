import type { SearchOptions } from "minisearch";
import type { Endpoint } from "../endpoint.ts";
import { buildIndex, type Entry, type Index } from "./search-index.ts";
import { type Query, readQuery } from "./search-query.ts";
import { RELATED } from "./search-synonyms.ts";
import { stem } from "./search-words.ts";

/** What narrows a search, and what widens it. */
export interface RouteSearchOptions {
  readonly method?: Endpoint["method"];
  /** How many routes at most; 10 unless told. */
  readonly limit?: number;
  readonly routes?: (route: string) => boolean;
  /** More text per route, as a connected node describes it; a route the endpoint table lacks is found by it too. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** A route that answers a request; scores compare within one search only. */
export interface Found {
  readonly route: string;
  readonly score: number;
}

const DEFAULT_LIMIT = 10;
/** How much it counts against a route that it knows only some of the words. */
const COVERED = 0.5;
/** What remains of a route of the other kind of guest, when the request names one. */
const OTHER_KIND = 0.3;
/** What acts on many guests, when the request does not say so. */
const ONE_NOT_BULK = 0.75;
/** What answers one thing, when the request asks for many, and the reverse. */
const MANY_NOT_ONE = 0.94;
/** What a path is about is what the request names. */
const LEAF = 0.06;
/** A guest's own firewall, when the request names no guest. */
const UNNAMED_GUEST = 0.9;
/** Containers come after VMs when the request names neither. */
const UNNAMED_LXC = 0.85;
/** Guests, when the request is about a node and names no guest. */
const NODE_NOT_GUEST = 0.8;
/** What is of the scope that the request names: that kind of guest, the cluster. */
const IN_SCOPE = 1.12;
const PER_LEVEL = 0.985;
/** A word that only resembles one of the index. */
const RESEMBLING = 0.6;

let plain: Index | undefined;
const withTexts = new WeakMap<ReadonlyMap<string, string>, Index>();

function indexFor(texts: ReadonlyMap<string, string> | undefined): Index {
  if (!texts) {
    plain ??= buildIndex();
    return plain;
  }
  const index = withTexts.get(texts) ?? buildIndex(texts);
  withTexts.set(texts, index);
  return index;
}

const related = new Map(
  Object.entries(RELATED).map(([word, others]) => [
    stem(word),
    Object.entries(others).map(([other, weight]): Meaning => ({ word: stem(other), weight })),
  ]),
);

/**
 * The routes of PVE's API that do what a request in plain English asks for, best first; none when no word of it
 * is known. The index is made at the first search, and once more for each map of `texts`.
 */
export function searchRoutes(query: string, options: RouteSearchOptions = {}): readonly Found[] {
  const index = indexFor(options.texts);
  const asked = readQuery(query);
  const found: Found[] = [];
  for (const [number, share] of matches(index, asked)) {
    const entry = index.entries[number];
    if (!entry || (options.method && entry.method !== options.method)) continue;
    if (options.routes && !options.routes(entry.route)) continue;
    found.push({ route: entry.route, score: share * likelihood(entry, asked, options.method !== undefined) });
  }
  found.sort((a, b) => b.score - a.score || (a.route < b.route ? -1 : 1));
  return found.slice(0, options.limit ?? DEFAULT_LIMIT);
}

/** How likely a route is meant, whatever its words. */
function likelihood(entry: Entry, asked: Query, methodGiven: boolean): number {
  const fit = methodGiven ? 1 : asked.fit[entry.method];
  const guestFirewall = entry.kind !== undefined && !asked.guest && entry.route.includes("/firewall");
  const number = asked.many === (entry.bulk || entry.lists) ? 1 : entry.bulk ? ONE_NOT_BULK : MANY_NOT_ONE;
  const named = asked.words.filter(({ text, share }) => share === 1 && entry.leaf.has(text)).length;
  const leaf = 1 + LEAF * (named / Math.max(entry.leaf.size, 1));
  const factors = [fit, number, leaf, scopeOf(entry, asked), guestFirewall ? UNNAMED_GUEST : 1];
  return factors.reduce((product, factor) => product * factor, entry.prior) * PER_LEVEL ** entry.depth;
}

/** How well a route fits the kind of guest, the node or the cluster that the request names. */
function scopeOf({ kind, route }: Entry, asked: Query): number {
  if (asked.scope === "cluster") return route.includes(" /cluster") ? IN_SCOPE : 1;
  if (kind === undefined) return 1;
  if (asked.scope === "node") return NODE_NOT_GUEST * (kind === "lxc" ? UNNAMED_LXC : 1);
  if (asked.kind === undefined) return kind === "lxc" ? UNNAMED_LXC : 1;
  return kind === asked.kind ? IN_SCOPE : OTHER_KIND;
}

/** By entry: what the request's words score there, times how much of the request the entry knows. */
function matches(index: Index, asked: Query): Map<number, number> {
  const sums = new Map<number, number>();
  let whole = 0;
  for (const { text, share } of asked.words) {
    const best = new Map<number, number>();
    let most = 0;
    for (const { word, weight, options } of meanings(index, text)) {
      for (const { id, score } of index.words.search(word, options)) {
        const value = share * weight * score;
        most = Math.max(most, value);
        if (value > (best.get(id) ?? 0)) best.set(id, value);
      }
    }
    whole += most;
    for (const [number, value] of best) sums.set(number, (sums.get(number) ?? 0) + value);
  }
  for (const [number, sum] of sums) sums.set(number, sum * (sum / whole) ** COVERED);
  return sums;
}

interface Meaning {
  readonly word: string;
  readonly weight: number;
  readonly options?: SearchOptions;
}

/** A word of a request and what else it may mean; one the index lacks means those that resemble it. */
function meanings(index: Index, text: string): readonly Meaning[] {
  const others = related.get(text) ?? [];
  if (others.length > 0 || index.words.search(text).length > 0) return [{ word: text, weight: 1 }, ...others];
  if (text.length < 4 || /\d/.test(text)) return [];
  return [{ word: text, weight: RESEMBLING, options: { prefix: true, fuzzy: text.length < 7 ? 1 : 2 } }];
}
