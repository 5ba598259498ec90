import { type Classification, classOf, classOfUnknown } from "../policy/effect.ts";
import { categoryOfRoute } from "../policy/route-category.ts";
import { type Json, list, num, type Row, record, str } from "../pve/data.ts";
import { isUpid } from "../pve/jobs/upid.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import type { Apidoc } from "../schema/description/apidoc.ts";
import { addedRoutes, beyondTables } from "../schema/description/merge-description.ts";
import type { Endpoint } from "../schema/endpoint.ts";
import { findEndpoint, paramOf } from "../schema/endpoint-table.ts";
import { type FoundRoute, findRoute, leadsTo } from "../schema/find-route.ts";
import type { Route } from "../schema/routes.gen.ts";
import { summaryOf } from "../schema/summaries/summaries.ts";
import { writeAnswer } from "../tools/answers.ts";
import { anyAnswer, type Wanted } from "../tools/api/any-value.ts";
import { Refusal } from "../tools/refusal.ts";
import type { Tool, ToolCall } from "../tools/tool.ts";
import type { Turn } from "./scope.ts";

/** A call of an API tool as the tool of the operation that it names would be called. */
export interface Made {
  readonly tool: Tool;
  readonly input: Row;
}

/** Rows that are asked of PVE where a filter looks through them. */
const FILTERED_ROWS = 1_000;

/**
 * Makes a tool for the operation that a call names, so that everything else is as with any tool. The route is decided
 * on by its template, in one spelling. Throws a Refusal for what is no operation, is closed, or belongs to the other
 * tool.
 */
export async function anyCall(turn: Turn, tool: Tool, input: Row): Promise<Made> {
  const { session, side } = turn;
  const written = str(input, "route") ?? "";
  const method = tool.any === "read" ? "GET" : undefined;
  const given = record(input.params);
  let found = findRoute(written, method);
  let apidoc: Apidoc | undefined;
  // Only what our tables lack is looked for in the node's description.
  if ("problem" in found || lacksParams(found.route, given)) {
    apidoc = await session.description.read(side.signal);
    if ("problem" in found) found = findRoute(written, method, addedRoutes(apidoc));
  }
  if ("problem" in found)
    throw new Refusal(`${found.problem}.`, {
      next: ["pve_search_api {query} finds routes by what they do."],
    });
  const { route } = found;
  const closed = session.closed(route);
  if (closed !== undefined) throw new Refusal(closed, { next: ["The operator decides."] });
  const params = together(found, given);
  const endpoint = beyondTables(route, Object.keys(given), apidoc);
  if (endpoint) stayOnRoute(endpoint, params, addedRoutes(apidoc));
  rightTool(tool, route, endpoint ? classOfUnknown(route) : classOf(route as Route));
  return { tool: toolFor(tool, route, endpoint, wantedOf(input)), input: inputFor(route, params, input) };
}

const lacksParams = (route: string, given: Row): boolean => {
  const endpoint = findEndpoint(route);
  return (
    endpoint !== undefined &&
    !endpoint.open &&
    Object.keys(given).some((name) => paramOf(endpoint, name) === undefined)
  );
};

/** The values of the path and the parameters; one that stands in both must be the same. */
function together({ values }: FoundRoute, given: Row): Row {
  for (const [name, value] of Object.entries(values)) {
    const again = given[name];
    if (again !== undefined && again !== null && String(again) !== value)
      throw new Refusal(`${name} is ${value} in the route and another in params.`);
  }
  return { ...given, ...values };
}

/** A value must not turn the path into another one; the built-in routes leave no room for that. */
function stayOnRoute({ route, path }: Endpoint, params: Row, added: readonly string[]): void {
  const parts = path
    .split("/")
    .slice(1)
    .map((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      return name === undefined ? part : String(params[name] ?? "");
    });
  if (!leadsTo(route, parts, added))
    throw new Refusal(`These values make another path than that of ${route}.`);
}

function rightTool({ any }: Tool, route: string, { effect, reason }: Classification): void {
  if (any === "change" && effect === "read")
    throw new Refusal(`${route} only reads.`, { next: ["pve_read_api calls it."] });
  if (any === "read" && effect !== "read")
    throw new Refusal(
      route.startsWith("GET ")
        ? `${route} is no plain read${reason === undefined ? "" : `: ${reason}`}.`
        : `${route} is no read.`,
      { next: ["pve_write_api calls it, as far as tier and confirmation allow."] },
    );
}

const wantedOf = (input: Row): Wanted => {
  const fields = list(str(input, "fields"));
  return {
    ...(fields.length > 0 ? { fields } : {}),
    filter: str(input, "filter"),
    start: num(input, "start"),
    limit: num(input, "limit"),
  };
};

/** Does PVE itself page this list? */
const pages = (route: string): boolean => {
  const endpoint = findEndpoint(route);
  return endpoint?.params.start !== undefined && endpoint.params.limit !== undefined;
};

/** The arguments as the operation's own tool takes them. */
function inputFor(route: string, params: Row, input: Row): Row {
  const inPath = (name: string) => route.includes(`{${name}}`);
  const rest = Object.entries(params).filter(([name]) => !inPath(name));
  const path = Object.entries(params).filter(([name, value]) => inPath(name) && value !== null);
  return {
    ...Object.fromEntries(path.map(([name, value]): [string, Json] => [name, String(value)])),
    params: { ...paging(route, input), ...Object.fromEntries(rest) },
  };
}

/** Where PVE pages by itself the page is asked of it; a filter looks through many rows and pages what matches. */
function paging(route: string, input: Row): Row {
  if (!pages(route)) return {};
  if (str(input, "filter") !== undefined) return { limit: FILTERED_ROWS };
  const { start, limit } = wantedOf(input);
  return { ...(start === undefined ? {} : { start }), ...(limit === undefined ? {} : { limit }) };
}

function toolFor(by: Tool, route: string, endpoint: Endpoint | undefined, wanted: Wanted): Tool {
  const what = summaryOf(route) ?? route;
  const { effect } = endpoint ? classOfUnknown(route) : classOf(route as Route);
  const category = categoryOfRoute(route);
  return {
    name: by.name,
    title: what,
    description: by.description,
    tier: by.tier,
    category: category === "other" ? "api" : category,
    effect,
    route: route as Route,
    more: true,
    ...(endpoint ? { endpoint } : {}),
    done: (call) => `${what}${placeText(call)}.`,
    answer: (reply, call) => answerOf(reply, call, what, wanted),
  };
}

/** ": guest 103 on pve1" */
const placeText = ({ input }: ToolCall): string => {
  const [node, vmid] = [str(input, "node"), str(input, "vmid")];
  const parts = [vmid && `guest ${vmid}`, node && `on ${node}`].filter(Boolean);
  return parts.length === 0 ? "" : `: ${parts.join(" ")}`;
};

function answerOf(reply: Reply, call: ToolCall, what: string, wanted: Wanted): Answer {
  const { data } = reply;
  if (call.tool.effect !== "read" && isUpid(data)) return writeAnswer(reply, call);
  if (call.tool.effect !== "read" && data === null) return { headline: `Done: ${what}${placeText(call)}.` };
  const paged = pages(call.tool.route) && wanted.filter === undefined;
  const shown = paged ? { ...wanted, start: undefined } : wanted;
  const named = call.tool.effect === "read" ? calledRoute(call) : what;
  const answer = anyAnswer(named, data, shown, call.emptyReason());
  return paged ? withTotal(answer, named, reply, wanted.start ?? 0) : answer;
}

/** `GET /nodes/pve1/tasks` */
const calledRoute = ({ tool: { route }, input }: ToolCall): string =>
  route.replace(/\{([^}]+)\}/g, (whole, name: string) => str(input, name) ?? whole);

/** Where PVE has paged, its own count and the next page. */
function withTotal(answer: Answer, named: string, { data, total }: Reply, start: number): Answer {
  const count = Array.isArray(data) ? data.length : 0;
  const next = start + count;
  if (total === undefined || next >= total) return answer;
  const blocks = answer.blocks?.map((block) =>
    block.kind === "table" && block.more === undefined ? { ...block, total, more: `start: ${next}` } : block,
  );
  return {
    ...answer,
    headline: `${named}: ${count} of ${total} entries.`,
    ...(blocks ? { blocks } : {}),
  };
}
