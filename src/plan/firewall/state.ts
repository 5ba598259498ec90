import { type Json, type Row, record, rows, str } from "../../pve/data.ts";
import { addressesIn, carrierOf, interfacesOf } from "../nodes/network-state.ts";
import type { Look } from "../topic.ts";
import type { ClusterFirewall, NodeFirewall } from "./decision.ts";

/** The whole firewall in front of the nodes. */
export interface Firewall {
  readonly cluster: ClusterFirewall;
  /** Nodes that are online; at most twelve of them. */
  readonly nodes: readonly NodeFirewall[];
  /** Online nodes beyond those. */
  readonly others: readonly string[];
}

const NODES = 12;

const rulesOf = (data: Json | undefined): readonly Row[] | undefined =>
  data === undefined ? undefined : rows(data);

/** The cluster's nodes that are online, with their addresses. */
async function onlineNodes(
  look: Look,
): Promise<readonly { readonly node: string; readonly ip: string | undefined }[]> {
  return rows(await look.tryRead("GET /cluster/status", {})).flatMap((row) => {
    const node = str(row, "name");
    if (str(row, "type") !== "node" || node === undefined || Number(row.online) === 0) return [];
    return [{ node, ip: str(row, "ip") }];
  });
}

async function nodeFirewall(look: Look, node: string, ip: string | undefined): Promise<NodeFirewall> {
  const [options, nodeRules, interfaces] = await Promise.all([
    look.tryRead("GET /nodes/{node}/firewall/options", { node }),
    look.tryRead("GET /nodes/{node}/firewall/rules", { node }),
    interfacesOf(look, node),
  ]);
  const carrier = interfaces && carrierOf(interfaces, ip);
  const row = carrier?.[1] ?? {};
  const own = ip ?? addressesIn(row)[0];
  const all = [...(interfaces?.values() ?? [])].flatMap(addressesIn);
  const network = ["cidr", "cidr6"]
    .flatMap((key) => str(row, key) ?? [])
    .find((cidr) => cidr.split("/")[0] === own);
  return {
    node,
    options: options === undefined ? undefined : record(options),
    rules: rulesOf(nodeRules),
    addresses: [...new Set([...(own === undefined ? [] : [own]), ...all])],
    network,
    iface: carrier?.[0],
    hasGateway: str(row, "gateway") !== undefined || str(row, "gateway6") !== undefined,
  };
}

/** Names after `+` in rules, of groups and of sets that count without a rule. */
function namesIn(lists: readonly (readonly Row[] | undefined)[]): {
  readonly groups: readonly string[];
  readonly sets: readonly string[];
} {
  const all = lists.flatMap((one) => one ?? []);
  const groups = all
    .filter((rule) => str(rule, "type") === "group")
    .flatMap((rule) => str(rule, "action") ?? []);
  const sets = all.flatMap((rule) =>
    ["source", "dest"].flatMap(
      (key) => /^\+(?:dc\/)?([A-Za-z][\w-]*)$/.exec(str(rule, key) ?? "")?.[1] ?? [],
    ),
  );
  return { groups: [...new Set(groups)], sets: [...new Set(sets)] };
}

const named = (data: Json | undefined, key: string): ReadonlySet<string> | undefined =>
  data === undefined ? undefined : new Set(rows(data).flatMap((row) => str(row, key) ?? []));

/** The lists of those names that are there, by name. */
async function readAll(
  names: readonly string[],
  there: ReadonlySet<string> | undefined,
  read: (name: string) => Promise<Json | undefined>,
): Promise<ReadonlyMap<string, readonly Row[] | undefined>> {
  const wanted = names.filter((name) => there === undefined || there.has(name));
  return new Map(
    await Promise.all(
      wanted.map(
        async (name): Promise<readonly [string, readonly Row[] | undefined]> => [
          name,
          rulesOf(await read(name)),
        ],
      ),
    ),
  );
}

/**
 * The firewall that decides who reaches the nodes: of one node, or of all that are online. `more` are rules that a call
 * would add, so that the sets and groups they name are looked at too.
 */
export async function firewallSeen(look: Look, only?: string, more: readonly Row[] = []): Promise<Firewall> {
  const [options, clusterRules, aliases, setList, groupList, online] = await Promise.all([
    look.tryRead("GET /cluster/firewall/options", {}),
    look.tryRead("GET /cluster/firewall/rules", {}),
    look.tryRead("GET /cluster/firewall/aliases", {}),
    look.tryRead("GET /cluster/firewall/ipset", {}),
    look.tryRead("GET /cluster/firewall/groups", {}),
    onlineNodes(look),
  ]);
  const wanted =
    only === undefined ? online : [online.find(({ node }) => node === only) ?? { node: only, ip: undefined }];
  const nodes = await Promise.all(wanted.slice(0, NODES).map(({ node, ip }) => nodeFirewall(look, node, ip)));
  const lists = [rulesOf(clusterRules), ...nodes.map((one) => one.rules), more];
  const groups = await readAll(namesIn(lists).groups, named(groupList, "group"), (group) =>
    look.tryRead("GET /cluster/firewall/groups/{group}", { group }),
  );
  const sets = await readAll(
    [...new Set(["management", "blacklist", ...namesIn([...lists, ...groups.values()]).sets])],
    named(setList, "name"),
    (name) => look.tryRead("GET /cluster/firewall/ipset/{name}", { name }),
  );
  return {
    cluster: {
      options: options === undefined ? undefined : record(options),
      rules: rulesOf(clusterRules),
      aliases:
        aliases === undefined
          ? undefined
          : new Map(
              rows(aliases).map((row) => [(str(row, "name") ?? "").toLowerCase(), str(row, "cidr") ?? ""]),
            ),
      groups,
      sets: setList === undefined ? undefined : sets,
    },
    nodes,
    others: wanted.slice(NODES).map(({ node }) => node),
  };
}

const bare = (found: readonly Row[] | undefined): Row[] | null =>
  found?.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== "digest"))) ?? null;

const bareOptions = (options: Row | undefined): Row | null =>
  options === undefined
    ? null
    : Object.fromEntries(Object.entries(options).filter(([key]) => key !== "digest"));

/** All of it as a plan's state: any change of it may turn the answer. */
export function firewallState({ cluster, nodes }: Firewall): Row {
  return {
    "firewall of the cluster": {
      options: bareOptions(cluster.options),
      rules: bare(cluster.rules),
      aliases: cluster.aliases ? Object.fromEntries(cluster.aliases) : null,
      groups: Object.fromEntries([...cluster.groups].map(([name, found]) => [name, bare(found)])),
      sets: Object.fromEntries([...(cluster.sets ?? [])].map(([name, found]) => [name, bare(found)])),
    },
    "firewalls of the nodes": Object.fromEntries(
      nodes.map(({ node, options, rules: found, addresses }) => [
        node,
        { options: bareOptions(options), rules: bare(found), addresses: [...addresses] },
      ]),
    ),
  };
}
