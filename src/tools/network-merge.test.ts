import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../pve/data.ts";
import { deletedSettings, mergeInterface, prefixLength, withCidr } from "./network-merge.ts";
import { Refusal } from "./refusal.ts";

const ACCEPTED = ["type", "cidr", "address", "netmask", "gateway", "cidr6", "address6", "netmask6"].concat([
  "bridge_ports",
  "autostart",
  "comments",
  "mtu",
  "bridge_vlan_aware",
  "slaves",
]);

const BRIDGE: Row = {
  type: "bridge",
  method: "static",
  method6: "manual",
  address: "192.0.2.11",
  netmask: "24",
  cidr: "192.0.2.11/24",
  gateway: "192.0.2.1",
  bridge_ports: "eno1",
  bridge_stp: "off",
  bridge_fd: "0",
  autostart: 1,
  priority: 4,
  families: ["inet"],
  comments: "uplink\n",
};

const merge = (given: Row, remove: readonly string[] = [], current: Row = BRIDGE) =>
  mergeInterface(current, given, remove, ACCEPTED);

describe("mergeInterface", () => {
  it("sends everything the interface has and the endpoint takes along with a change", () => {
    expect(merge({ comments: "changed" })).toEqual({
      type: "bridge",
      cidr: "192.0.2.11/24",
      gateway: "192.0.2.1",
      bridge_ports: "eno1",
      autostart: 1,
      comments: "changed",
    });
  });

  it("keeps the netmask when only the address changes, and the address when only the netmask does", () => {
    expect(merge({ address: "192.0.2.12" }).cidr).toBe("192.0.2.12/24");
    expect(merge({ netmask: "255.255.255.128" }).cidr).toBe("192.0.2.11/25");
    expect(merge({ address: "198.51.100.1", netmask: "26" }).cidr).toBe("198.51.100.1/26");
    expect(merge({ address: "198.51.100.1/28" }).cidr).toBe("198.51.100.1/28");
  });

  it("lets cidr win over address and netmask", () => {
    expect(merge({ cidr: "10.0.0.1/8", address: "10.9.9.9", netmask: "16" })).toMatchObject({
      cidr: "10.0.0.1/8",
    });
  });

  it("never sends two spellings of one address", () => {
    const text = fc.constantFrom("10.0.0.1", "10.0.0.2/16", "192.0.2.9");
    const mask = fc.constantFrom("24", "255.255.0.0", "8");
    const given = fc.record({ address: text, netmask: mask, comments: fc.string() }, { requiredKeys: [] });
    fc.assert(
      fc.property(given, (changes) => {
        const config = merge(changes as Row);
        expect(Object.keys(config)).not.toContain("address");
        expect(Object.keys(config)).not.toContain("netmask");
        expect(String(config.cidr)).toMatch(/^[\d.]+\/\d+$/);
      }),
    );
  });

  it("takes away what is to be deleted, an address whole", () => {
    const config = merge({}, deletedSettings("netmask,gateway"));
    expect(config).not.toHaveProperty("cidr");
    expect(config).not.toHaveProperty("gateway");
    expect(deletedSettings("address netmask;gateway")).toEqual(["cidr", "gateway"]);
    expect(deletedSettings("address6")).toEqual(["cidr6"]);
  });

  it("refuses to set and delete the same", () => {
    expect(() => merge({ gateway: "192.0.2.2" }, ["gateway"])).toThrow(Refusal);
    expect(() => merge({ address: "192.0.2.2" }, ["cidr"])).toThrow(/set and deleted/);
  });

  it("refuses to end DHCP unasked", () => {
    const current: Row = { type: "eth", method: "dhcp", method6: "auto" };
    expect(() => merge({ comments: "x" }, [], current)).toThrow(/by dhcp/);
    expect(merge({ cidr: "10.0.0.2/24" }, ["cidr6"], current)).toEqual({ type: "eth", cidr: "10.0.0.2/24" });
  });

  it("leaves an address out that is not in use", () => {
    expect(merge({ mtu: 9000 }, [], { ...BRIDGE, method: "manual" })).not.toHaveProperty("cidr");
  });

  it("keeps the IPv6 address when the IPv4 address changes", () => {
    const current: Row = { ...BRIDGE, method6: "static", cidr6: "2001:db8::1/64" };
    expect(merge({ address: "192.0.2.12" }, [], current)).toMatchObject({
      cidr: "192.0.2.12/24",
      cidr6: "2001:db8::1/64",
    });
    expect(merge({ address6: "2001:db8::2" }, [], current).cidr6).toBe("2001:db8::2/64");
  });

  it("does not write back what was hidden from it", () => {
    expect(merge({}, [], { ...BRIDGE, comments: "[redacted]" })).not.toHaveProperty("comments");
  });
});

describe("withCidr", () => {
  it("joins address and netmask", () => {
    expect(withCidr({ type: "bridge", address: "10.0.0.1", netmask: "255.255.255.0" })).toEqual({
      type: "bridge",
      cidr: "10.0.0.1/24",
    });
  });

  it("asks for what is missing", () => {
    expect(() => withCidr({ address: "10.0.0.1" })).toThrow("address needs netmask");
    expect(() => withCidr({ netmask: "24" })).toThrow("netmask needs address");
  });
});

describe("prefixLength", () => {
  it("reads every dotted netmask", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 32 }), (bits) => {
        const value = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
        const dotted = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
        expect(prefixLength(dotted, 32)).toBe(bits);
        expect(prefixLength(String(bits), 32)).toBe(bits);
      }),
    );
  });

  it("refuses what is none", () => {
    for (const wrong of ["33", "255.0.255.0", "255.255.255", "x", "", "-1", "256.0.0.0"]) {
      expect(() => prefixLength(wrong, 32), wrong).toThrow(Refusal);
    }
    expect(() => prefixLength("255.255.255.0", 128)).toThrow(Refusal);
  });
});
