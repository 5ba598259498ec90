import { builtinDomains, builtinRoles, builtinServices, emptyFirewall } from "../builtin.ts";
import { type Clock, VirtualClock } from "../clock.ts";
import { DEBIAN } from "../guest-agent.ts";
import { seededRng } from "../rng.ts";
import type { Guest, Node, Storage, Volume, World } from "../world.ts";

/** Unix seconds at which the world begins: 2026-11-22 06:57:44 UTC. */
export const RECORDED_START = 1_795_330_664;
/** pvestatd's first report comes a quarter of a minute later. */
const STATS_DELAY = 16;
const VOLUMES_MADE = RECORDED_START - 4;

/** Tokens of the world and their secrets; `root@pam!mcp` may do everything, the other one only look. */
export const RECORDED_TOKENS = {
  root: { id: "root@pam!mcp", secret: "00000000-0000-4000-8000-000000000001" },
  auditor: { id: "auditor@pve!audit", secret: "00000000-0000-4000-8000-000000000002" },
} as const;

function node(): Node {
  return {
    name: "pve",
    id: 1,
    ip: "10.99.0.2",
    online: true,
    cpus: 2,
    memory: 25_276_502_016,
    rootfs: { total: 270_553_174_016, used: 38_156_337_152 },
    booted: RECORDED_START - 3590,
    load: { cpu: 0.05, baseMemory: 1_414_950_912 },
    fingerprint:
      "4D:74:F9:32:60:FF:40:C3:AD:B6:DD:CA:24:6C:A1:37:89:96:AC:26:EF:05:EB:F1:FF:3E:11:C9:BE:40:42:87",
    lacks: ["loop", "vncterm"],
    dns: { search: "local", dns1: "10.99.0.2" },
    timezone: "Etc/UTC",
    services: builtinServices({
      chrony: "masked",
      corosync: "masked",
      ksmtuned: "not-found",
      postfix: "not-found",
      "proxmox-firewall": "not-found",
      "pve-firewall": "disabled",
      "pve-lxc-syscalld": "not-found",
      "pvefw-logger": "not-found",
      sshd: "masked",
      syslog: "not-found",
      "systemd-timesyncd": "masked",
    }),
    syslog: syslog(),
    network: new Map([
      [
        "nic0",
        { type: "eth", method: "manual", method6: "manual", families: ["inet"], active: 1, priority: 3 },
      ],
      [
        "vmbr0",
        {
          type: "bridge",
          method: "static",
          method6: "manual",
          families: ["inet"],
          active: 1,
          autostart: 1,
          address: "10.99.0.2",
          netmask: "24",
          cidr: "10.99.0.2/24",
          gateway: "10.99.0.1",
          bridge_ports: "nic0",
          bridge_stp: "off",
          bridge_fd: "0",
          priority: 4,
        },
      ],
    ]),
  };
}

/** What a node logs while it boots: unit by unit, a few seconds apart. */
function syslog(): Node["syslog"] {
  const units = [
    "cron",
    "lxcfs",
    "pve-cluster",
    "pvestatd",
    "pvedaemon",
    "pveproxy",
    "spiceproxy",
    "pvescheduler",
  ];
  const boot = RECORDED_START - 417;
  const started = units.flatMap((unit, i) =>
    [
      `systemd[1]: Starting ${unit}.service...`,
      `${unit}[${150 + i}]: starting server`,
      `systemd[1]: Started ${unit}.service.`,
    ].map((text) => ({ time: boot + 2 + i, text, service: unit })),
  );
  const workers = [1, 2, 3].map((n) => ({
    time: boot + 12,
    text: `pveproxy[180]: worker ${180 + n} started`,
    service: "pveproxy",
  }));
  return [
    { time: boot, text: "systemd-journald[71]: Journal started", service: "systemd-journald" },
    { time: boot + 1, text: "systemd[1]: Reached target local-fs.target - Local File Systems." },
    { time: boot + 1, text: "systemd[1]: Reached target sysinit.target - System Initialization." },
    ...started,
    ...workers,
    { time: RECORDED_START, text: "systemd[1]: Startup finished in 3.915s." },
  ];
}

function directory(storage: string, path: string, content: string, extra: Storage["config"] = {}): Storage {
  return {
    storage,
    type: "dir",
    config: { type: "dir", path, content, ...extra },
    capacity: { total: 270_553_174_016, used: 38_156_337_152 },
  };
}

const LEFT_BACKUP = [
  "#ct",
  "arch: amd64",
  "cores: 1",
  "hostname: ct-rec",
  "memory: 192",
  "net0: name=eth0,bridge=vmbr0,hwaddr=BC:24:11:07:9C:38,ip=dhcp,type=veth",
  "ostype: alpine",
  "rootfs: local:911/vm-911-disk-0.raw,size=2G",
  "swap: 0",
  "unprivileged: 1",
  "",
].join("\n");

/** The last one lies in a directory that no storage covers yet: it shows once `tank` is defined there. */
const VOLUMES: readonly Volume[] = [
  {
    volid: "local:190/vm-190-disk-0.raw",
    node: "pve",
    storage: "local",
    content: "images",
    format: "raw",
    size: 1_073_741_824,
    used: 4096,
    ctime: VOLUMES_MADE,
    vmid: 190,
  },
  {
    volid: "local:iso/tiny.iso",
    node: "pve",
    storage: "local",
    content: "iso",
    format: "iso",
    size: 1_048_576,
    ctime: VOLUMES_MADE,
  },
  {
    volid: "local:vztmpl/alpine-3.22-mini_20251122_amd64.tar.xz",
    node: "pve",
    storage: "local",
    content: "vztmpl",
    format: "txz",
    size: 906_848,
    ctime: VOLUMES_MADE,
    bare: true,
  },
  {
    volid: "tank:backup/vzdump-lxc-911-2026_11_22-06_56_44.tar",
    node: "pve",
    storage: "tank",
    content: "backup",
    format: "tar",
    size: 2_508_800,
    used: 2_510_848,
    ctime: RECORDED_START - 60,
    vmid: 911,
    subtype: "lxc",
    config: LEFT_BACKUP,
  },
];

function agentVm(): Guest {
  return {
    vmid: 190,
    type: "qemu",
    node: "pve",
    config: {
      agent: "1",
      args: "-kernel /var/lib/vz/agentvm/vmlinuz -initrd /var/lib/vz/agentvm/initrd.gz -append console=ttyS0",
      boot: "order=scsi0;net0",
      cores: 1,
      kvm: 0,
      memory: "384",
      meta: "creation-qemu=10.0.13,ctime=1795330253",
      name: "agentvm",
      net0: "virtio=BC:24:11:DA:A4:0C,bridge=vmbr0",
      ostype: "l26",
      scsi0: "local:190/vm-190-disk-0.raw,size=1G",
      scsihw: "virtio-scsi-single",
      serial0: "socket",
      smbios1: "uuid=e74bab5c-aa25-4c12-a2c3-96e4bc236331",
      vmgenid: "fd045401-9493-485b-84d2-36680f49c7ab",
    },
    pending: {},
    snapshots: new Map(),
    status: "stopped",
    load: { cpu: 0.08, memory: 53_477_376, net: 60, disk: 700 },
    agentDelay: 8,
    addresses: { eth0: { mac: "BC:24:11:DA:A4:0C", ips: ["10.99.0.77/24"] } },
    created: RECORDED_START - 411,
    agent: {
      hostname: "guestvm",
      os: DEBIAN,
      files: new Map(),
      processes: new Map(),
      frozen: false,
    },
  };
}

function user(
  userid: string,
  fields: Record<string, string>,
  token: { id: string; secret: string },
): [string, World["access"]["users"] extends Map<string, infer U> ? U : never] {
  const name = token.id.slice(token.id.indexOf("!") + 1);
  return [
    userid,
    {
      userid,
      enable: true,
      expire: 0,
      fields,
      groups: [],
      tokens: new Map([[name, { secret: token.secret, privsep: false, expire: 0 }]]),
    },
  ];
}

/** A stand-alone PVE 9.2.11 node with one VM and nothing else configured: the world the recorded calls began in. */
export function recordedWorld(clock: Clock = new VirtualClock(RECORDED_START)): World {
  return {
    clock,
    rng: seededRng(190),
    version: { version: "9.2.11", release: "9.2", repoid: "14a22df35955d97d" },
    options: {},
    clusterLog: [
      {
        time: RECORDED_START - 4,
        node: "pve",
        tag: "cluster",
        user: "root",
        msg: "starting cluster log",
        pri: 6,
        pid: 130,
      },
    ],
    nodes: new Map([["pve", node()]]),
    guests: new Map([[190, agentVm()]]),
    storages: new Map([
      [
        "local",
        directory("local", "/var/lib/vz", "iso,vztmpl,backup,images,rootdir,snippets,import", {
          "prune-backups": "keep-all=1",
        }),
      ],
      ["dir2", directory("dir2", "/var/lib/dir2", "images,rootdir,backup,iso,import,snippets")],
    ]),
    volumes: new Map(VOLUMES.map((volume) => [`pve/${volume.volid}`, { ...volume }])),
    access: {
      users: new Map([
        user("root@pam", {}, RECORDED_TOKENS.root),
        user("auditor@pve", { email: "", comment: "limited user" }, RECORDED_TOKENS.auditor),
      ]),
      groups: new Map(),
      roles: builtinRoles(),
      acl: [{ path: "/", type: "user", ugid: "auditor@pve", roleid: "PVEAuditor", propagate: true }],
      domains: builtinDomains(),
    },
    pools: new Map(),
    firewall: { cluster: emptyFirewall(), groups: new Map(), nodes: new Map(), guests: new Map() },
    ha: { resources: new Map(), rules: new Map() },
    backupJobs: new Map(),
    replication: [],
    tasks: new Map(),
    // Its SDN packages are older than those of 9.2.
    lacks: ["/cluster/sdn/prefix-lists", "/cluster/sdn/route-maps"],
    statsFrom: RECORDED_START + STATS_DELAY,
  };
}
