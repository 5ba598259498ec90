/** A network: its first address as a number, the length of its prefix, and 32 or 128 bits. */
export interface Network {
  readonly first: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

/** An address as a number, with its length; undefined for what is no address. */
export function addressOf(text: string): { readonly value: bigint; readonly bits: 32 | 128 } | undefined {
  if (!text.includes(":")) {
    const octets = text.split(".");
    if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256))
      return undefined;
    return { value: octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n), bits: 32 };
  }
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const before = groups(head);
  const after = groups(tail ?? "");
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: Math.max(gap, 0) }, () => "0"), ...after];
  if (all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n), bits: 128 };
}

/** `10.0.0.7/24` as the network it lies in; undefined for what is no address with prefix. */
export function networkOf(cidr: string): Network | undefined {
  const [address = "", length = ""] = cidr.split("/");
  const found = addressOf(address);
  if (!found || !/^\d+$/.test(length) || Number(length) > found.bits) return undefined;
  const prefix = Number(length);
  const host = BigInt(found.bits - prefix);
  return { first: (found.value >> host) << host, prefix, bits: found.bits };
}

/** True when the address lies in the network. */
export function contains(cidr: string, address: string): boolean {
  const network = networkOf(cidr);
  const found = addressOf(address);
  if (!network || !found || found.bits !== network.bits) return false;
  return (found.value ^ network.first) >> BigInt(network.bits - network.prefix) === 0n;
}

/** True when one network lies in the other. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [networkOf(a), networkOf(b)];
  if (!one || !other || one.bits !== other.bits) return false;
  const host = BigInt(one.bits - Math.min(one.prefix, other.prefix));
  return one.first >> host === other.first >> host;
}

/** The network's own notation: `10.0.0.7/24` as `10.0.0.0/24`. IPv6 stays as written. */
export function canonical(cidr: string): string {
  const network = networkOf(cidr);
  if (!network || network.bits === 128) return cidr;
  const octets = [24n, 16n, 8n, 0n].map((shift) => (network.first >> shift) & 255n);
  return `${octets.join(".")}/${network.prefix}`;
}
