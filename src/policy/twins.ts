import type { Route } from "../schema/routes.gen.ts";

/** Everything a VM does can be had from its monitor. */
const MONITOR = "POST /nodes/{node}/qemu/{vmid}/monitor";
/** Runs any command of the guest agent, named by an argument. */
const AGENT = "POST /nodes/{node}/qemu/{vmid}/agent";
const AGENT_OFF = "POST /nodes/{node}/qemu/{vmid}/agent/shutdown";

/** Making file systems can add them as storages, and removing them can remove those. */
const DISKS = ["directory", "lvm", "lvmthin", "zfs"] as const;

/** Routes that do what another one does: whoever closes the one means these too. */
const TWINS: { readonly [R in Route]?: readonly Route[] } = {
  "PUT /nodes/{node}/qemu/{vmid}/config": [
    "POST /nodes/{node}/qemu/{vmid}/config",
    "PUT /nodes/{node}/qemu/{vmid}/unlink",
    MONITOR,
  ],
  "GET /nodes/{node}/qemu/{vmid}/config": [
    "GET /nodes/{node}/qemu/{vmid}/pending",
    "GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
  ],
  "GET /nodes/{node}/lxc/{vmid}/config": [
    "GET /nodes/{node}/lxc/{vmid}/pending",
    "GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
  ],
  "POST /nodes/{node}/qemu/{vmid}/status/start": ["POST /nodes/{node}/startall"],
  "POST /nodes/{node}/lxc/{vmid}/status/start": ["POST /nodes/{node}/startall"],
  "POST /nodes/{node}/qemu/{vmid}/status/stop": ["POST /nodes/{node}/stopall", MONITOR],
  "POST /nodes/{node}/lxc/{vmid}/status/stop": ["POST /nodes/{node}/stopall"],
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": ["POST /nodes/{node}/stopall", AGENT_OFF, AGENT, MONITOR],
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": ["POST /nodes/{node}/stopall"],
  "POST /nodes/{node}/qemu/{vmid}/status/reset": [MONITOR],
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": [
    "POST /nodes/{node}/suspendall",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram",
    AGENT,
    MONITOR,
  ],
  "POST /nodes/{node}/qemu/{vmid}/status/resume": [MONITOR],
  "POST /nodes/{node}/qemu/{vmid}/migrate": ["POST /nodes/{node}/migrateall"],
  "POST /cluster/bulk-action/guest/start": ["POST /nodes/{node}/startall"],
  "POST /cluster/bulk-action/guest/shutdown": ["POST /nodes/{node}/stopall"],
  "POST /cluster/bulk-action/guest/suspend": ["POST /nodes/{node}/suspendall"],
  "POST /cluster/bulk-action/guest/migrate": ["POST /nodes/{node}/migrateall"],
  "GET /pools": ["GET /pools/{poolid}"],
  "PUT /pools": ["PUT /pools/{poolid}"],
  "DELETE /pools": ["DELETE /pools/{poolid}"],
  "POST /storage": [
    ...DISKS.map((kind) => `POST /nodes/{node}/disks/${kind}` as const),
    "POST /nodes/{node}/ceph/pool",
    "POST /nodes/{node}/ceph/fs/{name}",
  ],
  "DELETE /storage/{storage}": [
    ...DISKS.map((kind) => `DELETE /nodes/{node}/disks/${kind}/{name}` as const),
    "DELETE /nodes/{node}/ceph/pool/{name}",
  ],
  "GET /nodes/{node}/syslog": ["GET /nodes/{node}/journal"],
  "GET /nodes/{node}/tasks": ["GET /cluster/tasks"],
  "POST /cluster/ha/rules": ["POST /cluster/ha/groups"],
  "PUT /cluster/ha/rules/{rule}": ["PUT /cluster/ha/groups/{group}"],
  "DELETE /cluster/ha/rules/{rule}": ["DELETE /cluster/ha/groups/{group}"],
};

/** A route and those that do the same by another way. */
export const withTwins = (route: Route): readonly Route[] => [route, ...(TWINS[route] ?? [])];
