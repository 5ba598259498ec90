import { neverSent } from "../../policy/never.ts";
import { operationOf } from "../../policy/operations/operations.ts";
import { tierFor } from "../../policy/tier.ts";
import { type Json, str } from "../../pve/data.ts";
import type { Answer, Block, Fact } from "../../render/answer.ts";
import { permissionText } from "../../schema/check-text.ts";
import type { Apidoc } from "../../schema/description/apidoc.ts";
import { addedRoutes } from "../../schema/description/merge-description.ts";
import type { Endpoint, Param } from "../../schema/endpoint.ts";
import { allRoutes } from "../../schema/endpoint-table.ts";
import { findRoute } from "../../schema/find-route.ts";
import { paramText } from "../../schema/param-text.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { searchRoutes } from "../../schema/search/search.ts";
import { startsTask, WORKERS } from "../../schema/workers.ts";
import { Refusal } from "../refusal.ts";
import type { ToolCall } from "../tool.ts";
import { exampleOf } from "./api-example.ts";
import { heldBy } from "./api-held.ts";
import { reachText, type Told, toldOf } from "./api-hit.ts";

/** Sentences of the node about parameters, in all, in characters. */
const PROSE_MAX = 1_500;
/** Related routes that are named. */
const RELATED = 6;

/** Everything that is needed to call one operation. */
export async function describeApi(call: ToolCall): Promise<Answer> {
  const [apidoc, held] = await Promise.all([call.describe(), heldBy(call)]);
  const found = findRoute(str(call.input, "route") ?? "", undefined, addedRoutes(apidoc));
  if ("problem" in found) throw new Refusal(`${found.problem}.`, { next: SEARCH });
  const told = toldOf(found.route, apidoc);
  if (!told) throw new Refusal(`PVE has no ${found.route}.`, { next: SEARCH });
  const { endpoint, summary, foreign } = told;
  const asked = listOf(call.input.parameters);
  const wanted = asked.map(nameTest);
  const shown = (name: string) => wanted.some((test) => test(name));
  const names = Object.keys(endpoint.params);
  const blocks: Block[] = [
    { kind: "note", text: classText(told) },
    {
      kind: "note",
      text: `Permission: ${permissionText(endpoint)}. Token may call it: ${reachText(endpoint, held, { login: call.login })}.`,
    },
    ...versionNotes(told),
    ...closedNotes(call, told),
    ...parameters(endpoint, shown),
    ...(wanted.length > 0 && !names.some(shown)
      ? [
          {
            kind: "note" as const,
            text: `No parameter is called ${asked.join(", ")}. There are: ${names.join(", ")}.`,
          },
        ]
      : []),
    { kind: "note", text: returns(endpoint) },
    { kind: "note", text: `Example: ${exampleOf(told)}` },
    ...related(told),
    ...proseOf(told, apidoc, shown, wanted.length > 0),
  ];
  const what = foreign ? endpoint.name || "only the node describes it" : summary;
  return { headline: `${found.route}: ${what}.`, blocks };
}

const SEARCH = ["pve_search_api {query} finds routes by what they do."];

const listOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

/** `net*` is every name that begins so; any other a name, `net0` the one of its kind. */
function nameTest(wanted: string): (name: string) => boolean {
  const pattern = wanted
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const exact = new RegExp(`^${pattern}$`);
  const indexed = wanted.replace(/\d+$/, "[n]");
  return (name) => exact.test(name) || name === indexed;
}

function classText({ endpoint: { route }, classification: { effect, risk, reason } }: Told): string {
  const loses = risk === "loss" ? ", can lose data, access or connectivity" : "";
  return `Effect: ${effect}${loses}${reason === undefined ? "" : ` (${reason})`}; needs tier ${tierFor(effect)}.${canBeRaised(route) ? " Arguments or the state of PVE can raise it." : ""}`;
}

function canBeRaised(route: string): boolean {
  const operation = operationOf(route);
  return operation?.raises !== undefined || operation?.byState !== undefined;
}

function versionNotes({ endpoint: { since }, absent, added }: Told): readonly Block[] {
  const notes = [
    since === undefined ? undefined : `Since PVE ${since}.`,
    absent.length === 0 ? undefined : `The connected node does not have: ${absent.join(", ")}.`,
    added.length === 0
      ? undefined
      : `Only the connected node describes, so a call with it is a write with risk of loss: ${added.join(", ")}.`,
  ];
  return notes.flatMap((text) => (text === undefined ? [] : [{ kind: "note", text }]));
}

function closedNotes(call: ToolCall, { endpoint: { route } }: Told): readonly Block[] {
  const never = neverSent(route);
  const closed = never === undefined ? call.closed(route) : `It is never sent: ${never}.`;
  return closed === undefined ? [] : [{ kind: "note", text: closed }];
}

/** Required ones first, each a line; those asked for in full. */
function parameters({ params, path, open }: Endpoint, full: (name: string) => boolean): readonly Block[] {
  const rank = ([name, { required }]: [string, Param]): number =>
    path.includes(`{${name}}`) ? 0 : required ? 1 : 2;
  const facts = Object.entries(params)
    .sort((a, b) => rank(a) - rank(b))
    .map(
      ([name, fact]): Fact => ({
        // Not under its own name: as data, what `password` takes would look like a password.
        key: `${name} takes`,
        label: rank([name, fact]) < 2 ? `${name}*` : name,
        value: paramText(fact, full(name) ? "full" : "brief"),
        long: true,
      }),
    );
  if (facts.length === 0) return [{ kind: "note", text: "It takes no parameters." }];
  const more = open ? "; further ones are taken as well" : "";
  return [
    {
      kind: "facts",
      title: `Parameters (* required; parameters: ["name*"] shows some in full${more})`,
      facts,
    },
  ];
}

function returns({ route, returns: type }: Endpoint): string {
  if (!startsTask(route)) return `Answers ${type === undefined || type === "null" ? "nothing" : type}.`;
  const types = WORKERS[route as Route]?.types ?? [];
  return `Starts a task${types.length > 0 ? ` (${types.join(", ")})` : ""}, which is followed.`;
}

/** The other methods of the same path, then what is likest of the same part of the API. */
function related({ endpoint: { route, path }, summary }: Told): readonly Block[] {
  const area = path
    .split("/")
    .slice(0, path.startsWith("/nodes/") ? 4 : 3)
    .join("/");
  const same = allRoutes().filter((other) => other.endsWith(` ${path}`));
  const alike = searchRoutes(summary, {
    limit: RELATED + 2,
    routes: (other) => other.includes(` ${area}`),
  }).map((hit) => hit.route);
  const near = [...new Set([...same, ...alike])].filter((other) => other !== route).slice(0, RELATED);
  return near.length === 0 ? [] : [{ kind: "note", text: `Related: ${near.join(", ")}.` }];
}

/** The node's own sentences: data, and only as much as there is room for. */
function proseOf(
  { endpoint: { route, params } }: Told,
  apidoc: Apidoc | undefined,
  shown: (name: string) => boolean,
  some: boolean,
): readonly Block[] {
  const prose = apidoc?.prose.get(route);
  if (!prose) return [];
  const required = (name: string) => params[name]?.required === true;
  const lines = [...prose.params].filter(([name]) => (some ? shown(name) : required(name)));
  const text = [
    prose.description,
    ...lines.map(([name, says]) => `${name}: ${says}`),
    prose.permissions ?? "",
  ]
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");
  if (text === "") return [];
  const cut = text.length > PROSE_MAX ? `${text.slice(0, PROSE_MAX)}…` : text;
  return [{ kind: "untrusted", source: "the connected node's description", text: cut }];
}
