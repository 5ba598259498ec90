import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comesFrom, inSet, netOf, remoteAddress } from "./address.ts";

it("an address has no zone and is not mapped", () => {
  expect(remoteAddress("::ffff:192.0.2.5")).toBe("192.0.2.5");
  expect(remoteAddress("fe80::1%eth0")).toBe("fe80::1");
  expect(remoteAddress("pve1")).toBeUndefined();
  expect(remoteAddress("192.0.2.5")).toBe("192.0.2.5");
  expect(remoteAddress("127.0.0.1")).toBeUndefined();
  expect(remoteAddress("::1")).toBeUndefined();
});

describe("a network", () => {
  it.each([
    ["192.0.2.0/24", "192.0.2.5", true],
    ["192.0.2.0/24", "192.0.3.5", false],
    ["192.0.2.11/24", "192.0.2.200", true],
    ["192.0.2.5", "192.0.2.5", true],
    ["192.0.2.5/32", "192.0.2.6", false],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["192.0.2.5-192.0.2.9", "192.0.2.9", true],
    ["192.0.2.5-192.0.2.9", "192.0.2.10", false],
    ["2001:db8::/32", "2001:db8:1::5", true],
    ["2001:db8::/32", "2001:db9::5", false],
  ])("%s has %s: %s", (text, address, is) => {
    expect(netOf(text)?.has(address)).toBe(is);
  });

  it.each(["", "lan", "192.0.2.0/33", "192.0.2.9-192.0.2.5", "192.0.2.1-::1", "192.0.2", "1.2.3.4/x"])(
    "%j is none",
    (text) => {
      expect(netOf(text)).toBeUndefined();
    },
  );

  it("reads anything", () => {
    fc.assert(fc.property(fc.string(), (text) => netOf(text) === undefined || netOf(text) !== undefined));
  });
});

const octet = fc.nat(255);
const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."));

it("a network holds an address exactly when their first bits are the same", () => {
  const bits = (text: string): string =>
    text
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  fc.assert(
    fc.property(address, address, fc.nat(32), (one, other, prefix) => {
      const same = bits(one).slice(0, prefix) === bits(other).slice(0, prefix);
      expect(netOf(`${one}/${prefix}`)?.has(other)).toBe(same);
    }),
  );
});

it("of a set's entries the most specific decides, whatever their order", () => {
  const entry = fc.record({ prefix: fc.integer({ min: 1, max: 32 }), nomatch: fc.boolean() });
  fc.assert(
    fc.property(
      address,
      fc.uniqueArray(entry, { selector: ({ prefix }) => prefix, maxLength: 5 }),
      (own, entries) => {
        const origin = { kind: "address", address: own } as const;
        const set = entries.map(({ prefix, nomatch }) => ({ net: netOf(`${own}/${prefix}`), nomatch }));
        const narrowest = [...entries].sort((a, b) => b.prefix - a.prefix)[0];
        expect(inSet(origin, set)).toBe(narrowest !== undefined && !narrowest.nomatch);
        expect(inSet(origin, [...set].reverse())).toBe(inSet(origin, set));
      },
    ),
  );
});

it("from outside the cluster's network nothing of that network comes", () => {
  const outside = { kind: "outside", family: 4, local: "192.0.2.11/24" } as const;
  const from = (text: string) => {
    const net = netOf(text);
    return net && comesFrom(outside, net);
  };
  expect(from("192.0.2.5")).toBe(false);
  expect(from("192.0.2.0/24")).toBe(false);
  expect(from("0.0.0.0/0")).toBe(true);
  expect(from("192.0.0.0/16")).toBeUndefined();
  expect(from("203.0.113.0/24")).toBeUndefined();
  expect(from("2001:db8::/32")).toBe(false);
  expect(inSet(outside, [{ net: netOf("192.0.2.5"), nomatch: false }])).toBe(false);
  expect(inSet(outside, [{ net: undefined, nomatch: false }])).toBeUndefined();
  expect(inSet(outside, [])).toBe(false);
});
