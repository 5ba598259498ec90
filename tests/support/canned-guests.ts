import type { Tier } from "../../src/config/settings.ts";
import { type Canned, type CannedSession, cannedSession } from "./canned.ts";

/** Rows of GET /cluster/resources: a running and a locked VM, two of one name, a container, a template. */
export const GUESTS = [
  {
    vmid: 101,
    type: "qemu",
    node: "pve1",
    name: "web1",
    status: "running",
    maxcpu: 2,
    cpu: 0.25,
    mem: 2 ** 30,
    maxmem: 2 ** 32,
    maxdisk: 2 ** 35,
    uptime: 90_061,
    tags: "prod;web",
  },
  {
    vmid: 102,
    type: "qemu",
    node: "pve2",
    name: "db",
    status: "stopped",
    lock: "backup",
    maxcpu: 4,
    mem: 0,
    maxmem: 2 ** 33,
    maxdisk: 2 ** 36,
    uptime: 0,
  },
  { vmid: 103, type: "qemu", node: "pve1", name: "twin", status: "stopped" },
  { vmid: 104, type: "qemu", node: "pve3", name: "twin", status: "running" },
  { vmid: 201, type: "lxc", node: "pve2", name: "proxy", status: "running" },
  { vmid: 900, type: "qemu", node: "pve1", name: "base", status: "stopped", template: 1 },
];
/** A UPID of a task of that type on that node. */
export const upid = (node: string, type: string, id: number) =>
  `UPID:${node}:0000016E:00057E02:6B029270:${type}:${id}:root@pam!mcp:`;

/** A session on a PVE that knows these guests, and what `canned` says besides. */
export const guestSession = (canned: Canned = {}, tier: Tier = "full"): CannedSession =>
  cannedSession({ "GET /cluster/resources": GUESTS, ...canned }, tier);
