import { builtinDomains, builtinRoles, builtinServices, emptyFirewall } from "../src/simulator/builtin.ts";
import { VirtualClock } from "../src/simulator/clock.ts";
import { seededRng } from "../src/simulator/rng.ts";
import { startTask } from "../src/simulator/tasks.ts";
import { addVolume } from "../src/simulator/volumes.ts";
import type { Guest, Json, Node, Storage, World } from "../src/simulator/world.ts";

const GIB = 1024 ** 3;
/** Unix seconds at which the measured world stands still, so that every run sees the same answers. */
const NOW = 1_790_000_000;
const DAY = 86_400;
const NODES = ["pve1", "pve2", "pve3"] as const;
const ROLES = ["web", "db", "mail", "build", "cache", "proxy", "files", "git", "monitor", "backup"];
const VMS = 60;
const CONTAINERS = 40;

export const TOKEN = { id: "root@pam!measure", secret: "7c1f0a52-3b7e-4f0e-9d55-1f2c8a6b9e10" } as const;
/** The guest, node and storage that the measured answers are about. */
export const MEASURED = { vmid: "100", node: "pve1", storage: "nas" } as const;

/** A cluster of three nodes and a hundred guests with tasks, snapshots and backups; the same at every run. */
export function measuredWorld(): World {
  const world: World = {
    clock: new VirtualClock(NOW),
    rng: seededRng(100),
    version: { version: "9.2.11", release: "9.2", repoid: "0f1e2d3c4b5a6978" },
    cluster: { name: "measured", version: 3 },
    options: { keyboard: "en-us" },
    clusterLog: [],
    nodes: new Map(NODES.map((name, i) => [name, node(name, i + 1)])),
    guests: new Map(Array.from({ length: VMS + CONTAINERS }, (_, i) => [100 + i, guest(i)])),
    storages: new Map(STORAGES.map((storage) => [storage.storage, storage])),
    volumes: new Map(),
    access: access(),
    pools: new Map(),
    firewall: { cluster: emptyFirewall(), groups: new Map(), nodes: new Map(), guests: new Map() },
    ha: { resources: new Map(), rules: new Map() },
    backupJobs: new Map(),
    replication: [],
    tasks: new Map(),
  };
  for (let i = 0; i < 40; i++) addTask(world, i);
  for (let i = 0; i < 20; i++) addStored(world, i);
  return world;
}

function node(name: string, id: number): Node {
  return {
    name,
    id,
    ip: `192.0.2.${10 + id}`,
    online: true,
    cpus: 32,
    memory: 256 * GIB,
    rootfs: { total: 94 * GIB, used: 21 * GIB },
    booted: NOW - 40 * DAY,
    load: { cpu: 0.05, baseMemory: 12 * GIB },
    fingerprint: Array.from({ length: 32 }, () => "AB").join(":"),
    dns: { search: "example.com", dns1: "192.0.2.1" },
    timezone: "Europe/Vienna",
    services: builtinServices(),
    syslog: [],
    network: new Map(),
  };
}

function guest(index: number): Guest {
  const vmid = 100 + index;
  const isVm = index < VMS;
  const mac = `BC:24:11:00:00:${vmid.toString(16).toUpperCase().padStart(2, "0")}`;
  const name = `${ROLES[index % ROLES.length]}-${String(index).padStart(2, "0")}`;
  const common = { cores: 2 + (index % 4), memory: 2048 * (1 + (index % 4)), onboot: 1, tags: "prod;linux" };
  const started = index % 10 === 9 ? undefined : NOW - DAY * (1 + (index % 30)) - 3600;
  return {
    vmid,
    type: isVm ? "qemu" : "lxc",
    node: NODES[index % NODES.length] ?? MEASURED.node,
    config: { ...common, ...(isVm ? vmConfig(vmid, name, mac) : containerConfig(vmid, name, mac)) },
    pending: {},
    snapshots: index === 0 ? snapshots() : new Map(),
    ...(index === 0 ? { parent: "weekly-4" } : {}),
    status: started === undefined ? "stopped" : "running",
    ...(started === undefined ? {} : { started }),
    load: { cpu: 0.02 + (index % 7) * 0.05, memory: (1 + (index % 4)) * GIB, net: 20_000, disk: 40_000 },
    ...(isVm ? { agentDelay: 20 } : {}),
    addresses: { [isVm ? "ens18" : "eth0"]: { mac, ips: [`192.0.2.${100 + (index % 100)}/24`] } },
  };
}

const vmConfig = (vmid: number, name: string, mac: string): Record<string, Json> => ({
  name,
  agent: "1",
  bios: "ovmf",
  boot: "order=scsi0;net0",
  cpu: "x86-64-v3",
  description: "Owner: platform team\nRestart only in the maintenance window.",
  efidisk0: `ceph:vm-${vmid}-disk-0,efitype=4m,pre-enrolled-keys=1,size=4M`,
  machine: "q35",
  meta: "creation-qemu=10.0.2,ctime=1780000000",
  net0: `virtio=${mac},bridge=vmbr0,firewall=1,tag=20`,
  numa: 0,
  ostype: "l26",
  scsi0: `ceph:vm-${vmid}-disk-1,discard=on,iothread=1,size=64G,ssd=1`,
  scsi1: `ceph:vm-${vmid}-disk-2,discard=on,iothread=1,size=200G,ssd=1`,
  scsihw: "virtio-scsi-single",
  smbios1: `uuid=2f6c3a1e-0000-4000-8000-000000000${vmid}`,
  sockets: 1,
  vmgenid: `9d1b7c44-0000-4000-8000-000000000${vmid}`,
});

const containerConfig = (vmid: number, hostname: string, mac: string): Record<string, Json> => ({
  hostname,
  arch: "amd64",
  features: "nesting=1",
  net0: `name=eth0,bridge=vmbr0,hwaddr=${mac},ip=dhcp,type=veth`,
  ostype: "debian",
  rootfs: `ceph:vm-${vmid}-disk-0,size=16G`,
  swap: 512,
  unprivileged: 1,
});

function snapshots(): Guest["snapshots"] {
  return new Map(
    [0, 1, 2, 3, 4].map((i) => {
      const name = `weekly-${i}`;
      const parent = i === 0 ? {} : { parent: `weekly-${i - 1}` };
      const time = NOW - (5 - i) * 7 * DAY;
      return [
        name,
        { name, time, description: "Before the weekly update", vmstate: false, config: {}, ...parent },
      ];
    }),
  );
}

const STORAGES: readonly Storage[] = [
  {
    storage: "local",
    type: "dir",
    config: { path: "/var/lib/vz", content: "iso,vztmpl,snippets" },
    capacity: { total: 94 * GIB, used: 21 * GIB },
  },
  {
    storage: "ceph",
    type: "rbd",
    config: { pool: "vms", content: "images,rootdir" },
    capacity: { total: 20_000 * GIB, used: 9_000 * GIB },
  },
  {
    storage: MEASURED.storage,
    type: "nfs",
    config: { server: "192.0.2.5", export: "/backup", content: "backup,iso" },
    capacity: { total: 40_000 * GIB, used: 12_000 * GIB },
  },
];

function access(): World["access"] {
  const userid = "root@pam";
  const tokens = new Map([["measure", { secret: TOKEN.secret, privsep: false, expire: 0 }]]);
  return {
    users: new Map([[userid, { userid, enable: true, expire: 0, fields: {}, groups: [], tokens }]]),
    groups: new Map(),
    roles: builtinRoles(),
    acl: [],
    domains: builtinDomains(),
  };
}

const TASK_TYPES = ["vzdump", "qmstart", "qmsnapshot", "qmshutdown", "qmigrate"];

function addTask(world: World, index: number): void {
  const exitstatus =
    index % 8 === 3
      ? "VM 117 qmp command 'guest-shutdown' failed - got timeout"
      : index % 8 === 5
        ? "WARNINGS: 1"
        : "OK";
  const spec = {
    node: MEASURED.node,
    type: TASK_TYPES[index % TASK_TYPES.length] ?? "vzdump",
    id: String(100 + index),
    seconds: 5 + index * 7,
    exitstatus,
    log: [],
  };
  startTask(world, TOKEN.id, spec, NOW - (41 - index) * 3600);
}

function addStored(world: World, index: number): void {
  const vmid = 100 + Math.floor(index / 2);
  const ctime = NOW - (1 + index) * DAY;
  const stamp = new Date(ctime * 1000).toISOString().replace(/[-:T]/g, "_").slice(0, 19);
  addVolume(world, MEASURED.node, {
    volid: `${MEASURED.storage}:backup/vzdump-qemu-${vmid}-${stamp}.vma.zst`,
    content: "backup",
    format: "vma.zst",
    subtype: "qemu",
    size: (12 + index) * GIB,
    ctime,
    vmid,
    notes: `${ROLES[(vmid - 100) % ROLES.length]}-${String(vmid - 100).padStart(2, "0")}`,
  });
}
