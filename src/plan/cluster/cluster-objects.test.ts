import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about disks, Ceph, SDN and the cluster's objects, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "a disk is wiped",
    route: "PUT /nodes/{node}/disks/wipedisk",
    params: { node: "pve1", disk: "/dev/sda" },
    points: [
      "Wipes a disk of pve1: /dev/sda, 94 GiB, Micron_5300_MTFD, serial pve1-0001, used: mounted.",
      "/dev/sda is mounted: PVE refuses as long as it is.",
    ],
    final: ["all that is on /dev/sda is gone."],
  },
  {
    title: "a disk is taken for a volume group",
    route: "POST /nodes/{node}/disks/lvm",
    params: { node: "pve1", device: "/dev/nvme0n1", name: "fast", add_storage: true },
    points: [
      "PVE would refuse, the plan ends there: /dev/nvme0n1 is in use.",
      "Makes fast on a disk of pve1: /dev/nvme0n1, 1.7 TiB, “SAMSUNG MZQL21T9”, serial pve1-0002, used: LVM.",
      "A storage of that name is added to the configuration.",
    ],
    final: ["all that is on /dev/nvme0n1 is gone."],
  },
  {
    title: "a thin pool is destroyed",
    route: "DELETE /nodes/{node}/disks/lvmthin/{name}",
    params: { node: "pve1", name: "data", "volume-group": "pve", "cleanup-config": true },
    points: [
      "Guests whose disks are destroyed: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "Thin pool data of pve1 is destroyed: vg pve, lv data.",
      "Storages that lie on it: local-lvm.",
      "Their definitions lose this node, or go.",
    ],
    name: "data",
    final: ["all data on thin pool data of pve1 is gone."],
  },
  {
    title: "a Ceph pool goes",
    route: "DELETE /nodes/{node}/ceph/pool/{name}",
    params: { node: "pve1", name: "vm" },
    points: [
      "PVE would refuse, the plan ends there: guests have disks in pool vm, and force is not set.",
      "Guests whose disks are destroyed: VM 101 (web-02), VM 102 (db-01), VM 104 (build), VM 105 (analytics), VM 106 (win-desktop), VM 108 (dev), CT 201 (proxy).",
      "Ceph pool vm is destroyed.",
      "Storages that lie on it: ceph-vm.",
    ],
    name: "vm",
    final: ["all data in pool vm is gone."],
  },
  {
    title: "an OSD goes",
    route: "DELETE /nodes/{node}/ceph/osd/{osdid}",
    params: { node: "pve1", osdid: 1 },
    points: [
      "Whether osd.1 can be spared could not be read.",
      "On pve1: OSD 1 is destroyed.",
      "Ceph's health could not be read.",
    ],
    final: ["the copies of data on the OSD are gone."],
  },
  {
    title: "a mapping in use goes",
    route: "DELETE /cluster/mapping/pci/{id}",
    params: { id: "gpu" },
    before: [
      ["POST /cluster/mapping/pci", { id: "gpu", map: ["node=pve1,path=0000:41:00.0,id=8086:1563"] }],
      ["PUT /nodes/pve1/qemu/103/config", { hostpci0: "mapping=gpu" }],
    ],
    points: [
      "VMs that use it: VM 103 (mail).",
      "Without it they do not start.",
      "PCI mapping gpu goes: map node=pve1,path=0000:41:00.0,id=8086:1563.",
    ],
  },
  {
    title: "a notification target in use goes",
    route: "DELETE /cluster/notifications/endpoints/sendmail/{name}",
    params: { name: "ops" },
    before: [
      ["POST /cluster/notifications/endpoints/sendmail", { name: "ops", mailto: ["ops@example.com"] }],
      ["POST /cluster/notifications/matchers", { name: "all", target: ["ops"] }],
    ],
    points: [
      "PVE would refuse, the plan ends there: matcher all sends to it.",
      "Sendmail target ops goes: mailto ops@example.com.",
      "Matchers that send to it: all.",
    ],
  },
  {
    title: "the datacenter's options",
    route: "PUT /cluster/options",
    params: { migration: "insecure", keyboard: "de" },
    points: [
      "The datacenter's options: migration type: secure → insecure; migration network: 192.0.2.0/24 → not set; keyboard: en-us → de.",
    ],
  },
  {
    title: "a metric server that is not there",
    route: "DELETE /cluster/metrics/server/{id}",
    params: { id: "influx" },
    points: ["Metric server influx goes: there is none of that name, PVE refuses."],
  },
  {
    title: "SDN is applied",
    route: "PUT /cluster/sdn",
    params: {},
    before: [
      ["POST /cluster/sdn/zones", { zone: "z1", type: "simple" }],
      ["POST /cluster/sdn/vnets", { vnet: "lab", zone: "z1" }],
      ["POST /cluster/sdn/vnets/lab/subnets", { subnet: "10.5.0.0/24", type: "subnet" }],
      ["PUT /nodes/pve1/qemu/103/config", { net0: "virtio,bridge=lab" }],
      ["POST /nodes/pve2/network", { iface: "vmbr7", type: "bridge" }],
    ],
    points: [
      "Applied on every node, whoever changed it: zone z1 (new), vnet lab (new), subnet z1-10.5.0.0-24 (new).",
      "Changes that wait in the network of pve2 are applied with it: vmbr7.",
      "Guests on these vnets: VM 103 (mail).",
    ],
  },
  {
    title: "SDN's changes are dropped",
    route: "POST /cluster/sdn/rollback",
    params: {},
    before: [["POST /cluster/sdn/zones", { zone: "z1", type: "simple" }]],
    points: ["Dropped, whoever changed it: zone z1 (new). What is in use stays."],
    final: ["changes that wait are not kept anywhere else."],
  },
  {
    title: "a vnet with guests goes",
    route: "DELETE /cluster/sdn/vnets/{vnet}",
    params: { vnet: "lab" },
    before: [
      ["POST /cluster/sdn/zones", { zone: "z1", type: "simple" }],
      ["POST /cluster/sdn/vnets", { vnet: "lab", zone: "z1" }],
      ["PUT /nodes/pve1/qemu/103/config", { net0: "virtio,bridge=lab" }],
    ],
    points: [
      "Guests on lab: VM 103 (mail).",
      "SDN vnet lab goes: zone z1.",
      "It waits, and takes effect when SDN is applied on all nodes.",
    ],
  },
  {
    title: "a zone goes",
    route: "DELETE /cluster/sdn/zones/{zone}",
    params: { zone: "z1" },
    before: [
      ["POST /cluster/sdn/zones", { zone: "z1", type: "simple" }],
      ["POST /cluster/sdn/vnets", { vnet: "lab", zone: "z1" }],
    ],
    points: [
      "Vnets of the zone: lab.",
      "Guests on lab: none.",
      "SDN zone z1 goes: type simple.",
      "It waits, and takes effect when SDN is applied on all nodes.",
    ],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
