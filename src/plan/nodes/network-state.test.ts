import { describe, expect, it } from "vitest";
import type { Row } from "../../pve/data.ts";
import { carrierOf, changedInterfaces, dependents, losesAddress, stableDiff } from "./network-state.ts";

const HEAD = "--- /etc/network/interfaces\t2026-04-01\n+++ /etc/network/interfaces.new\t2026-04-02\n";

describe("the interfaces that a diff changes", () => {
  it.each([
    [
      "one that is new",
      "@@ -3,1 +3,4 @@\n \n+auto vmbr7\n+iface vmbr7 inet manual\n+\tbridge-ports none\n+\n",
      ["vmbr7"],
    ],
    [
      "one with another address",
      "@@ -3,4 +3,4 @@\n auto vmbr0\n iface vmbr0 inet static\n-\taddress 192.0.2.11/24\n+\taddress 192.0.2.12/24\n \tgateway 192.0.2.1\n",
      ["vmbr0"],
    ],
    [
      "one that only stands elsewhere is as it was",
      "@@ -1,3 +1,3 @@\n-iface nic1 inet manual\n-\n iface nic0 inet manual\n \n+iface nic1 inet manual\n+\n",
      [],
    ],
    [
      "several",
      "@@ -1,7 +1,3 @@\n iface nic0 inet manual\n \n-iface bond0 inet manual\n-\tbond-slaves nic0\n-\n-iface vmbr1 inet manual\n",
      ["bond0", "vmbr1"],
    ],
    ["nothing", "", []],
  ])("%s", (_, hunk, names) => {
    expect(changedInterfaces(hunk === "" ? "" : HEAD + hunk)).toEqual(names);
  });
});

it("a diff is the same whenever it is made", () => {
  expect(stableDiff(`${HEAD}@@ -1 +1 @@\n-a\n+b\n`)).toBe("@@ -1 +1 @@\n-a\n+b");
});

const INTERFACES: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["nic0", { type: "eth" }],
  ["nic1", { type: "eth" }],
  ["bond0", { type: "bond", slaves: "nic0 nic1" }],
  ["bond0.20", { type: "vlan" }],
  ["storage", { type: "vlan", "vlan-raw-device": "bond0" }],
  ["vmbr0", { type: "bridge", bridge_ports: "bond0.20", cidr: "192.0.2.11/24", gateway: "192.0.2.1" }],
  ["vmbr1", { type: "bridge", bridge_ports: "" }],
]);

it("what is built on an interface is reached through ports, bonds and VLANs", () => {
  expect(dependents(INTERFACES, ["nic1"])).toEqual(["nic1", "bond0", "bond0.20", "storage", "vmbr0"]);
  expect(dependents(INTERFACES, ["vmbr1"])).toEqual(["vmbr1"]);
  expect(dependents(INTERFACES, [])).toEqual([]);
});

it("the node's address is looked for, and its gateway where the address is not known", () => {
  expect(carrierOf(INTERFACES, "192.0.2.11")?.[0]).toBe("vmbr0");
  expect(carrierOf(INTERFACES, undefined)?.[0]).toBe("vmbr0");
  expect(carrierOf(new Map([["nic0", {}]]), undefined)).toBeUndefined();
});

it("an address is lost where a diff takes it away and no interface has it", () => {
  const diff = `${HEAD}@@ -1 +1 @@\n-\taddress 192.0.2.11/24\n`;
  const without = new Map([["vmbr0", { type: "bridge" }]]);
  expect(losesAddress(diff, without, "192.0.2.11")).toBe(true);
  expect(losesAddress(diff, INTERFACES, "192.0.2.11")).toBe(false);
  expect(losesAddress(diff, without, "192.0.2.1")).toBe(false);
  expect(losesAddress("", without, "192.0.2.11")).toBe(false);
});
