import { flag, index, list, need, settings } from "../args.ts";
import { objects } from "../config-objects.ts";
import { digestOf } from "../digest.ts";
import { locked } from "../locked.ts";
import { badParams, die, type Handler, type Handlers, type SimCall } from "../route.ts";
import type { Json, World } from "../world.ts";

/** Zones, vnets and subnets: each kind is configured first and applied to the nodes later. */
interface Kind {
  readonly key: "zone" | "vnet" | "subnet";
  readonly path: string;
  readonly missing: string;
  /** Refuses a deletion, or returns. */
  readonly inUse: (world: World, id: string) => void;
}

const kindOf = (key: string) => `sdn/${key}`;
/** The copy that the nodes use since the last PUT /cluster/sdn. */
const appliedOf = (key: string) => `sdn-applied/${key}`;

/** A subnet's id carries its zone: `zone1-10.55.0.0-24`. */
function subnetId(world: World, vnet: string, cidr: string): string {
  const zone = objects(world, kindOf("vnet")).get(vnet)?.zone ?? die(`sdn vnet '${vnet}' does not exist`);
  return `${String(zone)}-${cidr.replace("/", "-")}`;
}

function idOf(call: SimCall, kind: Kind): string {
  const id = need(call, kind.key);
  return kind.key === "subnet" && id.includes("/") ? subnetId(call.world, need(call, "vnet"), id) : id;
}

/** What a row says besides its configuration. */
function derived(id: string, kind: Kind, config: Readonly<Record<string, Json>>): Record<string, Json> {
  if (kind.key !== "subnet") return {};
  const [zone = "", network = "", mask = ""] = id.split("-");
  return { id, network, mask, cidr: `${network}/${mask}`, zone, "dhcp-range": config["dhcp-range"] ?? [] };
}

/** One object as configured, as applied (`running`) or as the difference (`pending`). */
function row(call: SimCall, kind: Kind, id: string, config: Readonly<Record<string, Json>>): Json {
  const type = kind.key === "zone" ? {} : { type: kind.key };
  const plain = { [kind.key]: id, ...type, ...config, ...derived(id, kind, config) };
  if (!flag(call, "pending")) return { ...plain, digest: digestOf(objects(call.world, kindOf(kind.key))) };
  const applied = objects(call.world, appliedOf(kind.key)).get(id);
  if (!applied) return { [kind.key]: id, ...type, digest: null, state: "new", pending: { ...config } };
  const changed = Object.entries(config).filter(([key, value]) => applied[key] !== value);
  if (changed.length === 0) return plain;
  return { ...plain, state: "changed", pending: Object.fromEntries(changed) };
}

function handlers(kind: Kind): Record<string, Handler> {
  const { key, path } = kind;
  const all = (call: SimCall) => objects(call.world, flag(call, "running") ? appliedOf(key) : kindOf(key));
  const find = (call: SimCall) => {
    const id = idOf(call, kind);
    return { id, config: all(call).get(id) ?? die(`${kind.missing} '${id}' does not exist`) };
  };
  const own = (call: SimCall, id: string, config: Readonly<Record<string, Json>>) =>
    key !== "subnet" || (config.vnet === need(call, "vnet") && id !== "");
  return {
    [`GET ${path}`]: (call) =>
      [...all(call)]
        .filter(([id, config]) => own(call, id, config))
        .map(([id, config]) => row(call, kind, id, config)),
    [`GET ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      return row(call, kind, id, config);
    },
    [`POST ${path}`]: (call) => {
      const id = idOf(call, kind);
      locked(`create sdn ${key} object failed`, () => {
        if (all(call).has(id)) die(`sdn ${key} object ID '${id}' already defined`);
        const config = settings(call, key, "lock-token", ...(key === "zone" ? [] : ["type"]));
        if (key === "vnet" && !objects(call.world, kindOf("zone")).has(String(config.zone)))
          die(`sdn '${String(config.zone)}' does not exist`);
        all(call).set(id, config);
      });
      return null;
    },
    [`PUT ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      const dropped = list(call, "delete");
      const merged = Object.entries({ ...config, ...settings(call, key, "lock-token") });
      all(call).set(id, Object.fromEntries(merged.filter(([name]) => !dropped.includes(name))));
      return null;
    },
    [`DELETE ${path}/{${key}}`]: (call) => {
      const id = idOf(call, kind);
      locked(`delete sdn ${key} object failed`, () => {
        if (!all(call).has(id)) die(`${kind.missing} '${id}' does not exist`);
        kind.inUse(call.world, id);
        all(call).delete(id);
      });
      return null;
    },
  };
}

const KINDS: readonly Kind[] = [
  {
    key: "zone",
    path: "/cluster/sdn/zones",
    missing: "sdn",
    inUse: (world, id) => {
      for (const [vnet, { zone }] of objects(world, kindOf("vnet")))
        if (zone === id) die(`zone ${id} is used by vnet ${vnet}`);
    },
  },
  {
    key: "vnet",
    path: "/cluster/sdn/vnets",
    missing: "sdn vnet",
    inUse: (world, id) => {
      const used = [...objects(world, kindOf("subnet")).values()].some(({ vnet }) => vnet === id);
      if (used) badParams({ vnet: "Can't delete vnet if subnets exists" });
    },
  },
  {
    key: "subnet",
    path: "/cluster/sdn/vnets/{vnet}/subnets",
    missing: "sdn subnet",
    inUse: () => undefined,
  },
];

/** Software-defined networking: zones, vnets and subnets (PVE::API2::Network::SDN). */
export const sdnRoutes: Handlers = {
  ...Object.assign({}, ...KINDS.map(handlers)),
  "GET /cluster/sdn": () => index("id", "vnets zones controllers ipams dns fabrics"),
  "PUT /cluster/sdn": (call) =>
    call.task({
      node: [...call.world.nodes.keys()][0] ?? "",
      type: "reloadnetworkall",
      id: "",
      seconds: 3,
      log: [...call.world.nodes.keys()].map((node) => `${node}: reloading network config`),
      done: () => {
        for (const { key } of KINDS) {
          call.world.objects?.set(appliedOf(key), new Map(objects(call.world, kindOf(key))));
        }
        return [];
      },
    }),
  "GET /cluster/sdn/controllers": () => [],
  "GET /cluster/sdn/dns": () => [],
  "GET /cluster/sdn/ipams": ({ world }) => [
    { ipam: "pve", type: "pve", digest: digestOf(objects(world, "ipam")) },
  ],
  "GET /cluster/sdn/fabrics": () => index("subdir", "fabric node all"),
  "GET /cluster/sdn/fabrics/fabric": () => [],
  "GET /cluster/sdn/fabrics/node": () => [],
  "GET /cluster/sdn/fabrics/all": () => ({ fabrics: [], nodes: [] }),
  "GET /nodes/{node}/sdn": () => index("name", "fabrics vnets zones"),
  "GET /nodes/{node}/sdn/zones": ({ world }) =>
    [...objects(world, appliedOf("zone")).keys()].map((zone) => ({ zone, status: "available" })),
};
