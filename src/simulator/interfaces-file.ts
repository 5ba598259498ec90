import { unifiedDiff } from "./unified-diff.ts";
import type { Json } from "./world.ts";

/** Settings of each interface, by its name. */
export type Interfaces = ReadonlyMap<string, Readonly<Record<string, Json>>>;

/** Keys written as an option line of their own, with the name ifupdown2 gives them. */
const OPTIONS: readonly (readonly [key: string, option: string])[] = [
  ["gateway", "gateway"],
  ["bridge_ports", "bridge-ports"],
  ["bridge_stp", "bridge-stp"],
  ["bridge_fd", "bridge-fd"],
  ["bridge_vids", "bridge-vids"],
  ["slaves", "bond-slaves"],
  ["bond_mode", "bond-mode"],
  ["bond-primary", "bond-primary"],
  ["vlan-raw-device", "vlan-raw-device"],
  ["vlan-id", "vlan-id"],
  ["mtu", "mtu"],
];

function stanza(iface: string, config: Readonly<Record<string, Json>>): string[] {
  const lines = config.autostart === 1 ? [`auto ${iface}`] : [];
  lines.push(`iface ${iface} inet ${String(config.method ?? "manual")}`);
  if (config.method === "static") lines.push(`\taddress ${String(config.cidr)}`);
  for (const [key, option] of OPTIONS)
    if (config[key] !== undefined) lines.push(`\t${option} ${String(config[key]) || "none"}`);
  if (config.bridge_vlan_aware === 1) lines.push("\tbridge-vlan-aware yes");
  const comments = typeof config.comments === "string" ? config.comments.trimEnd() : "";
  if (comments !== "") lines.push(...comments.split("\n").map((line) => `#${line}`));
  return [...lines, ""];
}

function lines(interfaces: Interfaces): string[] {
  const blocks = [...interfaces].flatMap(([iface, config]) => stanza(iface, config));
  return ["auto lo", "iface lo inet loopback", "", ...blocks, "source /etc/network/interfaces.d/*"];
}

/**
 * The difference between the interfaces in use and those that wait, as `diff -u` words it in the `changes` of
 * GET /nodes/{node}/network: one hunk from the first to the last changed line.
 * @param stamp what follows the file names.
 */
export function interfacesDiff(current: Interfaces, pending: Interfaces, stamp: string): string {
  const file = "/etc/network/interfaces";
  return unifiedDiff(lines(current), lines(pending), `${file}\t${stamp}`, `${file}.new\t${stamp}`);
}
