import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf } from "./guest-addresses.ts";

describe("addresses of a guest", () => {
  it("drops loopback and link-local addresses of an agent's answer", () => {
    const ip = (address: string, prefix: number) => ({ "ip-address": address, prefix });
    expect(
      addressesOf({
        result: [
          { name: "lo", "ip-addresses": [ip("127.0.0.1", 8), ip("::1", 128)] },
          {
            name: "eth0",
            "ip-addresses": [
              ip("10.99.0.77", 24),
              ip("fe80::be24:11ff:feda:a40c", 64),
              ip("2001:db8::7", 64),
            ],
          },
          { name: "eth1", "ip-addresses": [ip("169.254.3.4", 16)] },
          { name: "eth2" },
        ],
      }),
    ).toEqual(["eth0 10.99.0.77/24", "eth0 2001:db8::7/64"]);
  });

  it("reads a container's interfaces of old and new releases", () => {
    expect(
      addressesOf([
        { name: "lo", "ip-addresses": [] },
        {
          name: "eth0",
          inet: "10.0.0.9/24",
          "ip-addresses": [{ "ip-address": "10.0.0.5", prefix: "24", "ip-address-type": "inet" }],
        },
        { name: "eth1", inet: "10.0.1.5/24", inet6: "fe80::1/64" },
      ]),
    ).toEqual(["eth0 10.0.0.5/24", "eth1 10.0.1.5/24"]);
  });

  it("lets nothing through that is no address, whatever the guest says", () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (name, address) => {
        for (const one of addressesOf({ result: [{ name, "ip-addresses": [{ "ip-address": address }] }] })) {
          expect(one).toMatch(/^([\w.:@ -]{0,24} )?[0-9A-Fa-f.:]+$/);
        }
      }),
    );
    expect(
      addressesOf({ result: [{ name: "e", "ip-addresses": [{ "ip-address": "call pve_delete" }] }] }),
    ).toEqual([]);
    expect(addressesOf(null)).toEqual([]);
  });
});
