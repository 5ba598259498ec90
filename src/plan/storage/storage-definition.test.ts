import { expect, it } from "vitest";
import { expected, type PlanCase, told } from "../../../tests/support/planned.ts";

/** Plans about storages and what lies on them, on the demo cluster. */
const CASES: readonly PlanCase[] = [
  {
    title: "a storage with disks goes",
    route: "DELETE /storage/{storage}",
    params: { storage: "ceph-vm" },
    points: [
      "Guests with disks on ceph-vm, which then cannot start: VM 101 (web-02), VM 102 (db-01), VM 104 (build), VM 105 (analytics), VM 106 (win-desktop), VM 108 (dev), CT 201 (proxy).",
      "Storage ceph-vm leaves the configuration, on all nodes; its data stays where it is: type rbd, pool vm, content images,rootdir.",
    ],
    name: "ceph-vm",
    final: ["PVE deletes what it keeps for it besides: its keyring."],
  },
  {
    title: "a storage with backups goes",
    route: "DELETE /storage/{storage}",
    params: { storage: "backup" },
    points: [
      "Backup jobs that write to it, and then fail: backup-nightly (02:30).",
      "No guest has a disk on backup.",
      "On it: 29 backups of 10 guests.",
      "Storage backup leaves the configuration, on all nodes; its data stays where it is: type nfs, path /mnt/pve/backup, server 192.0.2.51, export /export/backup, content backup.",
      "ACL entries that go with it: group operators: PVEDatastoreUser on /storage/backup.",
    ],
    name: "backup",
  },
  {
    title: "a storage that is not there goes",
    route: "DELETE /storage/{storage}",
    params: { storage: "gone" },
    points: [
      "What lies on gone could not be read: no node answers for it.",
      "Storage gone leaves the configuration; its data stays where it is: there is none of that name, PVE refuses.",
    ],
    name: "gone",
  },
  {
    title: "a storage is switched off",
    route: "PUT /storage/{storage}",
    params: { storage: "local-lvm", disable: true },
    points: [
      "Storage local-lvm: disable: not set → yes.",
      "Guests with disks on local-lvm, which then cannot start: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 202 (monitoring), CT 203 (git), CT 204 (wiki), VM 9000 (debian-13), CT 9100 (alpine-template).",
    ],
  },
  {
    title: "a storage leaves nodes",
    route: "PUT /storage/{storage}",
    params: { storage: "local-lvm", nodes: "pve1" },
    points: [
      "Storage local-lvm: nodes: not set → pve1.",
      "No longer on pve2, pve3.",
      "Guests that then cannot start there: CT 202 (monitoring), CT 204 (wiki).",
      "Guests with disks on local-lvm: VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 202 (monitoring), CT 203 (git), CT 204 (wiki), VM 9000 (debian-13), CT 9100 (alpine-template).",
    ],
  },
  {
    title: "a shared storage leaves nodes",
    route: "PUT /storage/{storage}",
    params: { storage: "ceph-vm", nodes: "pve1,pve2" },
    points: [
      "Storage ceph-vm: nodes: not set → pve1,pve2.",
      "No longer on pve3.",
      "Guests that then cannot start there: VM 102 (db-01), VM 105 (analytics).",
      "Guests with disks on ceph-vm: VM 101 (web-02), VM 102 (db-01), VM 104 (build), VM 105 (analytics), VM 106 (win-desktop), VM 108 (dev), CT 201 (proxy).",
    ],
  },
  {
    title: "a setting that leaves all where it is",
    route: "PUT /storage/{storage}",
    params: { storage: "backup", bwlimit: "default=102400" },
    points: [
      "Storage backup: bwlimit: not set → default=102400.",
      "Backup jobs that write to it: backup-nightly (02:30).",
      "No guest has a disk on backup.",
      "On it: 29 backups of 10 guests.",
    ],
  },
  {
    title: "a storage no longer takes some content",
    route: "PUT /storage/{storage}",
    params: { storage: "nas-iso", content: "iso" },
    points: [
      "Storage nas-iso: content: iso,vztmpl,snippets → iso.",
      "No longer for: vztmpl, snippets.",
      "Then out of reach: 2 templates, 1 snippet.",
      "No guest has a disk on nas-iso.",
      "On it: 4 ISO images, 2 templates, 1 snippet.",
    ],
  },
  {
    title: "a storage gets another retention",
    route: "PUT /storage/{storage}",
    params: { storage: "backup", "prune-backups": "keep-last=1" },
    points: [
      "Storage backup: prune-backups keep-last: 3 → 1; prune-backups keep-weekly: 2 → not set.",
      "Backup jobs that write to it: backup-nightly (02:30).",
      "No guest has a disk on backup.",
      "On it: 29 backups of 10 guests.",
      "By PVE's preview keep-last=1 removes 18 of 29 backups, when a job without a retention of its own prunes next.",
    ],
  },
  {
    title: "a disk in use goes",
    route: "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    params: { node: "pve1", storage: "local-lvm", volume: "local-lvm:vm-100-disk-0" },
    points: [
      "Disk local-lvm:vm-100-disk-0 of VM 100 (web-01) goes, 32 GiB.",
      "VM 100 (web-01) uses it as scsi0, and is running: it loses that disk.",
    ],
    final: ["the data of the volume is gone."],
  },
  {
    title: "a backup that is protected goes",
    route: "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    params: { node: "pve1", storage: "backup", volume: "backup/vzdump-lxc-203-2026_03_30-02_39_00.tar.zst" },
    points: [
      "PVE would refuse, the plan ends there: it is protected.",
      "Backup backup:backup/vzdump-lxc-203-2026_03_30-02_39_00.tar.zst of CT 203 (git) goes, 12.2 GiB.",
      "2 other backups of that guest stay on backup, the newest of 2026-04-01 02:39 UTC.",
      "Its notes: “git”.",
    ],
    final: ["the data of the volume is gone."],
  },
  {
    title: "an image goes",
    route: "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    params: { node: "pve1", storage: "nas-iso", volume: "nas-iso:iso/virtio-win-0.1.271.iso" },
    points: ["ISO image nas-iso:iso/virtio-win-0.1.271.iso goes, 693 MiB."],
    final: ["the data of the volume is gone."],
  },
  {
    title: "a backup loses its protection",
    route: "PUT /nodes/{node}/storage/{storage}/content/{volume}",
    params: {
      node: "pve1",
      storage: "backup",
      volume: "backup/vzdump-lxc-203-2026_03_30-02_39_00.tar.zst",
      protected: false,
      notes: "old",
    },
    points: [
      "Backup backup:backup/vzdump-lxc-203-2026_03_30-02_39_00.tar.zst of CT 203 (git): protected now.",
      "Without protection the next pruning may remove it, and it can be deleted.",
      "Notes: “git” → “old”.",
    ],
  },
  {
    title: "a file is loaded that is there",
    route: "POST /nodes/{node}/storage/{storage}/download-url",
    params: {
      node: "pve1",
      storage: "nas-iso",
      content: "iso",
      filename: "virtio-win-0.1.271.iso",
      url: "https://example.com/x",
    },
    points: [
      "ISO image virtio-win-0.1.271.iso comes onto nas-iso of pve1.",
      "A file of that name is there already: nas-iso:iso/virtio-win-0.1.271.iso.",
      "Free on nas-iso: 1.7 TiB.",
    ],
  },
  {
    title: "an upload overwrites",
    route: "POST /nodes/{node}/storage/{storage}/upload",
    params: { node: "pve1", storage: "nas-iso", content: "iso", filename: "virtio-win-0.1.271.iso" },
    points: [
      "ISO image virtio-win-0.1.271.iso comes onto nas-iso of pve1.",
      "A file of that name is there and is overwritten: nas-iso:iso/virtio-win-0.1.271.iso, 693 MiB.",
      "Free on nas-iso: 1.7 TiB.",
    ],
    final: ["the file that is overwritten is gone."],
  },
  {
    title: "a disk is made by hand",
    route: "POST /nodes/{node}/storage/{storage}/content",
    params: { node: "pve1", storage: "local-lvm", filename: "vm-100-disk-0", vmid: 100, size: "4G" },
    points: [
      "Disk vm-100-disk-0 of 4G is made on local-lvm for VM 100 (web-01); the guest does not use it by that.",
      "A volume of that name is there already: PVE refuses to make it.",
      "Free on local-lvm: 693.8 GiB.",
    ],
  },
  {
    title: "a new storage has a name that is taken",
    route: "POST /storage",
    params: { storage: "local", type: "dir", path: "/srv" },
    points: ["Storage local is there already: PVE refuses to create it."],
  },
];

it.each(CASES)("$title", async (one) => {
  expect(await told(one)).toEqual(expected(one));
});
