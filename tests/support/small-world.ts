import { builtinDomains, builtinRoles, builtinServices, emptyFirewall } from "../../src/simulator/builtin.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { seededRng } from "../../src/simulator/rng.ts";
import type { Guest, User, World } from "../../src/simulator/world.ts";

/** The token of `smallWorld` that may do everything. */
export const ROOT_TOKEN = { id: "root@pam!test", secret: "11111111-2222-4333-8444-555555555555" };

const START = 1_790_000_000;

function guest(vmid: number, type: Guest["type"], name: string): Guest {
  return {
    vmid,
    type,
    node: "pve1",
    config: { [type === "qemu" ? "name" : "hostname"]: name, cores: 2, memory: 2048 },
    pending: {},
    snapshots: new Map(),
    status: "stopped",
    load: { cpu: 0.1, memory: 0.5, net: 1000, disk: 1000 },
    addresses: {},
  };
}

function user(userid: string, more: Partial<User> = {}): User {
  return { userid, enable: true, expire: 0, fields: {}, groups: [], tokens: new Map(), ...more };
}

/** One node with a VM (100 web1) and a container (101 db1), a few users, pools, interfaces and firewall rules. */
export function smallWorld(): World {
  const firewall = emptyFirewall();
  firewall.rules.push(
    { type: "in", action: "ACCEPT", proto: "tcp", dport: "8006", enable: 1, comment: "web interface" },
    { type: "in", action: "ACCEPT", proto: "tcp", dport: "22", source: "+admins", enable: 1 },
    { type: "in", action: "DROP", enable: 0 },
  );
  firewall.ipsets.set("admins", {
    entries: new Map([
      ["192.0.2.5", {}],
      ["192.0.2.0/28", { nomatch: true }],
    ]),
  });
  firewall.aliases.set("lan", { cidr: "10.0.0.0/8", comment: "office" });
  return {
    clock: new VirtualClock(START),
    rng: seededRng(1),
    version: { version: "9.2.11", release: "9.2", repoid: "abcdef12" },
    cluster: { name: "small", version: 1 },
    options: {},
    clusterLog: [],
    nodes: new Map([
      [
        "pve1",
        {
          name: "pve1",
          id: 1,
          ip: "192.0.2.11",
          online: true,
          cpus: 8,
          memory: 32 * 2 ** 30,
          rootfs: { total: 100 * 2 ** 30, used: 20 * 2 ** 30 },
          booted: START - 90_000,
          load: { cpu: 0.1, baseMemory: 2 * 2 ** 30 },
          fingerprint: Array(32).fill("AA").join(":"),
          dns: { search: "example.com" },
          timezone: "UTC",
          services: builtinServices(),
          syslog: [],
          network: new Map([
            [
              "eno1",
              {
                type: "eth",
                method: "manual",
                method6: "manual",
                families: ["inet"],
                active: 1,
                exists: 1,
                priority: 3,
              },
            ],
            [
              "vmbr0",
              {
                type: "bridge",
                method: "static",
                method6: "manual",
                families: ["inet"],
                address: "192.0.2.11",
                netmask: "24",
                cidr: "192.0.2.11/24",
                gateway: "192.0.2.1",
                bridge_ports: "eno1",
                bridge_stp: "off",
                bridge_fd: "0",
                autostart: 1,
                active: 1,
                priority: 4,
                comments: "uplink\n",
              },
            ],
          ]),
        },
      ],
    ]),
    guests: new Map([
      [100, guest(100, "qemu", "web1")],
      [101, guest(101, "lxc", "db1")],
    ]),
    storages: new Map(),
    volumes: new Map(),
    access: {
      users: new Map([
        [
          "root@pam",
          user("root@pam", {
            tokens: new Map([["test", { secret: ROOT_TOKEN.secret, privsep: false, expire: 0 }]]),
          }),
        ],
        [
          "alice@pve",
          user("alice@pve", {
            expire: 1_800_000_000,
            fields: { firstname: "Alice", lastname: "Doe", email: "alice@example.com", comment: "on call" },
            groups: ["ops"],
            tokens: new Map([["ci", { secret: "x", privsep: true, expire: 0, comment: "pipeline" }]]),
          }),
        ],
        ["bob@pve", user("bob@pve", { enable: false })],
      ]),
      groups: new Map([["ops", { groupid: "ops", comment: "operators" }]]),
      roles: new Map([
        ...builtinRoles(),
        ["Starter", { privs: ["VM.Audit", "VM.PowerMgmt"], special: false }],
      ]),
      acl: [{ path: "/vms/100", type: "user", ugid: "alice@pve", roleid: "PVEVMUser", propagate: true }],
      domains: builtinDomains(),
    },
    pools: new Map([
      ["web", { poolid: "web", comment: "frontends", vms: new Set([100]), storages: new Set() }],
      ["web/blue", { poolid: "web/blue", vms: new Set(), storages: new Set() }],
    ]),
    firewall: { cluster: firewall, groups: new Map(), nodes: new Map(), guests: new Map() },
    ha: {
      resources: new Map([["vm:100", { sid: "vm:100", config: { state: "started", max_restart: 2 } }]]),
      rules: new Map([
        [
          "keep-web",
          {
            rule: "keep-web",
            type: "node-affinity",
            config: { resources: "vm:100", nodes: "pve1:2", strict: 0 },
          },
        ],
      ]),
    },
    backupJobs: new Map(),
    replication: [],
    tasks: new Map(),
  };
}
