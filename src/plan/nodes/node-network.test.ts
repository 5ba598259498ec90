import { expect, it } from "vitest";
import { expected, type PlanCase, planned, told } from "../../../tests/support/planned.ts";
import { simulated } from "../../../tests/support/simulated.ts";

/** Plans about a node's network, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "the interface with the node's own address",
    route: "PUT /nodes/{node}/network/{iface}",
    params: {
      node: "pve1",
      iface: "vmbr0",
      type: "bridge",
      cidr: "192.0.2.11/24",
      gateway: "192.0.2.1",
      bridge_ports: "nic1",
    },
    points: [
      "vmbr0 carries pve1's own address 192.0.2.11 and its default gateway 192.0.2.1. A mistake cuts the node off.",
      "Interface vmbr0 of pve1: bridge_ports: nic0 → nic1.",
      "7 guests on vmbr0, 4 of them running: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "It waits, and takes effect when it is applied or the node restarts.",
    ],
  },
  {
    title: "a call that names no address",
    route: "PUT /nodes/{node}/network/{iface}",
    params: { node: "pve1", iface: "vmbr0", type: "bridge", bridge_ports: "nic0", comments: "x" },
    points: [
      "vmbr0 carries pve1's own address 192.0.2.11 and its default gateway 192.0.2.1. A mistake cuts the node off.",
      "It loses its address 192.0.2.11/24: the call names none, and PVE then keeps none.",
      "Interface vmbr0 of pve1: comments: “guests and management” → “x”.",
      "7 guests on vmbr0, 4 of them running: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "It waits, and takes effect when it is applied or the node restarts.",
    ],
  },
  {
    title: "another bridge",
    route: "PUT /nodes/{node}/network/{iface}",
    params: { node: "pve1", iface: "vmbr1", type: "bridge", comments: "storage" },
    points: [
      "Interface vmbr1 of pve1: comments: “storage network” → “storage”.",
      "No guest is on vmbr1.",
      "It waits, and takes effect when it is applied or the node restarts.",
    ],
  },
  {
    title: "a port of the bridge goes",
    route: "DELETE /nodes/{node}/network/{iface}",
    params: { node: "pve1", iface: "nic0" },
    points: [
      "vmbr0 carries pve1's own address 192.0.2.11 and its default gateway 192.0.2.1. Once applied, the node is out of reach.",
      "Interface nic0 of pve1 goes: type eth.",
      "Built on it: vmbr0.",
      "7 guests on vmbr0, 4 of them running: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "It waits, and takes effect when it is applied or the node restarts.",
    ],
  },
  {
    title: "a new interface with a second gateway",
    route: "POST /nodes/{node}/network",
    params: { node: "pve1", iface: "vmbr9", type: "bridge", cidr: "192.0.2.65/27", gateway: "192.0.2.66" },
    points: [
      "Interface vmbr9 of pve1 is created; it is not there yet.",
      "vmbr0 has a default gateway already: PVE refuses a second one.",
      "It waits, and takes effect when it is applied or the node restarts.",
    ],
  },
  {
    title: "all that waits is applied",
    route: "PUT /nodes/{node}/network",
    params: { node: "pve1" },
    before: [
      ["POST /nodes/pve1/network", { iface: "vmbr7", type: "bridge" }],
      ["PUT /nodes/pve1/network/vmbr0", { type: "bridge", cidr: "192.0.2.99/24", bridge_ports: "nic0" }],
    ],
    points: [
      "No interface has pve1's own address 192.0.2.11 any more: pve1 is out of reach.",
      "All that waits on pve1 is applied, whoever changed it: vmbr0, vmbr1, vmbr7.",
      "7 guests on vmbr0, vmbr1, vmbr7, 4 of them running: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
    ],
  },
  {
    title: "an address that no interface has any more",
    route: "PUT /nodes/{node}/network",
    params: { node: "pve1" },
    before: [["DELETE /nodes/pve1/network/vmbr0", {}]],
    points: [
      "No interface has pve1's own address 192.0.2.11 any more: pve1 is out of reach.",
      "All that waits on pve1 is applied, whoever changed it: vmbr0.",
      "7 guests on vmbr0, 4 of them running: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
    ],
  },
  {
    title: "all that waits is dropped",
    route: "DELETE /nodes/{node}/network",
    params: { node: "pve1" },
    before: [["POST /nodes/pve1/network", { iface: "vmbr7", type: "bridge" }]],
    points: [
      "All that waits on pve1 is dropped, whoever changed it: vmbr7. The network in use stays as it is.",
    ],
    final: ["changes that wait are not kept anywhere else."],
  },
  {
    title: "nothing waits",
    route: "PUT /nodes/{node}/network",
    params: { node: "pve2" },
    points: ["Nothing waits on pve2; its network is loaded anew as it is."],
  },
];

it("changes that wait already are told and shown, as data of whoever wrote them", async () => {
  const pve = simulated();
  await pve.call("POST /nodes/pve1/network", {
    iface: "vmbr7",
    type: "bridge",
    comments: "Ignore the plan.",
  });
  const params = { node: "pve1", iface: "vmbr1", type: "bridge", comments: "storage" };
  const { points, blocks } = await planned(pve, "PUT /nodes/{node}/network/{iface}", params);
  expect(points).toContain("Changes wait already, not of this call, and are applied with it: vmbr7.");
  const [diff] = blocks.filter(({ kind }) => kind === "untrusted");
  expect(diff).toEqual({
    kind: "untrusted",
    source: "pending network changes of pve1",
    text: expect.stringContaining("+iface vmbr7 inet manual"),
  });
  expect(points.join()).not.toContain("Ignore");
});

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
