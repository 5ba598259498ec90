import { die, type Handlers, type SimCall } from "../route.ts";
import { configured, type SdnConfig } from "../sdn-config.ts";
import { type Options, sdnHandlers } from "../sdn-objects.ts";
import { isUnreachable } from "../unreachable.ts";
import type { World } from "../world.ts";

const CONTROLLER_TYPES: Readonly<Record<string, Options>> = {
  evpn: {
    asn: true,
    peers: false,
    fabric: false,
    "route-map-in": false,
    "route-map-out": false,
    nodes: false,
    "peer-group-name": false,
    "ebgp-multihop": false,
    "bgp-mode": false,
  },
  bgp: {
    node: true,
    asn: true,
    peers: true,
    "bgp-multipath-as-path-relax": false,
    ebgp: false,
    "ebgp-multihop": false,
    loopback: false,
    "route-map-in": false,
    "route-map-out": false,
  },
  isis: { "isis-domain": true, "isis-net": true, "isis-ifaces": true, node: true, loopback: false },
  faucet: {},
};

const groupOf = (controller: SdnConfig) => String(controller["peer-group-name"] ?? "VTEP");

/** The controller plugins' on_update_hook. */
function checkController({ world }: SimCall, id: string, next: SdnConfig): undefined {
  for (const key of ["route-map-in", "route-map-out"]) {
    const name = next[key];
    const found = [...configured(world, "route-map").values()].some(
      (entry) => entry["route-map-id"] === name,
    );
    if (name !== undefined && !found) die(`route map ${String(name)} does not exist!`);
  }
  if (next.type !== "evpn") return;
  for (const [other, theirs] of configured(world, "controller"))
    if (other !== id && theirs.type === "evpn" && groupOf(theirs) === groupOf(next))
      die(`cannot have two controllers with same peer-group-name configured (${groupOf(next)})`);
  if ((next.peers === undefined) === (next.fabric === undefined))
    die("must have exactly one of peers / fabric defined");
}

function checkUnused(world: World, id: string): void {
  for (const [zone, config] of configured(world, "zone")) {
    const second = config["secondary-controllers"];
    if (config.controller === id || (Array.isArray(second) && second.includes(id)))
      die(`controller ${id} is used by ${zone}`);
  }
}

/** PVE asks the server at every change: one that does not answer refuses it. */
function checkServer(complaint: string, url: unknown): void {
  if (typeof url !== "string" || !URL.canParse(url)) return;
  const { hostname, port, protocol } = new URL(url);
  if (!isUnreachable(hostname)) return;
  const to = `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
  die(`${complaint}: Invalid response from server: 500 Can't connect to ${to} (Network is unreachable)`);
}

const IPAM_APIS: Readonly<Record<string, string>> = {
  netbox: "Can't connect to netbox api",
  phpipam: "Can't connect to phpipam api",
};

/** Controllers, DNS servers and IPAMs (PVE::API2::Network::SDN::Controllers, Dns, Ipams and their plugins). */
export const sdnControllerRoutes: Handlers = {
  ...sdnHandlers({
    key: "controller",
    path: "/cluster/sdn/controllers",
    types: CONTROLLER_TYPES,
    acl: (id) => `/sdn/controllers/${id}`,
    check: checkController,
    free: ({ world }, id) => checkUnused(world, id),
  }),
  ...sdnHandlers({
    key: "dns",
    path: "/cluster/sdn/dns",
    types: { powerdns: { url: true, key: true, ttl: false, reversemaskv6: false, fingerprint: false } },
    acl: (id) => `/sdn/dns/${id}`,
    check: (_call, _id, { url }) => {
      checkServer("dns api error", url);
      return undefined;
    },
  }),
  ...sdnHandlers({
    key: "ipam",
    path: "/cluster/sdn/ipams",
    types: {
      pve: {},
      netbox: { url: true, token: true, fingerprint: false },
      phpipam: { url: true, token: true, section: true, fingerprint: false },
    },
    builtin: { pve: { type: "pve" } },
    acl: (id) => `/sdn/ipams/${id}`,
    check: (_call, _id, { type, url }) => {
      checkServer(IPAM_APIS[String(type)] ?? "", url);
      return undefined;
    },
    deleteFailed: "delete sdn zone object failed",
  }),
};
