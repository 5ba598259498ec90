import { need } from "../args.ts";
import { addressOf, contains } from "../cidr.ts";
import { requirePrivileges } from "../permissions.ts";
import { parseProperties } from "../property.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import { configured, refuse, type SdnConfig } from "../sdn-config.ts";
import { freeSubnet, keepSubnet } from "../sdn-ipam.ts";
import { type Options, sdnHandlers } from "../sdn-objects.ts";
import type { Json, World } from "../world.ts";

/** PVE's check_vnet_access: the vnet must be configured, and one of the privileges held on it. */
export function checkVnetAccess(call: SimCall, ...privileges: string[]): void {
  const vnet = need(call, "vnet");
  const config = configured(call.world, "vnet").get(vnet) ?? die(`sdn vnet '${vnet}' does not exist`);
  requirePrivileges(
    call.world,
    call.caller.id,
    `/sdn/zones/${String(config.zone)}/${vnet}`,
    privileges,
    true,
  );
}

const subnetsOf = (world: World, vnet: string): readonly SdnConfig[] =>
  [...configured(world, "subnet").values()].filter((subnet) => subnet.vnet === vnet);

/** How a type of zone words its refusals of a vnet's tag. */
interface TagRule {
  readonly missing?: string;
  readonly highest: number;
  readonly tooHigh: string;
  /** Where a tag may be used once; the text of a second use. */
  readonly once: (tag: string, vnet: string, zone: string) => string;
  readonly among: (theirs: SdnConfig | undefined, same: boolean) => boolean;
}

const OVERLAY: TagRule = {
  missing: "missing vxlan tag",
  highest: 16_777_216,
  tooHigh: "vxlan tag max value is 16777216",
  once: (tag, vnet, zone) => `vxlan tag ${tag} already exist in vnet ${vnet} in zone ${zone} `,
  among: (theirs) => theirs?.type === "vxlan" || theirs?.type === "evpn",
};

const TAG_RULES: Readonly<Record<string, TagRule>> = {
  vxlan: OVERLAY,
  evpn: OVERLAY,
  vlan: {
    missing: "missing vlan tag",
    highest: 4096,
    tooHigh: "vlan tag max value is 4096",
    once: (tag, vnet) => `tag ${tag} already exist in vnet ${vnet}`,
    among: (_theirs, same) => same,
  },
  qinq: {
    highest: 4096,
    tooHigh: "VLAN tag maximal value is 4096",
    once: (tag, vnet, zone) => `tag ${tag} already exist in zone ${zone} vnet ${vnet}`,
    among: (_theirs, same) => same,
  },
};

/** The zone plugins' vnet_update_hook. */
function checkTag(world: World, id: string, vnet: SdnConfig, zone: SdnConfig): void {
  const { tag } = vnet;
  refuse(zone.type === "simple" && tag !== undefined, "tag", "vlan tag is not allowed on simple zone");
  const rule = TAG_RULES[String(zone.type)];
  if (!rule) return;
  if (rule.missing !== undefined) refuse(tag === undefined, "tag", rule.missing);
  refuse(Number(tag ?? 0) > rule.highest, "tag", rule.tooHigh);
  refuse(
    zone.type === "evpn" && vnet.vlanaware,
    "vlan-aware",
    "vlan-aware option can't be enabled with evpn",
  );
  for (const [other, theirs] of configured(world, "vnet")) {
    const same = theirs.zone === vnet.zone;
    if (other === id || !rule.among(configured(world, "zone").get(String(theirs.zone)), same)) continue;
    if (tag === undefined)
      refuse(
        theirs.tag === undefined,
        "tag",
        `tag-less vnet already exists in zone ${String(vnet.zone)} vnet ${other}`,
      );
    else refuse(theirs.tag === tag, "tag", rule.once(String(tag), other, String(theirs.zone)));
  }
}

function checkVnet({ world }: SimCall, id: string, next: SdnConfig, old?: SdnConfig): undefined {
  const subnets = subnetsOf(world, id).length > 0;
  refuse(next.zone === undefined, "zone", "cannot delete zone");
  refuse(old && subnets && old.zone !== next.zone, "zone", "can't change zone if subnets exist");
  const zone = configured(world, "zone").get(String(next.zone)) ?? die("cannot lookup undefined type!");
  checkTag(world, id, next, zone);
  refuse(next.vlanaware && subnets, "vlanaware", "vlanaware vnet is not compatible with subnets");
}

const vnets = sdnHandlers({
  key: "vnet",
  path: "/cluster/sdn/vnets",
  missing: "sdn vnet",
  type: "vnet",
  types: { vnet: { zone: true, tag: false, alias: false, vlanaware: false, "isolate-ports": false } },
  acl: (id, { zone, pending }) => {
    const waiting = pending as { readonly zone?: Json } | undefined;
    return `/sdn/zones/${String(zone ?? waiting?.zone)}/${id}`;
  },
  check: checkVnet,
  free: ({ world }, id) =>
    refuse(subnetsOf(world, id).length > 0, "vnet", "Can't delete vnet if subnets exists"),
});

/** Creation asks the zone, by its own permission check; all else asks the vnet. */
const guarded = Object.fromEntries(
  Object.entries(vnets).map(([route, handler]) => [
    route,
    route.endsWith("{vnet}")
      ? (call: SimCall) => {
          const privileges = route.startsWith("GET ") ? ["SDN.Audit", "SDN.Allocate"] : ["SDN.Allocate"];
          checkVnetAccess(call, ...privileges);
          return handler(call);
        }
      : handler,
  ]),
);

/** What a subnet's id says: `zone1-10.55.0.0-24`. */
function partsOf(id: string) {
  const [zone = "", network = "", mask = ""] = id.split("-");
  return { id, zone, network, mask, cidr: `${network}/${mask}` };
}

const ranges = (config: SdnConfig): readonly (readonly [start: string, end: string])[] => {
  const listed = config["dhcp-range"];
  return (Array.isArray(listed) ? listed : []).map((range) => {
    const properties = parseProperties(String(range));
    return [properties.get("start-address") ?? "", properties.get("end-address") ?? ""] as const;
  });
};

/** PVE::Network::SDN::SubnetPlugin validate_dhcp_ranges. */
function checkRanges(cidr: string, config: SdnConfig): void {
  const seen: (readonly [bigint, bigint])[] = [];
  for (const [start, end] of ranges(config)) {
    const from = addressOf(start)?.value;
    const to = addressOf(end)?.value;
    if (from === undefined) badParams({ "dhcp-range": `start-address is not a valid IP ${start}` });
    else if (to === undefined) badParams({ "dhcp-range": `end-address is not a valid IP ${end}` });
    else {
      refuse(from > to, "dhcp-range", `start-address ${start} must be smaller than end-address ${end}`);
      refuse(!contains(cidr, start), "dhcp-range", `start-address ${start} is not in subnet ${cidr}`);
      refuse(!contains(cidr, end), "dhcp-range", `end-address ${end} is not in subnet ${cidr}`);
      const overlap = seen.some(([low, high]) => from <= high && low <= to);
      refuse(overlap, "dhcp-range", "dhcp ranges must not overlap");
      seen.push([from, to]);
    }
  }
}

function checkSubnet({ world }: SimCall, id: string, next: SdnConfig, old?: SdnConfig): undefined {
  const vnet = configured(world, "vnet").get(String(next.vnet));
  refuse(vnet?.vlanaware, "vnet", "you can't add a subnet on a vlanaware vnet");
  const { cidr, mask } = partsOf(id);
  const { gateway } = next;
  const single = typeof gateway === "string" && !gateway.includes(":") && mask === "32";
  const outside = typeof gateway === "string" && !single && !contains(cidr, gateway);
  refuse(outside, "gateway", `${String(gateway)} is not in subnet ${cidr}`);
  checkRanges(cidr, next);
  keepSubnet(world, id, single ? undefined : gateway, old?.gateway);
}

const SUBNET: Options = {
  vnet: true,
  gateway: false,
  snat: false,
  dnszoneprefix: false,
  "dhcp-range": false,
  "dhcp-dns-server": false,
};

/** A subnet is named by its CIDR when it is made, and by its zone too from then on. */
function subnetId(call: SimCall): string {
  const subnet = need(call, "subnet");
  if (!call.route.startsWith("POST ")) return subnet;
  const zone = configured(call.world, "vnet").get(need(call, "vnet"))?.zone;
  return `${String(zone)}-${subnet.replace("/", "-")}`;
}

const subnets = sdnHandlers({
  key: "subnet",
  path: "/cluster/sdn/vnets/{vnet}/subnets",
  missing: "sdn subnet",
  type: "subnet",
  types: { subnet: SUBNET },
  idOf: subnetId,
  acl: (id, { vnet }) => `/sdn/zones/${partsOf(id).zone}/${String(vnet)}`,
  access: checkVnetAccess,
  listed: (call, { vnet }) => vnet === call.params.vnet,
  derived: (id, config) => ({
    ...partsOf(id),
    "dhcp-range": ranges(config).map(([start, end]) => ({ "start-address": start, "end-address": end })),
  }),
  check: checkSubnet,
  lenient: true,
  free: (call, id, config) => freeSubnet(call.world, need(call, "vnet"), id, config),
});

const SUBNET_ROUTE = "GET /cluster/sdn/vnets/{vnet}/subnets/{subnet}";

/** Vnets and their subnets (PVE::API2::Network::SDN::Vnets, Subnets). */
export const sdnVnetRoutes: Handlers = {
  ...guarded,
  ...subnets,
  [SUBNET_ROUTE]: (call) => {
    const row = subnets[SUBNET_ROUTE]?.(call) ?? null;
    refuse((row as SdnConfig | null)?.vnet !== need(call, "vnet"), "vnet", "wrong vnet");
    return row;
  },
};
