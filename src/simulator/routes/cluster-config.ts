import { flag, index, int, need, text } from "../args.ts";
import { objects } from "../config-objects.ts";
import { digestOf } from "../digest.ts";
import { localNode } from "../local-node.ts";
import { die, type Handlers, type SimCall, SimError } from "../route.ts";
import type { Json, JsonObject, World } from "../world.ts";

/** PVE::Cluster::Setup JOIN_API_VERSION. */
const JOIN_API = 1;
const COROSYNC = "/etc/pve/corosync.conf";

/** Nodes that have been added and have not joined yet. */
const expected = (world: World) => objects(world, "corosync-nodes");

/** corosync.conf's list of nodes, by name. */
function nodeList(world: World): Map<string, JsonObject> {
  const members = world.cluster ? [...world.nodes.values()] : [];
  return new Map([
    ...members.map(({ name, id, ip }): [string, JsonObject] => [
      name,
      { name, nodeid: String(id), quorum_votes: "1", ring0_addr: ip },
    ]),
    ...expected(world),
  ]);
}

const totem = ({ cluster }: World): JsonObject | null =>
  cluster
    ? {
        cluster_name: cluster.name,
        config_version: String(cluster.version),
        interface: { 0: { linknumber: "0" } },
        ip_version: "ipv4-6",
        link_mode: "passive",
        secauth: "on",
        version: "2",
      }
    : null;

const confDigest = (world: World): string => digestOf([nodeList(world), world.cluster]);

/** What another node needs to join (PVE::API2::ClusterConfig join_info). */
function joinInfo(call: SimCall): Json {
  const { world } = call;
  if (!world.cluster) throw new SimError(424, "node is not in a cluster, no join info available!");
  const preferred = text(call, "node") ?? localNode(world)?.name ?? "";
  const nodes = nodeList(world);
  if (!nodes.has(preferred)) die(`unknown node '${preferred}'`);
  return {
    config_digest: confDigest(world),
    nodelist: [...nodes.values()].map((entry) => {
      const node = world.nodes.get(String(entry.name));
      return { ...entry, ...(node ? { pve_addr: node.ip, pve_fp: node.fingerprint } : {}) };
    }),
    preferred_node: preferred,
    totem: totem(world),
  };
}

/** A cluster of one, made of the node that answers. */
function createCluster(call: SimCall): Json {
  const { world } = call;
  if (world.cluster) die(`cluster config '${COROSYNC}' already exists`);
  const name = need(call, "clustername");
  return call.task({
    node: localNode(world)?.name ?? "",
    type: "clustercreate",
    id: name,
    seconds: 4,
    log: [
      "Corosync Cluster Engine Authentication key generator.",
      "Gathering 2048 bits for key from /dev/urandom.",
      "Writing corosync key to /etc/corosync/authkey.",
      `Writing corosync config to ${COROSYNC}`,
      "Restart corosync and cluster filesystem",
    ],
    done: () => {
      world.cluster = { name, version: 1 };
      return undefined;
    },
  });
}

/** A node that has guests or is in a cluster may not join; one that may finds nobody. */
function join(call: SimCall): Json {
  const { world } = call;
  const host = need(call, "hostname");
  const reasons = [
    ...(world.cluster
      ? [
          "* authentication key '/etc/corosync/authkey' already exists",
          `* cluster config '${COROSYNC}' already exists`,
        ]
      : []),
    ...(world.guests.size > 0 ? ["* this host already contains virtual guests"] : []),
    ...(world.cluster ? ["* corosync is already running, is this node already in a cluster?!"] : []),
  ];
  const detected = reasons.length > 0 ? ["detected the following error(s):", ...reasons] : [];
  const stays = reasons.length > 0 && !flag(call, "force");
  return call.task({
    node: localNode(world)?.name ?? "",
    type: "clusterjoin",
    id: "",
    seconds: 2,
    log: stays ? detected : [...detected, `Establishing API connection with host '${host}'`],
    exitstatus: stays
      ? "Check if node may join a cluster failed!"
      : `500 Can't connect to ${host}:8006 (No route to host)`,
  });
}

/** The links a call names, `address=` left out: `{ 0: "192.0.2.9" }`. */
function linksOf(call: SimCall): Map<number, string> {
  const sent = Object.entries(call.params).filter(([key]) => /^link\d$/.test(key));
  return new Map(
    sent.map(([key, value]) => [
      Number(key.slice(4)),
      String(value)
        .split(",")[0]
        ?.replace(/^address=/, "") ?? "",
    ]),
  );
}

/** PVE's checks of a new node's links: the demo's clusters have link 0 alone. */
function ringAddress(call: SimCall, nodes: ReadonlyMap<string, JsonObject>, name: string): string {
  const links = linksOf(call);
  for (const address of links.values())
    for (const [other, { ring0_addr }] of nodes)
      if (other !== name && ring0_addr === address)
        die(`corosync: address '${address}' already used on link ring0_addr by node '${other}'`);
  if (links.size === 0)
    return (
      text(call, "new_node_ip") ?? die("no links and no fallback ip (new_node_ip) given, cannot join cluster")
    );
  for (let link = 1; link < 8; link++)
    if (links.has(link)) die(`corosync: link ${link} specified for new node doesn't exist in cluster config`);
  return links.get(0) ?? die("corosync: link 0 exists in cluster config but wasn't specified for new node");
}

/** Adds a node to corosync.conf: it is expected from then on, and joins by itself. */
function addNode(call: SimCall): Json {
  const { world } = call;
  const name = need(call, "node");
  const nodes = nodeList(world);
  const address = ringAddress(call, nodes, name);
  if (nodes.has(name) && !flag(call, "force")) die(`can't add existing node '${name}'`);
  const taken = new Set([...nodes.values()].map(({ nodeid }) => Number(nodeid)));
  let free = 1;
  while (taken.has(free)) free++;
  if (!nodes.has(name))
    expected(world).set(name, {
      name,
      nodeid: String(int(call, "nodeid") ?? free),
      quorum_votes: String(int(call, "votes") ?? 1),
      ring0_addr: address,
    });
  if (world.cluster) world.cluster.version++;
  return {
    corosync_authkey: world.rng.hex(256),
    corosync_conf: confText(world),
    warnings: [],
  };
}

function confText(world: World): string {
  const nodes = [...nodeList(world).values()].map((node) => {
    const lines = Object.entries(node).map(([key, value]) => `    ${key}: ${String(value)}\n`);
    return `  node {\n${lines.join("")}  }\n`;
  });
  const { cluster_name = "", config_version = "" } = totem(world) ?? {};
  return (
    `nodelist {\n${nodes.join("\n")}}\n\n` +
    `totem {\n  cluster_name: ${String(cluster_name)}\n  config_version: ${String(config_version)}\n}\n`
  );
}

function deleteNode(call: SimCall): Json {
  const { world } = call;
  const wanted = need(call, "node");
  if (wanted === localNode(world)?.name) die("Cannot delete myself from cluster!");
  const entry = [...nodeList(world)].find(
    ([name, { ring0_addr }]) => name === wanted || ring0_addr === wanted,
  );
  const [name] = entry ?? die(`Node/IP: ${wanted} is not a known host of the cluster.`);
  expected(world).delete(name);
  world.nodes.delete(name);
  if (world.cluster) world.cluster.version++;
  return null;
}

/** The cluster's membership (PVE::API2::ClusterConfig); changes are root@pam's alone. */
export const clusterConfigRoutes: Handlers = {
  "GET /cluster/config": () => index("name", "nodes totem join qdevice apiversion"),
  "GET /cluster/config/apiversion": () => String(JOIN_API),
  "GET /cluster/config/qdevice": () => ({}),
  "GET /cluster/config/totem": ({ world }) => totem(world),
  "GET /cluster/config/nodes": ({ world }) =>
    [...nodeList(world)].map(([node, entry]) => ({ ...entry, node })),
  "GET /cluster/config/join": joinInfo,
  "POST /cluster/config": createCluster,
  "POST /cluster/config/join": join,
  "POST /cluster/config/nodes/{node}": addNode,
  "DELETE /cluster/config/nodes/{node}": deleteNode,
};
