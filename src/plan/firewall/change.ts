import { type Row, str } from "../../pve/data.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import type { Step } from "../topic.ts";
import type { ClusterFirewall, NodeFirewall } from "./decision.ts";
import { optionsAfter, placeOfRoute, rulesAfter, setAfter } from "./edit.ts";
import type { Firewall } from "./state.ts";

type Params = Step["params"];
type Method = "POST" | "PUT" | "DELETE";

/** A map with an entry set, or with `undefined` taken out. */
function withEntry<V>(
  map: ReadonlyMap<string, V>,
  key: string,
  value: V | undefined,
): ReadonlyMap<string, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** The lists under another name: what is under `from` now. */
function renamed<V>(map: ReadonlyMap<string, V>, from: string, to: string): ReadonlyMap<string, V> {
  return new Map([...map].map(([key, value]) => [key === from ? to : key, value]));
}

const withGroupName = (
  rules: readonly Row[] | undefined,
  from: string,
  to: string,
): readonly Row[] | undefined =>
  rules?.map((rule) =>
    str(rule, "type") === "group" && str(rule, "action") === from ? { ...rule, action: to } : rule,
  );

/** Security groups: PVE renames them in the rules that use them too (PVE::API2::Firewall::Groups). */
function groupsAfter(firewall: Firewall, method: Method, part: string, params: Params): Firewall {
  const { cluster, nodes } = firewall;
  const group = settingText(params.group);
  if (part === "groups") {
    const from = textOf(params, "rename");
    if (from === undefined || from === group) return firewall;
    return {
      ...firewall,
      cluster: {
        ...cluster,
        rules: withGroupName(cluster.rules, from, group),
        groups: renamed(cluster.groups, from, group),
      },
      nodes: nodes.map((node) => ({ ...node, rules: withGroupName(node.rules, from, group) })),
    };
  }
  const rules = cluster.groups.get(group);
  if (part === "groups/{group}" && method === "DELETE")
    return { ...firewall, cluster: { ...cluster, groups: withEntry(cluster.groups, group, undefined) } };
  if (rules === undefined) return firewall;
  const groups = withEntry(cluster.groups, group, rulesAfter(rules, method, params));
  return { ...firewall, cluster: { ...cluster, groups } };
}

/** IP sets: a rename leaves the rules that use the old name without it (PVE::API2::Firewall::IPSet). */
function setsAfter(cluster: ClusterFirewall, method: Method, part: string, params: Params): ClusterFirewall {
  const { sets } = cluster;
  if (sets === undefined) return cluster;
  const name = settingText(params.name);
  if (part === "ipset") {
    const from = textOf(params, "rename");
    return {
      ...cluster,
      sets:
        from === undefined ? (sets.has(name) ? sets : withEntry(sets, name, [])) : renamed(sets, from, name),
    };
  }
  if (part === "ipset/{name}" && method === "DELETE")
    return { ...cluster, sets: withEntry(sets, name, undefined) };
  const entries = sets.get(name);
  return entries === undefined
    ? cluster
    : { ...cluster, sets: withEntry(sets, name, setAfter(entries, method, params)) };
}

function aliasesAfter(cluster: ClusterFirewall, method: Method, params: Params): ClusterFirewall {
  const { aliases } = cluster;
  if (aliases === undefined) return cluster;
  const name = settingText(params.name).toLowerCase();
  const without = withEntry(aliases, name, undefined);
  if (method === "DELETE") return { ...cluster, aliases: without };
  const to = textOf(params, "rename")?.toLowerCase() ?? name;
  return { ...cluster, aliases: withEntry(without, to, settingText(params.cidr)) };
}

function nodeAfter(node: NodeFirewall, method: Method, part: string, params: Params): NodeFirewall {
  if (part === "options") return { ...node, options: node.options && optionsAfter(node.options, params) };
  return { ...node, rules: node.rules && rulesAfter(node.rules, method, params) };
}

/** The firewall in front of the nodes after a step; what could not be read stays so. */
export function firewallAfter(firewall: Firewall, { route, params }: Step): Firewall {
  const place = placeOfRoute(route);
  if (!place || place.scope === "guest" || place.scope === "vnet") return firewall;
  const { method, part, scope } = place;
  const { cluster, nodes } = firewall;
  if (scope === "node")
    return {
      ...firewall,
      nodes: nodes.map((node) =>
        node.node === settingText(params.node) ? nodeAfter(node, method, part, params) : node,
      ),
    };
  if (part.startsWith("groups")) return groupsAfter(firewall, method, part, params);
  if (part.startsWith("ipset")) return { ...firewall, cluster: setsAfter(cluster, method, part, params) };
  if (part.startsWith("aliases")) return { ...firewall, cluster: aliasesAfter(cluster, method, params) };
  if (part === "options")
    return {
      ...firewall,
      cluster: { ...cluster, options: cluster.options && optionsAfter(cluster.options, params) },
    };
  return {
    ...firewall,
    cluster: { ...cluster, rules: cluster.rules && rulesAfter(cluster.rules, method, params) },
  };
}
