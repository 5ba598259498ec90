import { flag, index, list, mayAny, need, settings } from "../args.ts";
import { canonical } from "../cidr.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { checkFabrics, type Fabrics } from "../fabric-checks.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import {
  asConfigured,
  configured,
  pendingRows,
  running,
  type SdnConfig,
  sdnLocked,
  viewed,
} from "../sdn-config.ts";
import type { Json, JsonObject, World } from "../world.ts";

const FABRICS = "/cluster/sdn/fabrics/fabric";
const NODES = "/cluster/sdn/fabrics/node";

const fabricsDigest = (world: World): string =>
  digestOf([configured(world, "fabric"), configured(world, "fabric-node")]);

const noFabric = (id: string) => die(`fabric '${id}' does not exist in configuration`);
const noNode = (node: string, fabric: string) => die(`node '${node}' does not exist in fabric '${fabric}'`);

/** What `protocol` says of an object may not change. */
function checkProtocol(call: SimCall, { protocol }: SdnConfig): void {
  if (protocol !== call.params.protocol) die("node has a different protocol than the referenced fabric");
}

/** Changes a copy of the fabrics, which is kept when it holds (PVE::Network::SDN::Fabrics write_config). */
function changing(call: SimCall, failed: string, change: (all: Fabrics) => void): null {
  const { world } = call;
  sdnLocked(call, failed, () => {
    assertDigest(call, fabricsDigest(world));
    const all = {
      fabrics: new Map(configured(world, "fabric")),
      nodes: new Map(configured(world, "fabric-node")),
    };
    change(all);
    checkFabrics(all);
    world.objects?.set("sdn/fabric", all.fabrics).set("sdn/fabric-node", all.nodes);
  });
  return null;
}

/** The settings sent, over those there were, less those to delete. */
function merged(call: SimCall, old: SdnConfig, ...ids: string[]): SdnConfig {
  const dropped = new Set(list(call, "delete"));
  const changes = settings(call, "lock-token", "protocol", ...ids);
  return Object.fromEntries(Object.entries({ ...old, ...changes }).filter(([key]) => !dropped.has(key)));
}

function addFabric(call: SimCall): null {
  return changing(call, "adding fabric failed", ({ fabrics }) => {
    const config = settings(call, "lock-token");
    const id = need(call, "id");
    if (config.protocol === "ospf" && config.area === undefined) die("missing field `area`");
    if (fabrics.has(id)) die(`fabric '${id}' already exists in config`);
    for (const key of ["ip_prefix", "ip6_prefix"])
      if (typeof config[key] === "string") config[key] = canonical(config[key]);
    fabrics.set(id, config);
  });
}

/** PVE::API2::Network::SDN::Fabrics::Fabric delete_fabric: rights on its nodes, and nothing that uses it. */
function deleteFabric(call: SimCall): null {
  return changing(call, "deleting fabric failed", ({ fabrics, nodes }) => {
    const { world } = call;
    const id = need(call, "id");
    if (!fabrics.has(id)) noFabric(id);
    const members = [...nodes].filter(([, { fabric_id }]) => fabric_id === id);
    for (const [, { node_id }] of members)
      if (!call.may(`/nodes/${String(node_id)}`, "Sys.Modify"))
        die(`permission check failed: missing 'Sys.Modify' on node ${String(node_id)}`);
    for (const [key, controller] of configured(world, "controller"))
      if (controller.type === "evpn" && controller.fabric === id)
        die(`this fabric is still used in the EVPN controller "${key}"`);
    for (const [key, zone] of configured(world, "zone"))
      if (zone.type === "vxlan" && zone.fabric === id)
        die(`this fabric is still used in the VXLAN zone "${key}"`);
    fabrics.delete(id);
    for (const [member] of members) nodes.delete(member);
  });
}

const memberOf = (call: SimCall) => {
  const [fabric, node] = [need(call, "fabric_id"), need(call, "node_id")];
  return { fabric, node, id: `${fabric}_${node}` };
};

function addNode(call: SimCall): null {
  return changing(call, "adding node failed", ({ fabrics, nodes }) => {
    const { fabric, node, id } = memberOf(call);
    const config = settings(call, "lock-token");
    if (config.protocol === "wireguard" && config.role === undefined) die("missing field `role`");
    checkProtocol(call, fabrics.get(fabric) ?? noFabric(fabric));
    if (nodes.has(id)) die(`node '${node}' already exists in config for fabric ${fabric}`);
    nodes.set(id, { interfaces: [], ...config });
  });
}

function updateNode(call: SimCall): null {
  return changing(call, "updating node failed", ({ fabrics, nodes }) => {
    const { fabric, node, id } = memberOf(call);
    if (!fabrics.has(fabric)) noFabric(fabric);
    const old = nodes.get(id) ?? noNode(node, fabric);
    checkProtocol(call, old);
    nodes.set(id, { interfaces: [], ...merged(call, old, "fabric_id", "node_id") });
  });
}

type Rows = ReadonlyMap<string, SdnConfig>;

/** The digest belongs to what is configured, pending or not. */
const withDigest = (call: SimCall, config: SdnConfig): JsonObject =>
  flag(call, "running") && !flag(call, "pending")
    ? { ...config }
    : { ...config, digest: fabricsDigest(call.world) };

const seenFabric = (call: SimCall, id: Json | undefined): boolean =>
  mayAny(call, `/sdn/fabrics/${String(id)}`, "SDN.Audit", "SDN.Allocate");
const seenNode = (call: SimCall, id: Json | undefined): boolean =>
  mayAny(call, `/nodes/${String(id)}`, "Sys.Audit", "Sys.Modify");

const fabricRows = (call: SimCall): Json[] =>
  [...viewed(call, "fabric")]
    .filter(([id]) => seenFabric(call, id))
    .map(([, config]) => withDigest(call, config));

/** Of a new node the fabric stands under `pending`. */
function fabricIdOf({ fabric_id, pending }: SdnConfig): Json | undefined {
  return fabric_id ?? (pending as JsonObject | undefined)?.fabric_id;
}

function nodeRows(call: SimCall, rows: Rows): Json[] {
  return [...rows]
    .filter(([id, node]) => seenFabric(call, fabricIdOf(node)) && seenNode(call, id))
    .map(([, config]) => withDigest(call, config));
}

/** Nodes by their name alone: of a node in two fabrics PVE lists the last (PVE::RS::SDN::Fabrics list_nodes). */
function byName(rows: Rows): Rows {
  return new Map(
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => [String(node.node_id), node]),
  );
}

function listNodes(call: SimCall): Json[] {
  const { world } = call;
  const key = "fabric-node";
  if (flag(call, "pending"))
    return nodeRows(call, pendingRows(byName(running(world, key)), byName(configured(world, key))));
  return nodeRows(call, byName(viewed(call, key)));
}

/** The nodes of one fabric, which must be there in every configuration that is looked at. */
function listMembers(call: SimCall): Json[] {
  const { world } = call;
  const fabric = need(call, "fabric_id");
  const members = (of: typeof running): Rows => {
    if (!of(world, "fabric").has(fabric)) noFabric(fabric);
    const all = [...of(world, "fabric-node")].filter(([, { fabric_id }]) => fabric_id === fabric);
    return byName(new Map(all));
  };
  const rows = flag(call, "pending")
    ? pendingRows(members(running), members(configured))
    : members(flag(call, "running") ? running : configured);
  return [...rows].filter(([id]) => seenNode(call, id)).map(([, config]) => withDigest(call, config));
}

/** Fabrics and their nodes (PVE::API2::Network::SDN::Fabrics). */
export const sdnFabricRoutes: Handlers = {
  "GET /cluster/sdn/fabrics": () => index("subdir", "fabric node all"),
  "GET /cluster/sdn/fabrics/all": (call) => ({
    fabrics: fabricRows(call),
    nodes: nodeRows(call, viewed(call, "fabric-node")),
  }),
  // PVE leaves the digest out of this list alone.
  [`GET ${FABRICS}`]: (call) =>
    asConfigured(call)
      ? [...viewed(call, "fabric")].filter(([id]) => seenFabric(call, id)).map(([, config]) => config)
      : fabricRows(call),
  [`GET ${FABRICS}/{id}`]: (call) => {
    const id = need(call, "id");
    return withDigest(call, configured(call.world, "fabric").get(id) ?? noFabric(id));
  },
  [`POST ${FABRICS}`]: addFabric,
  [`PUT ${FABRICS}/{id}`]: (call) =>
    changing(call, "updating fabric failed", ({ fabrics }) => {
      const id = need(call, "id");
      const old = fabrics.get(id) ?? noFabric(id);
      checkProtocol(call, old);
      fabrics.set(id, merged(call, old, "id"));
    }),
  [`DELETE ${FABRICS}/{id}`]: deleteFabric,
  [`GET ${NODES}`]: listNodes,
  [`GET ${NODES}/{fabric_id}`]: listMembers,
  [`POST ${NODES}/{fabric_id}`]: addNode,
  [`GET ${NODES}/{fabric_id}/{node_id}`]: (call) => {
    const { fabric, node, id } = memberOf(call);
    if (!configured(call.world, "fabric").has(fabric)) noFabric(fabric);
    return withDigest(call, configured(call.world, "fabric-node").get(id) ?? noNode(node, fabric));
  },
  [`PUT ${NODES}/{fabric_id}/{node_id}`]: updateNode,
  [`DELETE ${NODES}/{fabric_id}/{node_id}`]: (call) =>
    changing(call, "deleting node failed", ({ fabrics, nodes }) => {
      const { fabric, node, id } = memberOf(call);
      if (!fabrics.has(fabric)) noFabric(fabric);
      if (!nodes.delete(id)) noNode(node, fabric);
    }),
};
