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

const CONTEXT = 3;

/**
 * The difference between the interfaces in use and those that wait, as `diff -u` words it in the `changes` of
 * GET /nodes/{node}/network: one hunk from the first to the last changed line.
 * @param stamp what follows the file names.
 */
export function interfacesDiff(current: Interfaces, pending: Interfaces, stamp: string): string {
  const before = lines(current);
  const after = lines(pending);
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (head === before.length && head === after.length) return "";
  const start = Math.max(0, head - CONTEXT);
  const lead = before.slice(start, head);
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  const trail = before.slice(before.length - tail).slice(0, CONTEXT);
  const count = (changed: string[]) => lead.length + changed.length + trail.length;
  return [
    `--- /etc/network/interfaces\t${stamp}`,
    `+++ /etc/network/interfaces.new\t${stamp}`,
    `@@ -${start + 1},${count(removed)} +${start + 1},${count(added)} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
    "",
  ].join("\n");
}
