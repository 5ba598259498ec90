import { BlockList, isIP } from "node:net";

/** What is known of whether something matches; undefined: it cannot be told. */
export type Tri = boolean | undefined;

/** Both must match. */
export function both(...parts: readonly Tri[]): Tri {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

/** An address without zone and without the prefix that maps IPv4 into IPv6; undefined for none. */
function plainAddress(text: string | undefined): string | undefined {
  const address = text?.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}

/**
 * Our own address as another machine sees it; undefined for one of this machine alone: behind a tunnel nobody knows
 * where the connection comes from.
 */
export function remoteAddress(text: string | undefined): string | undefined {
  const address = plainAddress(text);
  return address === undefined || address === "::1" || address.startsWith("127.") ? undefined : address;
}

/** An address, a network or a range `a-b`, as firewall rules have them. */
interface Net {
  readonly family: 4 | 6;
  /** Bits that are fixed; a range has none. */
  readonly prefix: number | undefined;
  readonly first: string;
  has(address: string): boolean;
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Reads an address, a network or a range; undefined for what is none. */
export function netOf(text: string): Net | undefined {
  const [, one = "", bits, last] = /^([^/-]+)(?:\/(\d+)|-([^/-]+))?$/.exec(text.trim()) ?? [];
  const first = plainAddress(one);
  if (first === undefined) return undefined;
  const family = isIP(first) === 6 ? 6 : 4;
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  const end = last === undefined ? undefined : plainAddress(last);
  if (prefix > most || (last !== undefined && (end === undefined || isIP(end) !== isIP(first))))
    return undefined;
  const list = new BlockList();
  try {
    if (end === undefined) list.addSubnet(first, prefix, familyOf(first));
    else list.addRange(first, end, familyOf(first));
  } catch {
    // A range that goes backwards.
    return undefined;
  }
  return {
    family,
    prefix: end === undefined ? prefix : undefined,
    first,
    has: (address) => isIP(address) === family && list.check(address, familyOf(address)),
  };
}

/** Where a connection comes from: an address, or anywhere but the cluster's own network. */
export type Origin =
  | { readonly kind: "address"; readonly address: string }
  | {
      readonly kind: "outside";
      /** The family of the node's address. */
      readonly family: 4 | 6;
      /** The cluster's own network as the node sees it; undefined where it is not known. */
      readonly local: string | undefined;
    };

/** Whether a connection from there has its source in a network. */
export function comesFrom(origin: Origin, net: Net): Tri {
  if (origin.kind === "address") return net.has(origin.address);
  if (net.family !== origin.family) return false;
  if (net.prefix === 0) return true;
  const local = origin.local === undefined ? undefined : netOf(origin.local);
  // A part of the network that it does not come from.
  if (local?.prefix !== undefined && net.prefix !== undefined && net.prefix >= local.prefix)
    return local.has(net.first) ? false : undefined;
  return undefined;
}

/** An entry of an IP set: a network, and whether it is an exception. */
export interface SetEntry {
  readonly net: Net | undefined;
  readonly nomatch: boolean;
}

/** Whether a connection's source is in an IP set: of the entries that hold it the most specific decides. */
export function inSet(origin: Origin, entries: readonly SetEntry[]): Tri {
  const found = entries.map(({ net, nomatch }) => ({
    is: net === undefined ? undefined : comesFrom(origin, net),
    prefix: net?.prefix ?? 0,
    nomatch,
  }));
  const [best] = found.filter(({ is }) => is === true).sort((a, b) => b.prefix - a.prefix);
  const member = best !== undefined && !best.nomatch;
  // An entry that cannot be told counts where it could turn the answer.
  return found.some(({ is, nomatch }) => is === undefined && nomatch === member) ? undefined : member;
}
