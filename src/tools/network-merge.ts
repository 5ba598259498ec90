import { type Json, list, type Row, str } from "../pve/data.ts";
import { REDACTED } from "../render/redact-patterns.ts";
import { Refusal } from "./refusal.ts";

/** One address family of an interface, by the endpoint's parameter names. */
interface Family {
  readonly cidr: string;
  readonly address: string;
  readonly netmask: string;
  readonly method: string;
  readonly bits: number;
}

const FAMILIES: readonly Family[] = [
  { cidr: "cidr", address: "address", netmask: "netmask", method: "method", bits: 32 },
  { cidr: "cidr6", address: "address6", netmask: "netmask6", method: "method6", bits: 128 },
];

/** Other spellings of what `cidr` says; never sent beside it. */
const SPELLINGS: ReadonlySet<string> = new Set(
  FAMILIES.flatMap(({ address, netmask }) => [address, netmask]),
);

/** Prefix length of "24" or "255.255.255.0". Throws a Refusal for anything else. */
export function prefixLength(netmask: string, bits: number): number {
  if (/^\d{1,3}$/.test(netmask) && Number(netmask) <= bits) return Number(netmask);
  const octets = netmask.split(".").map(Number);
  const valid = octets.length === 4 && octets.every((n) => Number.isInteger(n) && n >= 0 && n <= 255);
  const binary = octets.map((n) => n.toString(2).padStart(8, "0")).join("");
  if (bits !== 32 || !valid || !/^1*0*$/.test(binary)) {
    throw new Refusal(`${JSON.stringify(netmask.slice(0, 40))} is no netmask: give 24 or 255.255.255.0.`);
  }
  return binary.replace(/0+$/, "").length;
}

/**
 * The address that is asked for, as `address/prefix`: `cidr` wins over `address` and `netmask`; what only one of
 * these says is completed from `current`. Undefined when nothing is asked for.
 */
function wantedCidr(family: Family, given: Row, current: string | undefined): string | undefined {
  const cidr = str(given, family.cidr);
  if (cidr !== undefined) return cidr;
  const address = str(given, family.address);
  const netmask = str(given, family.netmask);
  if (address === undefined && netmask === undefined) return undefined;
  if (address?.includes("/")) return address;
  const [oldAddress, oldPrefix] = current?.split("/") ?? [];
  const host = address ?? oldAddress;
  const prefix = netmask === undefined ? oldPrefix : String(prefixLength(netmask, family.bits));
  if (host === undefined)
    throw new Refusal(`${family.netmask} needs ${family.address}; or give ${family.cidr}.`);
  if (prefix === undefined) {
    const example = family.bits === 32 ? "192.0.2.10/24" : "2001:db8::10/64";
    throw new Refusal(`${family.address} needs ${family.netmask}; or give ${family.cidr}, e.g. ${example}.`);
  }
  return `${host}/${prefix}`;
}

/** The address in use, as `address/prefix`. */
function currentCidr(family: Family, current: Row): string | undefined {
  const address = str(current, family.address);
  const netmask = str(current, family.netmask);
  return (
    str(current, family.cidr) ??
    (address !== undefined && netmask !== undefined
      ? `${address}/${prefixLength(netmask, family.bits)}`
      : undefined)
  );
}

/** A new interface's parameters with each address in one spelling, `cidr`. */
export function withCidr(given: Row): Row {
  const config: Record<string, Json> = withoutSpellings(given);
  for (const family of FAMILIES) {
    const cidr = wantedCidr(family, given, undefined);
    if (cidr !== undefined) config[family.cidr] = cidr;
  }
  return config;
}

const withoutSpellings = (row: Row): Record<string, Json> =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !SPELLINGS.has(key)));

/** The names PVE's `delete` takes for what the caller calls them: an address goes whole. */
export function deletedSettings(text: string | undefined): readonly string[] {
  const names = list(text).map(
    (name) => FAMILIES.find(({ address, netmask }) => name === address || name === netmask)?.cidr ?? name,
  );
  return [...new Set(names)];
}

/**
 * The whole configuration to send for a change of an interface. PUT /nodes/{node}/network/{iface} is no merge: without
 * an address PVE turns the method to `manual`, so everything the interface has and the endpoint takes goes with it.
 * @param current the interface as GET answers it
 * @param given what the caller changes, by the endpoint's names
 * @param remove settings to delete, as `deletedSettings` names them
 * @param accepted names the endpoint takes
 * Throws a Refusal when a setting is both given and deleted, or when PVE would end DHCP or autoconfiguration.
 */
export function mergeInterface(
  current: Row,
  given: Row,
  remove: readonly string[],
  accepted: readonly string[],
): Row {
  const config: Record<string, Json> = {};
  for (const name of accepted) {
    const value = current[name];
    if (value === undefined || value === null || remove.includes(name)) continue;
    // PVE keeps what is not sent; sending the mark back would overwrite what it stands for.
    if (typeof value === "string" && value.includes(REDACTED)) continue;
    // PVE ends the text it reads back with a line break and adds another on writing.
    config[name] = /^comments6?$/.test(name) && typeof value === "string" ? value.trimEnd() : value;
  }
  Object.assign(config, withoutSpellings(given));
  for (const family of FAMILIES) {
    const cidr = familyCidr(family, current, given, remove.includes(family.cidr));
    if (cidr === undefined) delete config[family.cidr];
    else config[family.cidr] = cidr;
  }
  const both = remove.filter((name) => given[name] !== undefined);
  if (both.length > 0) throw new Refusal(`${both.join(", ")} cannot be set and deleted in one call.`);
  return withoutSpellings(config);
}

function familyCidr(family: Family, current: Row, given: Row, removed: boolean): string | undefined {
  const method = str(current, family.method);
  const present = currentCidr(family, current);
  const wanted = wantedCidr(family, given, present);
  if (removed) {
    if (wanted === undefined) return undefined;
    throw new Refusal(`${family.cidr} cannot be set and deleted in one call.`);
  }
  if (wanted !== undefined) return wanted;
  if (method === "dhcp" || method === "auto") {
    throw new Refusal(
      `The interface gets its address by ${method}; PVE's API would turn that into ${family.method} manual. ` +
        `Give ${family.cidr}, or delete ${family.cidr} to have no address, or edit /etc/network/interfaces on the node.`,
    );
  }
  // An address that is configured but not in use stays so.
  return method === "manual" ? undefined : present;
}
