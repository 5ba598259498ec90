import { num, str } from "../../pve/data.ts";
import type { Answer, Column } from "../../render/answer.ts";
import { quoted } from "../../render/foreign.ts";
import { searchRoutes } from "../../schema/search/search.ts";
import type { ToolCall } from "../tool.ts";
import { heldBy } from "./api-held.ts";
import { effectText, reachText, requiredOf, toldOf } from "./api-hit.ts";

/** Hits that are shown when the caller does not say, and at most. */
const HITS = 8;
const MOST_HITS = 30;
/** A summary that the node wrote is cut here. */
const FOREIGN_MAX = 70;
/** Characters that a hit may take: eight of them stay within 1,500 bytes. Beyond that the summaries are cut. */
const ROOM = 165;
const SHORT = 56;

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Operations for a question, each in two lines: the route, and what there is to know before it is described. */
export async function searchApi(call: ToolCall): Promise<Answer> {
  const query = str(call.input, "query") ?? "";
  const method = str(call.input, "method") as Method | undefined;
  const limit = Math.min(num(call.input, "limit") ?? HITS, MOST_HITS);
  const [apidoc, held] = await Promise.all([call.describe(), heldBy(call)]);
  const texts = apidoc && textsOf(apidoc.prose);
  const hits = searchRoutes(query, {
    limit,
    ...(method === undefined ? {} : { method }),
    ...(texts === undefined ? {} : { texts }),
  });
  if (hits.length === 0)
    return {
      headline: `Nothing of PVE's API matches ${quoted(query, 60)}.`,
      next: ["Say it with other words: what is acted on, and what is done to it (“resize a disk”)."],
    };
  const rows = hits.flatMap(({ route }) => {
    const told = toldOf(route, apidoc);
    if (!told) return [];
    const { endpoint, classification, summary, foreign } = told;
    return [
      {
        route,
        what: foreign ? cut(summary, FOREIGN_MAX) : summary,
        foreign,
        effect: effectText(classification),
        needs: requiredOf(endpoint).join(", "),
        token:
          call.closed(route) === undefined
            ? reachText(endpoint, held, { brief: true, login: call.login })
            : "switched off here",
        since: endpoint.since,
      },
    ];
  });
  const long = rows.reduce((sum, row) => sum + Object.values(row).join(" | ").length, 0) > ROOM * hits.length;
  return {
    headline: `${rows.length} ${rows.length === 1 ? "operation" : "operations"}, the likeliest first; pve_describe_api tells more.`,
    blocks: [
      {
        kind: "table",
        columns: COLUMNS,
        rows: long ? rows.map((row) => ({ ...row, what: cut(row.what, SHORT) })) : rows,
      },
    ],
  };
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;

const COLUMNS: readonly Column[] = [
  { key: "route" },
  { key: "what", label: "does", foreignFrom: "foreign" },
  { key: "effect", label: "effect, tier" },
  { key: "needs" },
  { key: "token", label: "token may" },
  { key: "since", label: "PVE from" },
];

const known = new WeakMap<object, ReadonlyMap<string, string>>();

/** The node's sentences by route, the same map for the same description: the index is kept by it. */
function textsOf(prose: ReadonlyMap<string, { readonly description: string }>): ReadonlyMap<string, string> {
  const made =
    known.get(prose) ?? new Map([...prose].map(([route, { description }]) => [route, description]));
  known.set(prose, made);
  return made;
}
