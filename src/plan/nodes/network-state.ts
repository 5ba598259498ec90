import { list, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { factOf, propertiesOf, settingText } from "../difference/setting-value.ts";
import { guestConfigs } from "../guests/guest-configs.ts";
import { inventory } from "../guests/guest-names.ts";
import type { Look } from "../topic.ts";

/** A node's interfaces by name, as they are once what waits is applied; undefined where they cannot be read. */
export async function interfacesOf(look: Look, node: string): Promise<ReadonlyMap<string, Row> | undefined> {
  const data = await look.tryRead("GET /nodes/{node}/network", { node });
  if (data === undefined) return undefined;
  return new Map(
    rows(data).flatMap((row): readonly (readonly [string, Row])[] => {
      const name = str(row, "iface");
      return name === undefined ? [] : [[name, row]];
    }),
  );
}

/** The address by which the cluster knows a node; undefined where it cannot be read. */
export async function addressOf(look: Look, node: string): Promise<string | undefined> {
  const row = rows(await look.tryRead("GET /cluster/status", {})).find(
    (one) => str(one, "type") === "node" && str(one, "name") === node,
  );
  return row && str(row, "ip");
}

/** Settings that hold the names of the interfaces that one is built on. */
const PORTS = ["bridge_ports", "slaves", "ovs_ports", "ovs_bonds", "ovs_bridge", "vlan-raw-device"] as const;

const builtOn = (name: string, row: Row): readonly string[] => {
  const vlan = /^(.+)\.\d+$/.exec(name)?.[1];
  return [...PORTS.flatMap((key) => list(str(row, key))), ...(vlan === undefined ? [] : [vlan])];
};

/** An interface and all that is built on it: a bridge on its port, a VLAN on its bond. */
export function dependents(
  interfaces: ReadonlyMap<string, Row>,
  names: readonly string[],
): readonly string[] {
  const found = new Set(names);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [name, row] of interfaces)
      if (builtOn(name, row).some((port) => found.has(port))) found.add(name);
  }
  return [...found];
}

/** Addresses in an interface's settings, without prefix. */
export const addressesIn = (row: Row): readonly string[] =>
  ["address", "address6", "cidr", "cidr6"].flatMap((key) => str(row, key)?.split("/")[0] ?? []);

/** The interface that carries an address, or, without one to look for, the default gateway. */
export function carrierOf(
  interfaces: ReadonlyMap<string, Row>,
  address: string | undefined,
): readonly [string, Row] | undefined {
  const all = [...interfaces];
  const found = address === undefined ? undefined : all.find(([, row]) => addressesIn(row).includes(address));
  return found ?? all.find(([, row]) => str(row, "gateway") !== undefined);
}

/** Guests on bridges, and how many could not be looked at. */
export interface BridgeGuests {
  /** Undefined where the guests cannot be listed. */
  readonly guests: readonly Guest[] | undefined;
  readonly unseen: number;
}

/** The bridges that a guest's network devices are on. */
const bridgesOf = (type: Guest["type"], config: Row): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    /^net\d+$/.test(key)
      ? (propertiesOf(factOf(CONFIG_ROUTE[type], key), settingText(value))?.bridge ?? [])
      : [],
  );

/** The guests whose network devices are on one of the bridges; `node` leaves out those elsewhere. */
export async function guestsOnBridges(
  look: Look,
  bridges: readonly string[],
  node?: string,
): Promise<BridgeGuests> {
  const all = await inventory(look);
  if (!all || bridges.length === 0) return { guests: all && [], unseen: 0 };
  const { configs, unseen } = await guestConfigs(
    look,
    all.filter((guest) => node === undefined || guest.node === node),
  );
  const guests = configs
    .filter(([guest, config]) => bridgesOf(guest.type, config).some((bridge) => bridges.includes(bridge)))
    .map(([guest]) => guest);
  return { guests, unseen };
}

/** A diff without the lines that name the files and the time. */
export const stableDiff = (diff: string): string =>
  diff
    .split("\n")
    .filter((line) => !/^(?:---|\+\+\+) /.test(line))
    .join("\n")
    .trim();

/** The interfaces that a diff of PVE's interfaces file changes. */
export function changedInterfaces(diff: string): readonly string[] {
  /** Lines of each interface that go and that come. */
  const changed = new Map<string, { readonly gone: string[]; readonly come: string[] }>();
  let current: string | undefined;
  for (const line of stableDiff(diff).split("\n")) {
    const name = /^[ +-]\s*iface (\S+)/.exec(line)?.[1] ?? /^[ +-]\s*auto (\S+)/.exec(line)?.[1];
    current = name ?? current;
    if (/^[+-]\s*\S/.test(line) && current !== undefined) {
      const lines = changed.get(current) ?? { gone: [], come: [] };
      (line.startsWith("-") ? lines.gone : lines.come).push(line.slice(1).trim());
      changed.set(current, lines);
    }
    if (/^[ +-]\s*$/.test(line)) current = undefined;
  }
  // What only stands in another place is as it was.
  return [...changed]
    .filter(([, { gone, come }]) => gone.join("\n") !== come.join("\n"))
    .map(([name]) => name);
}

/** Whether a diff takes an address away from every interface. */
export const losesAddress = (
  diff: string,
  interfaces: ReadonlyMap<string, Row>,
  address: string | undefined,
): boolean =>
  address !== undefined &&
  stableDiff(diff)
    .split("\n")
    .some((line) => line.startsWith("-") && new Set(line.split(/[\s/]+/)).has(address)) &&
  ![...interfaces.values()].some((row) => addressesIn(row).includes(address));
