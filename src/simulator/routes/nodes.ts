import { defined, index, list, need, settings, splitList, text } from "../args.ts";
import { assertDigest, digestOf } from "../digest.ts";
import { hasStats, nodeFigures } from "../figures.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { Json, Node, World } from "../world.ts";

const KERNEL = { release: "6.17.13-1-pve", version: "#1 SMP PREEMPT_DYNAMIC PMX 6.17.13-1" };
const SWAP = 8 * 1024 ** 3;
const CPU_FLAGS =
  "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx " +
  "pdpe1gb rdtscp lm constant_tsc rep_good nopl cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 popcnt aes xsave " +
  "avx f16c rdrand lahf_lm svm abm sse4a avx2 bmi1 bmi2 rdseed adx sha_ni";

/** The node a call names; the proxy has checked that it exists (`localhost` is the first one). */
export function nodeOfCall(call: SimCall): Node {
  const found = call.world.nodes.get(need(call, "node")) ?? [...call.world.nodes.values()][0];
  return found ?? die("no nodes");
}

/** One row of GET /nodes (PVE::API2Tools::extract_node_stats); `full` says whether the caller may see figures. */
export function nodeRow(world: World, node: Node, now: number, full: boolean): Record<string, Json> {
  const row = {
    id: `node/${node.name}`,
    node: node.name,
    type: "node",
    status: node.online ? "online" : "offline",
  };
  if (!hasStats(world, now)) return { ...row, status: "unknown" };
  if (!node.online) return row;
  const figures = nodeFigures(world, node, now);
  const limits = { maxcpu: node.cpus, maxmem: node.memory, maxdisk: node.rootfs.total };
  return { ...row, level: "", ...(full ? { ...figures, disk: node.rootfs.used, ...limits } : {}) };
}

function status(call: SimCall): Json {
  const node = nodeOfCall(call);
  const { version, repoid } = call.version;
  const { cpu, mem, uptime } = nodeFigures(call.world, node, call.now);
  const load = cpu * node.cpus;
  const swapped = mem > node.memory * 0.9 ? Math.trunc(SWAP * 0.4) : 0;
  return {
    uptime,
    cpu,
    wait: cpu * 0.03,
    idle: 0,
    loadavg: [load, load * 0.9, load * 0.85].map((value) => value.toFixed(2)),
    memory: {
      total: node.memory,
      used: mem,
      free: Math.trunc((node.memory - mem) * 0.6),
      available: node.memory - mem,
    },
    swap: { total: SWAP, used: swapped, free: SWAP - swapped },
    rootfs: {
      total: node.rootfs.total,
      used: node.rootfs.used,
      free: node.rootfs.total - node.rootfs.used,
      avail: Math.trunc((node.rootfs.total - node.rootfs.used) * 0.95),
    },
    cpuinfo: {
      cpus: node.cpus,
      cores: Math.max(1, Math.trunc(node.cpus / 2)),
      sockets: 1,
      model: "AMD EPYC 7313P 16-Core Processor",
      vendor: "AuthenticAMD",
      family: "25",
      mhz: "2994.375",
      flags: CPU_FLAGS,
      hvm: "1",
      user_hz: 100,
    },
    ksm: { shared: 0 },
    "boot-info": { mode: "legacy-bios" },
    kversion: `Linux ${KERNEL.release} ${KERNEL.version}`,
    "current-kernel": { sysname: "Linux", machine: "x86_64", ...KERNEL },
    pveversion: `pve-manager/${version}/${repoid}`,
  };
}

/** Seconds a time zone is ahead of UTC; undefined for a zone that does not exist. */
function offsetOf(timezone: string, now: number): number | undefined {
  try {
    const local = new Date(now * 1000).toLocaleString("en-US", { timeZone: timezone, hourCycle: "h23" });
    return Math.round((Date.parse(`${local} UTC`) - Math.trunc(now) * 1000) / 1000);
  } catch {
    return undefined;
  }
}

function hostsOf(node: Node): string {
  const domain = node.dns.search ?? "local";
  return node.hosts ?? `127.0.0.1 localhost\n${node.ip} ${node.name}.${domain} ${node.name}\n`;
}

const CHILDREN =
  "aplinfo apt capabilities ceph certificates config disks dns firewall hardware hosts journal lxc migrateall netstat " +
  "network qemu query-oci-repo-tags query-url-metadata replication report rrd rrddata scan sdn services spiceshell " +
  "startall status stopall storage subscription suspendall syslog tasks termproxy time version vncshell vzdump wakeonlan";

/** Nodes and their settings (PVE::API2::Nodes, ::NodeConfig, ::Subscription). */
export const nodeRoutes: Handlers = {
  "GET /nodes": (call) =>
    [...call.world.nodes.values()].map((node) => ({
      ...nodeRow(call.world, node, call.now, call.may(`/nodes/${node.name}`, "Sys.Audit")),
      ssl_fingerprint: node.fingerprint,
    })),
  "GET /nodes/{node}": () => index("name", CHILDREN),
  "GET /nodes/{node}/status": status,
  "GET /nodes/{node}/version": (call) => ({ ...call.version }),
  "POST /nodes/{node}/status": (call) => {
    const node = nodeOfCall(call);
    const shutdown = need(call, "command") === "shutdown";
    for (const guest of call.world.guests.values()) if (guest.node === node.name) guest.status = "stopped";
    if (shutdown) node.online = false;
    return null;
  },
  "POST /nodes/{node}/wakeonlan": (call) => {
    const mac = nodeOfCall(call).config?.wakeonlan;
    return typeof mac === "string"
      ? mac
      : die("Cannot perform wakeonlan. No wakeonlan MAC address defined in config");
  },

  "GET /nodes/{node}/dns": (call) => ({ ...nodeOfCall(call).dns }),
  "PUT /nodes/{node}/dns": (call) => {
    nodeOfCall(call).dns = Object.fromEntries(
      Object.entries(settings(call)).map(([key, value]) => [key, String(value)]),
    );
    return null;
  },
  "GET /nodes/{node}/time": (call) => {
    const { timezone } = nodeOfCall(call);
    const time = Math.trunc(call.now);
    return { time, localtime: time + (offsetOf(timezone, call.now) ?? 0), timezone };
  },
  "PUT /nodes/{node}/time": (call) => {
    const timezone = need(call, "timezone");
    if (offsetOf(timezone, call.now) === undefined) badParams({ timezone: "No such timezone" });
    nodeOfCall(call).timezone = timezone;
    return null;
  },
  "GET /nodes/{node}/hosts": (call) => {
    const data = hostsOf(nodeOfCall(call));
    return { data, digest: digestOf(data) };
  },
  "POST /nodes/{node}/hosts": (call) => {
    const node = nodeOfCall(call);
    assertDigest(call, digestOf(hostsOf(node)));
    node.hosts = need(call, "data");
    return null;
  },
  "GET /nodes/{node}/config": (call) => {
    const config = nodeOfCall(call).config ?? {};
    return Object.keys(config).length > 0 ? { ...config, digest: digestOf(config) } : {};
  },
  "PUT /nodes/{node}/config": (call) => {
    const node = nodeOfCall(call);
    const config = node.config ?? {};
    assertDigest(call, digestOf(config));
    const dropped = splitList(text(call, "delete") ?? "");
    const changes = settings(call);
    if (typeof changes.description === "string" && changes.description !== "")
      changes.description = `${changes.description.trimEnd()}\n`;
    node.config = Object.fromEntries(
      Object.entries({ ...config, ...changes }).filter(([key]) => !dropped.includes(key)),
    );
    return null;
  },
  "GET /nodes/{node}/subscription": (call) => ({
    status: "notfound",
    message: "There is no subscription key",
    serverid: digestOf(nodeOfCall(call).name).slice(0, 32).toUpperCase(),
    url: "https://www.proxmox.com/en/proxmox-virtual-environment/pricing",
  }),
  "PUT /nodes/{node}/subscription": () => null,
  "POST /nodes/{node}/subscription": () => null,
  "DELETE /nodes/{node}/subscription": () => null,
  "GET /nodes/{node}/report": (call) => report(call),
  "GET /nodes/{node}/netstat": (call) =>
    [...call.world.guests.values()]
      .filter((guest) => guest.node === need(call, "node") && guest.status === "running")
      .flatMap((guest) =>
        Object.keys(guest.config)
          .filter((key) => /^net\d+$/.test(key))
          .map((dev) => ({
            vmid: guest.vmid,
            dev,
            in: String(Math.trunc(guest.load.net * (call.now - (guest.started ?? call.now)))),
            out: String(Math.trunc(guest.load.net * 0.6 * (call.now - (guest.started ?? call.now)))),
          })),
      ),
  "GET /nodes/{node}/query-url-metadata": (call) =>
    defined<Json>({ filename: need(call, "url").split("/").pop(), size: 1024 ** 3, mimetype: undefined }),
  "GET /nodes/{node}/query-oci-repo-tags": (call) =>
    list(call, "reference").length > 0 ? ["latest", "stable"] : [],
};

function report(call: SimCall): string {
  const node = nodeOfCall(call);
  const { version, repoid } = call.version;
  return [
    "==== general system info ====",
    "",
    "# hostname",
    node.name,
    "",
    "# pveversion --verbose",
    `pve-manager: ${version} (running version: ${version}/${repoid})`,
    `kernel: ${KERNEL.release}`,
    "",
    "# cat /etc/hosts",
    hostsOf(node),
    "==== info about storage ====",
    "",
    "# cat /etc/pve/storage.cfg",
    ...[...call.world.storages.values()].map(({ type, storage }) => `${type}: ${storage}`),
    "",
  ].join("\n");
}
