import type { Param } from "../../src/schema/endpoint.ts";
import { endpointOf } from "../../src/schema/endpoint-table.ts";
import type { Route } from "../../src/schema/routes.gen.ts";

/** Values of the demo cluster, by a parameter's name. */
const VALUES: Readonly<Record<string, unknown>> = {
  node: "pve1",
  vmid: 100,
  newid: 777,
  storage: "backup",
  realm: "pve",
  groupid: "operators",
  roleid: "Operator",
  userid: "bob@corp",
  tokenid: "ops",
  poolid: "web",
  path: "/vms/100",
  roles: "PVEAuditor",
  cidr: "192.0.2.5",
  pos: 0,
  sid: "vm:101",
  rule: "db-home",
  snapname: "clean",
  iface: "vmbr0",
  upid: "UPID:pve1:0000016E:00057E02:6B029270:vzdump:100:root@pam:",
  target: "pve2",
  disk: "scsi0",
  vnet: "vnet1",
  zone: "zone1",
  volume: "iso/debian.iso",
  idlist: "unused0",
  size: "+1G",
  "target-storage": "ceph-vm",
  "target-bridge": "vmbr0",
  privs: "VM.Audit",
  schedule: "02:30",
  timezone: "Europe/Vienna",
  service: "pveproxy",
};

/** Where the name alone does not tell, or where a call is to say more than it must. */
const OF_ROUTE: { readonly [R in Route]?: Readonly<Record<string, unknown>> } = {
  "PUT /nodes/{node}/qemu/{vmid}/config": { cores: 2 },
  "POST /nodes/{node}/qemu/{vmid}/config": { memory: 4096 },
  "PUT /nodes/{node}/lxc/{vmid}/config": { memory: 1024 },
  "POST /nodes/{node}/qemu": { vmid: 777, cores: 2, scsi0: "ceph-vm:8", net0: "virtio,bridge=vmbr0" },
  "POST /nodes/{node}/lxc": {
    vmid: 777,
    ostemplate: "local:vztmpl/debian-13-standard_13.1-1_amd64.tar.zst",
    rootfs: "ceph-vm:8",
    storage: undefined,
  },
  "POST /nodes/{node}/lxc/{vmid}/move_volume": { volume: "rootfs", storage: "ceph-vm" },
  "POST /nodes/{node}/qemu/{vmid}/move_disk": { storage: "ceph-vm" },
  "PUT /nodes/{node}/lxc/{vmid}/resize": { disk: "rootfs" },
  "POST /nodes/{node}/vzdump": { vmid: "100", storage: "backup" },
  "POST /cluster/replication": { id: "100-0", type: "local" },
  "PUT /cluster/replication/{id}": { id: "100-0" },
  "DELETE /cluster/replication/{id}": { id: "100-0" },
  "POST /nodes/{node}/replication/{id}/schedule_now": { id: "100-0" },
  "PUT /cluster/backup/{id}": { id: "backup-nightly", comment: "x" },
  "DELETE /cluster/backup/{id}": { id: "backup-nightly" },
  "POST /cluster/backup": { storage: "backup", all: true },
  "PUT /access/acl": { users: "bob@corp" },
  "POST /cluster/bulk-action/guest/migrate": { vms: ["100"] },
  "POST /cluster/bulk-action/guest/start": { vms: ["103"] },
  "POST /cluster/bulk-action/guest/shutdown": { vms: ["100"] },
  "POST /nodes/{node}/stopall": { vms: "100" },
};

function sample(name: string, fact: Param): unknown {
  if (fact.enum) return fact.enum.includes(String(VALUES[name])) ? VALUES[name] : fact.enum[0];
  if (Object.hasOwn(VALUES, name)) return VALUES[name];
  if (fact.type === "integer" || fact.type === "number") return 1;
  if (fact.type === "boolean") return true;
  return fact.type === "array" ? ["x"] : "sample";
}

/** Parameters for an operation that name what the demo cluster has: those that it must have, and a few more. */
export function sampleParams(route: Route): Record<string, unknown> {
  const { params } = endpointOf(route);
  const lxc = route.includes("/lxc/{vmid}") ? { vmid: 200 } : {};
  const needed = Object.entries(params).filter(
    ([name, fact]) => fact.required || route.includes(`{${name}}`),
  );
  const all: Record<string, unknown> = {
    ...Object.fromEntries(needed.map(([name, fact]) => [name, sample(name, fact)])),
    ...lxc,
    ...OF_ROUTE[route],
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
