import type { Json, Row } from "../../pve/data.ts";
import { str } from "../../pve/data.ts";
import { entriesOf, settingText } from "../difference/setting-value.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Step } from "../topic.ts";
import { ruleText } from "./rule.ts";

type Params = Readonly<Record<string, unknown>>;

/** Where in a firewall's configuration a step is. */
interface FirewallPlace {
  readonly method: "POST" | "PUT" | "DELETE";
  /** The part behind `/firewall/`: `rules/{pos}`. */
  readonly part: string;
  readonly scope: "cluster" | "node" | "guest" | "vnet";
}

/** The place of a firewall's route; undefined for any other. */
export function placeOfRoute(route: string): FirewallPlace | undefined {
  const [, method, base = "", part] = /^(POST|PUT|DELETE) (\/.*?)\/firewall\/(.+)$/.exec(route) ?? [];
  if (part === undefined) return undefined;
  const scope = base.includes("{vmid}")
    ? "guest"
    : base.includes("{vnet}")
      ? "vnet"
      : base.startsWith("/nodes")
        ? "node"
        : "cluster";
  return { method: method as FirewallPlace["method"], part, scope };
}

/** What a rule consists of (PVE::Firewall, $rule_properties). */
const PROPERTIES = [
  "type",
  "action",
  "enable",
  "macro",
  "iface",
  "source",
  "dest",
  "proto",
  "dport",
  "sport",
  "log",
  "icmp-type",
  "comment",
] as const;

/** A rule with a call's properties; an empty one or `-` takes a property out (PVE::Firewall copy_rule_data). */
function withParams(rule: Row, params: Params): Row {
  const changed: Record<string, Json> = { ...rule };
  for (const key of PROPERTIES) {
    if (params[key] === undefined) continue;
    const value = settingText(params[key]);
    if (value === "" || value === "-") delete changed[key];
    else changed[key] = value;
  }
  for (const key of entriesOf(params.delete)) delete changed[key];
  return changed;
}

/** A rule that a call makes: switched off unless it says otherwise. */
export const newRule = (params: Params): Row => ({ enable: "0", ...withParams({}, params) });

/** A rule moved in front of the one at `to`; past the end it becomes the last (PVE::API2::Firewall::Rules). */
function moved(rules: readonly Row[], from: number, to: number): readonly Row[] {
  const rule = rules[from];
  if (!rule) return rules;
  const others = (which: (at: number) => boolean): readonly Row[] =>
    rules.filter((_, at) => at !== from && which(at));
  return [...others((at) => at < to), rule, ...others((at) => at >= to)];
}

/** A list of rules after a call; PVE puts a new one in front of all others, whatever `pos` says. */
export function rulesAfter(
  rules: readonly Row[],
  method: FirewallPlace["method"],
  params: Params,
): readonly Row[] {
  if (method === "POST") return [newRule(params), ...rules];
  const pos = Number(params.pos);
  if (method === "DELETE") return rules.filter((_, at) => at !== pos);
  const to = params.moveto === undefined ? undefined : Number(params.moveto);
  if (to !== undefined && to !== pos) return moved(rules, pos, to);
  return rules.map((rule, at) => (at === pos ? withParams(rule, params) : rule));
}

/** What a step does to a list of rules. `of`: "the cluster", "group web". */
export function ruleEdit(
  rules: readonly Row[] | undefined,
  method: FirewallPlace["method"],
  { params, moves = [] }: Step,
  of: string,
): Pick<Finding, "points" | "tells"> {
  const isTold = method === "POST" || rules?.[Number(params.pos)] !== undefined;
  return {
    points: [
      method === "POST"
        ? newRuleText(rules ?? [], params, moves, of)
        : ruleEditText(rules, method, params, of),
    ],
    tells: isTold ? [...PROPERTIES, "delete", "moveto"] : [],
  };
}

/** A new rule, and where it ends up: PVE puts it at the top, from where requests after it may move it. */
function newRuleText(rules: readonly Row[], params: Params, moves: readonly Step[], of: string): string {
  const made = newRule(params);
  const list = moves.reduce(
    (before: readonly Row[], move) => rulesAfter(before, "PUT", move.params),
    [made, ...rules],
  );
  const at = list.indexOf(made);
  const next = list[at + 1];
  const others = rules.length;
  const where =
    others === 0
      ? ""
      : at === 0
        ? `, in front of the ${others} that are there`
        : ` at position ${at}, ${next ? `in front of ${ruleText(next)}` : "behind all others"}`;
  return `New rule of ${of}${where}: ${ruleText(made)}.`;
}

function ruleEditText(
  rules: readonly Row[] | undefined,
  method: Exclude<FirewallPlace["method"], "POST">,
  params: Params,
  of: string,
): string {
  const pos = Number(params.pos);
  if (rules === undefined) return `Rule ${pos} of ${of} could not be read.`;
  const rule = rules[pos];
  if (!rule) return `There is no rule ${pos} of ${of}: PVE refuses.`;
  if (method === "DELETE") return `Rule ${pos} of ${of} goes: ${ruleText(rule)}.`;
  const to = params.moveto === undefined ? undefined : Number(params.moveto);
  if (to !== undefined && to !== pos) {
    const next = rules[to];
    const where = next ? `in front of rule ${to} (${ruleText(next)})` : "to the end";
    return `Rule ${pos} of ${of} moves ${where}: ${ruleText(rule)}.`;
  }
  const after = ruleText(withParams(rule, params));
  return after === ruleText(rule)
    ? `Rule ${pos} of ${of} stays as it is to connections: ${after}.`
    : `Rule ${pos} of ${of}: ${ruleText(rule)} → ${after}.`;
}

/** An address as IP sets keep it: a single one without prefix (PVE::Firewall clean_cidr). */
const plainCidr = (cidr: string): string =>
  cidr.includes(":") ? cidr.replace(/\/128$/, "") : cidr.replace(/\/32$/, "");

/** The entries of an IP set after a call. */
export function setAfter(
  entries: readonly Row[],
  method: FirewallPlace["method"],
  params: Params,
): readonly Row[] {
  const cidr = plainCidr(settingText(params.cidr));
  const others = entries.filter((row) => str(row, "cidr") !== cidr);
  if (method === "DELETE") return others;
  const nomatch = settingText(params.nomatch) === "1" ? 1 : 0;
  return [...others, { cidr, nomatch }];
}

/** What a call does to the entries of an IP set; `entries` undefined: they could not be read. */
export function setEditPoint(
  name: string,
  entries: readonly Row[] | undefined,
  method: FirewallPlace["method"],
  params: Params,
): Point {
  const cidr = `${settingText(params.nomatch) === "1" ? "not " : ""}${plainCidr(settingText(params.cidr))}`;
  const does = `IP set ${name} ${method === "POST" ? "gets" : method === "PUT" ? "keeps" : "loses"} ${cidr}`;
  return entries === undefined
    ? `${does}; what else is in it could not be read.`
    : listing(`${does}; then in it`, setNames(setAfter(entries, method, params)), "nothing");
}

/** An IP set that goes, with its entries. */
export const setRemovalPoint = (name: string, entries: readonly Row[] | undefined): Point =>
  entries === undefined
    ? `IP set ${name} goes; what is in it could not be read.`
    : listing(`IP set ${name} goes, with`, setNames(entries), "nothing");

const setNames = (entries: readonly Row[]): readonly string[] =>
  entries.map((row) => `${Number(row.nomatch ?? 0) > 0 ? "not " : ""}${str(row, "cidr") ?? ""}`);

/** Options after a call. */
export function optionsAfter(options: Row, params: Params): Row {
  const gone = new Set(entriesOf(params.delete));
  const kept = Object.entries(options).filter(([key]) => !gone.has(key));
  const set = Object.entries(params)
    .filter(
      ([key, value]) => !["delete", "digest", "node", "vmid", "vnet"].includes(key) && value !== undefined,
    )
    .map(([key, value]): [string, Json] => [key, settingText(value)]);
  return Object.fromEntries([...kept, ...set]);
}
