import { FIREWALL_MACROS } from "./builtin.ts";
import { badParams, die, type SimCall } from "./route.ts";
import type { FirewallFile, Json } from "./world.ts";

/** A rule as PVE answers it, without `pos` and `digest`. */
export type Rule = Record<string, Json>;

/** What a rule consists of (PVE::Firewall, rule_properties). */
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
];

const ACTIONS = new Set(["ACCEPT", "DROP", "REJECT"]);
const PORT_PROTOCOLS = new Set(["tcp", "6", "udp", "17", "dccp", "33", "sctp", "132", "udplite", "136"]);
const NAME = "[A-Za-z][A-Za-z0-9_-]+";
const IPSET = new RegExp(`^\\+(dc/|guest/|sdn/)?(${NAME})$`);
const ALIAS = new RegExp(`^(dc/|guest/)?(${NAME})$`);

/** Takes a call's rule parameters into a rule; an empty text or `-` removes the property. */
export function takeParams(call: SimCall, rule: Rule): void {
  for (const key of PROPERTIES) {
    const value = call.params[key];
    if (value === undefined || typeof value === "object") continue;
    if (value === "" || value === "-") delete rule[key];
    else rule[key] = typeof value === "boolean" ? Number(value) : value;
  }
}

/** Checks `source` and `dest`: sets and aliases they name must exist, in the own file or the cluster's. */
function checkAddress(call: SimCall, own: FirewallFile, key: string, value: Json | undefined): void {
  if (typeof value !== "string") return;
  const { cluster } = call.world.firewall;
  const set = IPSET.exec(value);
  if (set?.[1] === "sdn/") return;
  const places = (scope: string | undefined) =>
    scope === "dc/" ? [cluster] : scope === "guest/" ? [own] : [own, cluster];
  if (set) {
    const [, scope, name = ""] = set;
    if (!places(scope).some(({ ipsets }) => ipsets.has(name)))
      badParams({ [key]: `no such ipset '${name}'` });
    return;
  }
  if (value.startsWith("+")) badParams({ [key]: `invalid ipset name '${value}'` });
  const alias = ALIAS.exec(value);
  if (!alias) return;
  const [, scope, name = ""] = alias;
  const known = places(scope).some(({ aliases }) => aliases.has(name.toLowerCase()));
  if (!known) badParams({ [key]: `no such alias '${value}'` });
}

/** PVE::Firewall::verify_rule: refuses a rule the firewall could not load. */
export function verifyRule(call: SimCall, own: FirewallFile, rule: Rule): void {
  const type = String(rule.type);
  const action = String(rule.action);
  if (call.route.includes("{vnet}")) {
    if (type !== "forward" && type !== "group")
      badParams({ type: `invalid rule type '${type}' for rule_env 'vnet'` });
    if (rule.iface !== undefined) badParams({ type: "parameter -i not allowed for this rule type" });
  }
  if (type === "group") {
    if (!new RegExp(`^${NAME}$`).test(action))
      badParams({ action: "invalid characters in security group name" });
    if (call.route.includes("/groups/")) badParams({ type: "security groups not allowed" });
  } else if (!ACTIONS.has(action)) badParams({ action: `unknown action '${action}'` });
  if (type === "forward" && action === "REJECT")
    badParams({ action: "cannot define REJECT rules on forward chain" });
  if (rule.iface !== undefined && call.route.includes("{vmid}") && !/^net\d+$/.test(String(rule.iface)))
    badParams({ iface: "value does not match the regex pattern 'net\\d+'" });
  if (rule.macro !== undefined && !FIREWALL_MACROS.includes(String(rule.macro)))
    badParams({ macro: `unknown macro '${String(rule.macro)}'` });
  for (const port of ["dport", "sport"]) {
    if (rule[port] === undefined) continue;
    if (rule.proto === undefined) badParams({ proto: `missing property - '${port}' requires this property` });
    if (!PORT_PROTOCOLS.has(String(rule.proto)))
      badParams({ [port]: `protocol '${String(rule.proto)}' does not support ports` });
  }
  if (rule["icmp-type"] !== undefined && rule.proto === undefined)
    badParams({ proto: "missing property - 'icmp-type' requires this property" });
  checkAddress(call, own, "source", rule.source);
  checkAddress(call, own, "dest", rule.dest);
}

/** The rule at a position, or PVE's complaint. */
export function ruleAt(rules: readonly Rule[], pos: number): Rule {
  return rules[pos] ?? die(`no rule at position ${pos}`);
}

/** Moves a rule in front of the one at `to`; past the end it becomes the last. */
export function moveRule(rules: Rule[], from: number, to: number): void {
  const rule = ruleAt(rules, from);
  const before = rules.filter((_, at) => at !== from && at < to);
  const after = rules.filter((_, at) => at !== from && at >= to);
  rules.splice(0, rules.length, ...before, rule, ...after);
}

/** Removes the properties named; PVE keeps what a rule cannot be without. */
export function dropProperties(rule: Rule, names: readonly string[]): void {
  for (const name of names) {
    if (!PROPERTIES.includes(name)) badParams({ delete: `no such property ('${name}')` });
    if (name === "type" || name === "action")
      badParams({ delete: `unable to delete required property '${name}'` });
    delete rule[name];
  }
}
