import { contains } from "./cidr.ts";
import { objects } from "./config-objects.ts";
import { die } from "./route.ts";
import { configured, running, type SdnConfig } from "./sdn-config.ts";
import type { Json, World } from "./world.ts";

/** What PVE's own IPAM keeps: addresses by subnet, subnets by `zone/cidr` (pve-ipam-state.json). */
const subnetsOf = (world: World) => objects(world, "sdn-ipam/subnet");
/** Addresses by `zone/cidr/address`. */
const addressesOf = (world: World) => objects(world, "sdn-ipam/address");

function place(id: string): { readonly zone: string; readonly cidr: string; readonly key: string } {
  const [zone = "", network = "", mask = ""] = id.split("-");
  const cidr = `${network}/${mask}`;
  return { zone, cidr, key: `${zone}/${cidr}` };
}

const managed = (world: World, zone: string): boolean => configured(world, "zone").get(zone)?.ipam === "pve";

/** Complains when the IPAM does not know the subnet. */
function known(world: World, id: string): string {
  const { zone, cidr, key } = place(id);
  const zones = [...subnetsOf(world).values()].map((subnet) => subnet.zone);
  if (!zones.includes(zone)) die(`zone '${zone}' doesn't exist in IPAM DB`);
  if (!subnetsOf(world).has(key)) die(`subnet '${cidr}' doesn't exist in IPAM DB`);
  return key;
}

function addAddress(world: World, id: string, ip: string, entry: Record<string, Json>): void {
  const address = `${known(world, id)}/${ip}`;
  const there = addressesOf(world).get(address);
  if (there && !(entry.gateway && there.gateway)) die(`IP '${ip}' already exist`);
  addressesOf(world).set(address, entry);
}

/** Registers a subnet and its gateway, in place of the gateway it had (SubnetPlugin on_update_hook). */
export function keepSubnet(
  world: World,
  id: string,
  gateway: Json | undefined,
  before: Json | undefined,
): void {
  const { zone, cidr, key } = place(id);
  if (!managed(world, zone)) return;
  if (!subnetsOf(world).has(key)) subnetsOf(world).set(key, { zone, cidr });
  if (gateway === before) return;
  if (gateway !== undefined) addAddress(world, id, String(gateway), { gateway: 1 });
  if (before !== undefined) addressesOf(world).delete(`${key}/${String(before)}`);
}

/** Lets go of a subnet that holds no address but its gateway's (Ipams::PVEPlugin del_subnet). */
export function freeSubnet(world: World, vnet: string, id: string, config: SdnConfig | undefined): void {
  const zone = String(configured(world, "vnet").get(vnet)?.zone);
  if (!managed(world, zone)) return;
  if (!config) die("zone '' doesn't exist in IPAM DB");
  const key = known(world, id);
  const mine = [...addressesOf(world)].filter(([address]) => address.startsWith(`${key}/`));
  const left = mine.length === 1 ? mine.filter(([, entry]) => entry.gateway !== 1) : mine;
  if (left.length > 0) die(`cannot delete subnet '${place(id).cidr}', not empty`);
  for (const [address] of mine) addressesOf(world).delete(address);
  subnetsOf(world).delete(key);
}

/** The applied subnet of a vnet that an address lies in (Vnets get_subnet_from_vnet_ip). */
function subnetFor(world: World, vnet: string, ip: string): string {
  for (const [id, config] of [...running(world, "subnet")].sort())
    if (config.vnet === vnet && contains(place(id).cidr, ip)) return id;
  return die(`can't find any subnet for ip ${ip}`);
}

/** Gives an address of a vnet to a MAC address; nothing where the zone has no IPAM. */
export function giveAddress(
  world: World,
  vnet: string,
  ip: string,
  owner: { readonly mac?: string; readonly vmid?: number },
): void {
  const id = subnetFor(world, vnet, ip);
  if (!managed(world, place(id).zone)) return;
  addAddress(world, id, ip, {
    ...(owner.vmid === undefined ? {} : { vmid: owner.vmid }),
    ...(owner.mac === undefined ? {} : { mac: owner.mac }),
  });
}

/** Takes an address of a vnet back. */
export function takeAddress(world: World, vnet: string, ip: string): void {
  const id = subnetFor(world, vnet, ip);
  const { zone, cidr, key } = place(id);
  if (!managed(world, zone)) return;
  if (!subnetsOf(world).has(key)) die(`subnet ${cidr} don't exist in ipam db`);
  if (!addressesOf(world).delete(`${key}/${ip}`)) die(`IP '${ip}' does not exist in IPAM DB`);
}

/** The address of a version that a MAC address has in the zone of a vnet; none where the zone has no DHCP. */
export function addressOfMac(
  world: World,
  vnet: string,
  mac: string | undefined,
  version: 4 | 6,
): string | undefined {
  const zone = String(configured(world, "vnet").get(vnet)?.zone);
  if (!managed(world, zone) || configured(world, "zone").get(zone)?.dhcp === undefined) return undefined;
  return ipamRows(world).find(
    (row) => row.zone === zone && row.mac === mac && row.ip.includes(":") === (version === 6),
  )?.ip;
}

/** One address as GET /cluster/sdn/ipams/{ipam}/status tells it, less the vnet. */
export interface IpamRow extends Readonly<Record<string, Json>> {
  readonly zone: string;
  readonly subnet: string;
  readonly ip: string;
}

/** Every address that PVE's own IPAM knows. */
export function ipamRows(world: World): readonly IpamRow[] {
  return [...addressesOf(world)].map(([address, entry]) => {
    const [zone = "", network = "", mask = "", ip = ""] = address.split("/");
    return { ...entry, zone, subnet: `${network}/${mask}`, ip };
  });
}

/** The vnet whose applied subnet an address of the IPAM lies in. */
export function vnetOf(world: World, { zone, subnet }: IpamRow): string | undefined {
  const vnet = running(world, "subnet").get(`${zone}-${subnet.replace("/", "-")}`)?.vnet;
  return vnet === undefined ? undefined : String(vnet);
}
