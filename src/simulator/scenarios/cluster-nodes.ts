import { builtinServices, NOT_INSTALLED } from "../builtin.ts";
import type { Rng } from "../rng.ts";
import type { Json, Node, World } from "../world.ts";
import { NO_SPACE, nightly } from "./cluster-storages.ts";

const GIB = 1024 ** 3;
const DAY = 86400;

interface Plan {
  readonly name: string;
  readonly id: number;
  readonly memory: number;
  /** Memory in GiB that is used besides the guests: Ceph, the file system cache it pins, the host itself. */
  readonly base: number;
  readonly cpu: number;
  readonly days: number;
}

const PLANS: readonly Plan[] = [
  { name: "pve1", id: 1, memory: 64, base: 6, cpu: 0.06, days: 42 },
  { name: "pve2", id: 2, memory: 64, base: 6, cpu: 0.05, days: 42 },
  // More memory promised than there is: this node is under pressure.
  { name: "pve3", id: 3, memory: 32, base: 11, cpu: 0.09, days: 40 },
];

function network(id: number): Map<string, Record<string, Json>> {
  const manual = { method: "manual", method6: "manual", families: ["inet"], active: 1 };
  const nic = { ...manual, type: "eth", exists: 1 };
  const bridge = {
    ...manual,
    type: "bridge",
    autostart: 1,
    bridge_stp: "off",
    bridge_fd: "0",
  };
  const address = `192.0.2.${10 + id}`;
  return new Map<string, Record<string, Json>>([
    ["nic0", { ...nic, priority: 3 }],
    ["nic1", { ...nic, priority: 4 }],
    [
      "vmbr0",
      {
        ...bridge,
        method: "static",
        address,
        netmask: "24",
        cidr: `${address}/24`,
        gateway: "192.0.2.1",
        bridge_ports: "nic0",
        priority: 5,
        comments: "guests and management\n",
      },
    ],
    [
      "vmbr1",
      {
        ...bridge,
        bridge_ports: "nic1",
        bridge_vlan_aware: 1,
        bridge_vids: "2-4094",
        priority: 6,
        comments: "storage network\n",
      },
    ],
  ]);
}

type Line = readonly [hoursAgo: number, service: string, text: string];

const EVERYWHERE: readonly Line[] = [
  [23.4, "systemd-journald", "systemd-journald[412]: Data hash table of /var/log/journal is compacted"],
  [20.1, "pvedaemon", "pvedaemon[1391]: <root@pam> successful auth for user 'root@pam'"],
  [14.2, "cron", "CRON[48213]: (root) CMD (cd / && run-parts --report /etc/cron.hourly)"],
  [9.7, "chrony", "chronyd[802]: Selected source 192.0.2.1 (ntp.example.com)"],
  [6.5, "pveproxy", "pveproxy[1420]: worker 88121 finished"],
  [6.5, "pveproxy", "pveproxy[1420]: starting 1 worker(s)"],
  [3.2, "pvescheduler", "pvescheduler[1533]: replication: nothing to do"],
  [1.1, "sshd", "sshd[90412]: Accepted publickey for root from 192.0.2.5 port 51514 ssh2: ED25519"],
];

const OF_NODE: Readonly<Record<string, readonly Line[]>> = {
  pve1: [
    [11.8, "pvedaemon", "pvedaemon[1391]: start VM 107: UPID:pve1:qmstart:107"],
    [
      2.4,
      "pveproxy",
      "pveproxy[88121]: authentication failure; rhost=203.0.113.77 user=root@pam msg=Authentication failure",
    ],
    [
      2.3,
      "pveproxy",
      "pveproxy[88121]: authentication failure; rhost=203.0.113.77 user=admin@pve msg=no such user ('admin@pve')",
    ],
  ],
  pve2: [
    [8.9, "corosync", "corosync[1302]:   [KNET  ] link: host: 3 link: 0 is down"],
    [8.89, "corosync", "corosync[1302]:   [KNET  ] link: Resetting MTU for link 0 because host 3 joined"],
    [0.6, "pve-ha-crm", "pve-ha-crm[1488]: status change slave => wait_for_quorum => slave"],
  ],
  pve3: [
    [5.4, "pvestatd", "pvestatd[1402]: status update time (6.213 seconds)"],
    [2.2, "ksmtuned", "ksmtuned[977]: ksm is active, 412000 pages shared"],
    [1.7, "kernel", "kernel: oom-kill:constraint=CONSTRAINT_MEMCG,task=grafana-server,pid=22873,uid=100472"],
    [
      1.7,
      "kernel",
      "kernel: Memory cgroup out of memory: Killed process 22873 (grafana-server) total-vm:2914332kB",
    ],
    [0.3, "pvestatd", "pvestatd[1402]: status update time (8.040 seconds)"],
  ],
};

const FAILED_BACKUP = [
  `pvescheduler[1533]: ERROR: Backup of VM 102 failed - ${NO_SPACE}`,
  "pvescheduler[1533]: INFO: Backup job finished with errors",
];

function syslog(name: string, now: number): Node["syslog"] {
  const lines = [...EVERYWHERE, ...(OF_NODE[name] ?? [])].map(([hours, service, text]) => ({
    time: Math.trunc(now - hours * 3600),
    service,
    text,
  }));
  const backup = name === "pve3" ? FAILED_BACKUP : [];
  return [
    ...lines,
    ...backup.map((text) => ({ time: nightly(now, 0) + 80, service: "pvescheduler", text })),
  ].sort((a, b) => a.time - b.time);
}

/** The demo's three nodes. @param now Unix seconds. */
export function demoNodes(now: number, rng: Rng): Map<string, Node> {
  return new Map(
    PLANS.map((plan): [string, Node] => [
      plan.name,
      {
        name: plan.name,
        id: plan.id,
        ip: `192.0.2.${10 + plan.id}`,
        online: true,
        cpus: 16,
        memory: plan.memory * GIB,
        rootfs: { total: 94 * GIB, used: (17 + plan.id) * GIB },
        booted: Math.trunc(now - plan.days * DAY - plan.id * 311),
        load: { cpu: plan.cpu, baseMemory: plan.base * GIB },
        fingerprint: (rng.hex(64).toUpperCase().match(/../g) ?? []).join(":"),
        dns: { search: "example.com", dns1: "192.0.2.200", dns2: "192.0.2.1" },
        timezone: "Etc/UTC",
        services: builtinServices(NOT_INSTALLED),
        syslog: syslog(plan.name, now),
        network: network(plan.id),
      },
    ]),
  );
}

/** Entries of the cluster log. */
export function demoClusterLog(now: number): World["clusterLog"] {
  const entry = (hours: number, node: string, tag: string, user: string, msg: string, pri = 6) => ({
    time: Math.trunc(now - hours * 3600),
    node,
    tag,
    user,
    msg,
    pri,
    pid: 1000 + Math.trunc(hours * 10),
  });
  return [
    entry(30, "pve1", "cluster", "root", "starting cluster log"),
    entry(20.1, "pve1", "pvedaemon", "root@pam", "successful auth for user 'root@pam'"),
    entry(11.8, "pve1", "pvedaemon", "root@pam", "starting task UPID:pve1:qmstart:107"),
    {
      ...entry(0, "pve3", "pvescheduler", "root@pam", "end task vzdump: job errors", 3),
      time: nightly(now, 0) + 80,
    },
    entry(2.4, "pve1", "pveproxy", "root@pam", "authentication failure; rhost=203.0.113.77", 4),
  ].sort((a, b) => a.time - b.time);
}
