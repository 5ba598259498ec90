import { nameOf } from "./guests.ts";
import type { Guest, GuestAgent, Json } from "./world.ts";

/** What the agent of a Debian 13 says of its system. */
export const DEBIAN = {
  id: "debian",
  name: "Debian GNU/Linux",
  "pretty-name": "Debian GNU/Linux 13 (trixie)",
  version: "13 (trixie)",
  "version-id": "13",
  machine: "x86_64",
  "kernel-release": "6.12.107+deb13-amd64",
  "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1 (2026-08-29)",
};

/** The agent's state inside a guest, made at its first use. */
export function agentOf(guest: Guest): GuestAgent {
  guest.agent ??= {
    hostname: nameOf(guest),
    os: DEBIAN,
    files: new Map([["/etc/hostname", `${nameOf(guest)}\n`]]),
    processes: new Map(),
    frozen: false,
  };
  return guest.agent;
}

/** Supported commands by name; false: the agent knows it and answers without a result. */
const COMMANDS =
  "guest-network-get-route guest-get-load guest-get-cpustats guest-get-diskstats guest-ssh-remove-authorized-keys " +
  "guest-ssh-add-authorized-keys guest-ssh-get-authorized-keys guest-get-osinfo guest-get-timezone guest-get-users " +
  "guest-get-host-name guest-exec guest-exec-status guest-get-memory-block-info guest-set-memory-blocks " +
  "guest-get-memory-blocks guest-set-user-password guest-get-fsinfo guest-get-disks guest-set-vcpus guest-get-vcpus " +
  "guest-network-get-interfaces !guest-suspend-hybrid !guest-suspend-ram !guest-suspend-disk guest-fstrim " +
  "guest-fsfreeze-thaw guest-fsfreeze-freeze-list guest-fsfreeze-freeze guest-fsfreeze-status guest-file-flush " +
  "guest-file-seek guest-file-write guest-file-read guest-file-close guest-file-open !guest-shutdown guest-info " +
  "guest-set-time guest-get-time guest-ping guest-sync guest-sync-delimited";

/** The agent's list of commands (guest-info). */
export const supportedCommands = (): Json =>
  COMMANDS.split(" ").map((name) => ({
    name: name.replace("!", ""),
    enabled: true,
    "success-response": !name.startsWith("!"),
  }));

const COUNTERS = [
  "rx-bytes",
  "rx-packets",
  "rx-errs",
  "rx-dropped",
  "tx-bytes",
  "tx-packets",
  "tx-errs",
  "tx-dropped",
];

function statistics(bytes: number): Json {
  return Object.fromEntries(
    COUNTERS.map((name) => [
      name,
      name.endsWith("bytes") ? bytes : name.endsWith("packets") ? Math.ceil(bytes / 400) : 0,
    ]),
  );
}

function address(cidr: string): Json {
  const [ip = "", prefix = "0"] = cidr.split("/");
  return { "ip-address": ip, "ip-address-type": ip.includes(":") ? "ipv6" : "ipv4", prefix: Number(prefix) };
}

/** Link-local IPv6 address of a MAC (EUI-64). */
export function linkLocal(mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  const eui = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]].map(
    (b) => b ?? 0,
  );
  const groups = [0, 2, 4, 6].map((i) => (((eui[i] ?? 0) << 8) | (eui[i + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(":")}/64`;
}

/** guest-network-get-interfaces: loopback and what the guest reports. */
export function interfaces(guest: Guest, netout: number): Json {
  const lo = {
    name: "lo",
    "hardware-address": "00:00:00:00:00:00",
    "ip-addresses": [address("127.0.0.1/8"), address("::1/128")],
    statistics: statistics(0),
  };
  const others = Object.entries(guest.addresses).map(([name, { mac, ips }]) => ({
    name,
    "hardware-address": mac.toLowerCase(),
    "ip-addresses": [...ips, ...(ips.some((ip) => ip.startsWith("fe80")) ? [] : [linkLocal(mac)])].map(
      address,
    ),
    statistics: statistics(netout),
  }));
  return [lo, ...others];
}

/** Runs a command the way a guest's shell would, as far as echo, exit, cat, hostname, uname and true go. */
export function execute(guest: Guest, command: readonly string[], input: string): Record<string, Json> {
  const agent = agentOf(guest);
  const script =
    /(^|\/)(ba|da)?sh$/.test(command[0] ?? "") && command[1] === "-c" ? (command[2] ?? "") : undefined;
  const lines = script === undefined ? [command.join(" ")] : script.split(/;|&&|\n/);
  let [out, err, exitcode] = ["", "", 0];
  for (const line of lines) {
    const toError = /\s*1?>&2\s*$/.test(line);
    const words = line
      .replace(/\s*1?>&2\s*$/, "")
      .trim()
      .split(/\s+/)
      .filter(Boolean);
    const name = (words[0] ?? "").replace(/^.*\//, "");
    const rest = words
      .slice(1)
      .join(" ")
      .replace(/^(['"])(.*)\1$/, "$2");
    if (name === "exit") {
      exitcode = Number(rest) || 0;
      break;
    }
    const run = BUILTINS[name];
    const printed = run ? run(rest, agent, input) : "";
    if (printed === undefined) {
      err += `${name}: ${rest}: No such file or directory\n`;
      exitcode = 1;
    } else if (toError) err += printed;
    else out += printed;
  }
  return {
    exited: 1,
    exitcode,
    ...(out === "" ? {} : { "out-data": out }),
    ...(err === "" ? {} : { "err-data": err }),
  };
}

const BUILTINS: Readonly<
  Record<string, (rest: string, agent: GuestAgent, input: string) => string | undefined>
> = {
  echo: (rest) => `${rest}\n`,
  cat: (rest, agent, input) => (rest === "" ? input : agent.files.get(rest)),
  hostname: (_, agent) => `${agent.hostname}\n`,
  uname: (rest, agent) =>
    rest === "" ? "Linux\n" : `Linux ${agent.hostname} ${agent.os["kernel-release"] ?? ""}\n`,
  whoami: () => "root\n",
  id: () => "uid=0(root) gid=0(root) groups=0(root)\n",
  ls: (rest, agent) =>
    [...agent.files.keys()]
      .filter((path) => path.startsWith(rest))
      .map((path) => `${path}\n`)
      .join(""),
};
