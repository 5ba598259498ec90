import { summaryOf } from "../summaries/summaries.ts";
import { ACCESS_KEYWORDS } from "./keywords-access.ts";
import { CLUSTER_KEYWORDS } from "./keywords-cluster.ts";
import { FIREWALL_KEYWORDS } from "./keywords-firewall.ts";
import { GUEST_KEYWORDS, KIND_KEYWORDS } from "./keywords-guests.ts";
import { NODE_KEYWORDS } from "./keywords-nodes.ts";
import { CEPH_KEYWORDS, STORAGE_KEYWORDS } from "./keywords-storage.ts";

const BY_ROUTE = new Map<string, string>(
  [ACCESS_KEYWORDS, CLUSTER_KEYWORDS, KIND_KEYWORDS, NODE_KEYWORDS, STORAGE_KEYWORDS, CEPH_KEYWORDS].flatMap(
    (table) => Object.entries(table),
  ),
);
const BY_GUEST_TAIL = new Map<string, string>(Object.entries(GUEST_KEYWORDS));
const BY_FIREWALL_TAIL = new Map<string, string>(Object.entries(FIREWALL_KEYWORDS));

/** Words that everything below a path is also asked by. */
const AREAS: readonly (readonly [prefix: string, words: string])[] = [
  ["/access/domains", "authentication login ldap ad openid"],
  ["/access/tfa", "two factor login"],
  ["/cluster/acme", "let's encrypt certificate tls ssl"],
  ["/cluster/backup", "backup job"],
  ["/cluster/firewall", "datacenter"],
  ["/cluster/ha", "high availability failover"],
  ["/cluster/mapping/dir", "virtiofs shared folder"],
  ["/cluster/mapping/pci", "gpu graphics card hostpci"],
  ["/cluster/mapping/usb", "usb device"],
  ["/cluster/metrics", "monitoring external"],
  ["/cluster/notifications", "alert mail notify"],
  ["/cluster/notifications/endpoints/smtp", "email mail server"],
  ["/cluster/notifications/endpoints/sendmail", "email mail"],
  ["/cluster/notifications/endpoints/gotify", "push"],
  ["/cluster/notifications/endpoints/webhook", "slack discord teams telegram http"],
  ["/cluster/replication", "replication dr"],
  ["/cluster/sdn", "sdn software defined network"],
  ["/cluster/sdn/controllers", "bgp evpn router"],
  ["/cluster/sdn/vnets", "virtual network"],
  ["/cluster/config", "corosync cluster"],
  ["/nodes/{node}/apt", "packages software update"],
  ["/nodes/{node}/ceph", "ceph"],
  ["/nodes/{node}/certificates", "tls ssl https"],
  ["/nodes/{node}/disks", "physical disk drive local"],
  ["/nodes/{node}/network", "bridge interface"],
  ["/nodes/{node}/qemu/{vmid}/agent", "inside guest"],
  ["/nodes/{node}/qemu", "vm"],
  ["/nodes/{node}/lxc", "container"],
];

/** What a name in a path stands for, where operators do not say it so. */
export const SEGMENT_WORDS: Readonly<Record<string, string>> = {
  aplinfo: "appliance",
  cfg: "config",
  domains: "realm",
  extractconfig: "extract config",
  fs: "cephfs",
  initgpt: "init gpt",
  migrateall: "migrate all",
  mon: "mon monitor",
  netstat: "network traffic",
  prunebackups: "retention backup",
  rrd: "graph",
  rrddata: "usage history",
  sendkey: "send key",
  spiceproxy: "spice console",
  spiceshell: "spice shell",
  startall: "start all",
  stopall: "stop all",
  suspendall: "suspend all",
  syslog: "syslog log",
  termproxy: "terminal",
  vncproxy: "vnc console",
  vncshell: "vnc shell",
  wipedisk: "wipe disk",
};

/** Routes that are seldom what a person means, by what our summary says of them. */
const SELDOM: readonly (readonly [RegExp, number])[] = [
  [/^List the sub-paths/, 0.3],
  [/used by PVE itself|placeholder|joins call it themselves/, 0.3],
  [/by WebSocket$/, 0.4],
  [/\(deprecated/, 0.45],
  [/as PNG/, 0.5],
  [/raw status/, 0.6],
];
/** Routes a twin of which is wanted more often. */
const SECOND: Readonly<Record<string, number>> = {
  "POST /nodes/{node}/qemu/{vmid}/agent": 0.5,
  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown": 0.6,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk": 0.6,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid": 0.45,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram": 0.5,
  "POST /nodes/{node}/qemu/{vmid}/config": 0.97,
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate": 0.5,
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-blocks": 0.7,
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-block-info": 0.6,
  "GET /nodes/{node}/ceph/status": 0.9,
  "POST /access/vncticket": 0.5,
  "POST /nodes/{node}/execute": 0.7,
};
/** One item of a list is asked for less often than the list. */
const ONE_ITEM = 0.88;

const tailAfter = (route: string, path: RegExp): string | undefined => {
  const match = path.exec(route);
  return match ? `${match[1]} ${match[2]}` : undefined;
};

/** Words an operator may use for a route beyond those of its path and summary. */
export function keywordsOf(route: string): string {
  const guest = tailAfter(route, /^([A-Z]+) \/nodes\/\{node\}\/(?:qemu|lxc)\/\{vmid\}(.*)$/);
  const firewall = tailAfter(route, /^([A-Z]+) \/.*\/firewall(.*)$/);
  return [
    BY_ROUTE.get(route),
    guest === undefined ? undefined : BY_GUEST_TAIL.get(guest),
    firewall === undefined ? undefined : BY_FIREWALL_TAIL.get(firewall),
  ]
    .filter((words) => words !== undefined)
    .join(" ");
}

/** Words that everything in the route's area may be asked by; they count less. */
export function areaWordsOf(route: string): string {
  const path = route.slice(route.indexOf("/"));
  return AREAS.filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
    .map(([, words]) => words)
    .join(" ");
}

/** How likely anybody wants a route at all: 1 for most, less for indexes, deprecated forms and rare twins. */
export function priorOf(route: string): number {
  const summary = summaryOf(route) ?? "";
  const seldom = SELDOM.find(([pattern]) => pattern.test(summary))?.[1] ?? 1;
  const item = /^GET .*\}$/.test(route) && !summary.startsWith("List ") ? ONE_ITEM : 1;
  return seldom * item * (SECOND[route] ?? 1);
}
