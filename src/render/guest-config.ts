import type { Block, Cell, Fact, Facts, Format, Table } from "./answer.ts";
import { isForeign } from "./foreign.ts";
import { isSecretName, REDACTED, redactPatterns } from "./redact-patterns.ts";
import { asNumber } from "./units.ts";

/** Which guest a configuration is of. */
export interface GuestIdentity {
  readonly type: "qemu" | "lxc";
  readonly vmid: number;
}

/** A row of `.../pending`: the value now, the value after the next start, or that it goes. */
export interface PendingEntry {
  readonly key: string;
  readonly value?: unknown;
  readonly pending?: unknown;
  /** 1: removed at the next start, 2: by force. */
  readonly delete?: unknown;
}

type Group = "Hardware" | "Disks" | "Network" | "Cloud-init" | "Options" | "Other";
const ORDER: readonly Group[] = ["Hardware", "Disks", "Network", "Cloud-init", "Options", "Other"];

/** Which group a setting belongs to; within a group, settings are shown line by line of this table. */
const GROUPS: readonly (readonly [Group, RegExp])[] = [
  [
    "Hardware",
    /^(?:memory|balloon|shares|swap|cores|sockets|vcpus|cpu|cpulimit|cpuunits|affinity|numa\d*|hugepages)$/,
  ],
  [
    "Hardware",
    /^(?:ostype|arch|machine|bios|kvm|acpi|vga|scsihw|watchdog|amd-sev|intel-tdx|ivshmem|allow-ksm)$/,
  ],
  ["Hardware", /^(?:hostpci|usb|serial|parallel|audio|rng|virtiofs|dev)\d+$/],
  ["Hardware", /^(?:unprivileged|features|tablet|keephugepages|keyboard|args)$/],
  ["Disks", /^(?:rootfs|(?:scsi|virtio|ide|sata|mp)\d+|efidisk0|tpmstate0|vmstatestorage)$/],
  ["Disks", /^(?:unused\d+|cdrom)$/],
  ["Network", /^(?:hostname|net\d+|ipconfig\d+|nameserver|searchdomain)$/],
  ["Cloud-init", /^(?:ciuser|cipassword|citype|cicustom|ciupgrade|sshkeys)$/],
  ["Options", /^(?:name|tags|template|lock|onboot|startup|protection|boot|bootdisk|agent|hotplug)$/],
  ["Options", /^(?:autostart|reboot|freeze|localtime|startdate|hookscript|migrate_downtime|migrate_speed)$/],
  ["Options", /^(?:spice_enhancements|cmode|console|tty|timezone|debug|entrypoint|env)$/],
];

const MIB = new Set(["memory", "balloon", "swap"]);
const FORMATS: Readonly<Record<string, Format>> = Object.fromEntries([
  ...[
    "onboot",
    "protection",
    "template",
    "numa",
    "kvm",
    "acpi",
    "tablet",
    "autostart",
    "reboot",
    "freeze",
  ].map((key) => [key, "flag"] as const),
  ...[
    "localtime",
    "unprivileged",
    "ciupgrade",
    "debug",
    "console",
    "agent",
    "allow-ksm",
    "keephugepages",
  ].map((key) => [key, "flag"] as const),
  ["snaptime", "time"],
]);

/** The notes come as a fenced block, the digest last, the creation time out of `meta`; `vmgenid` tells nobody anything. */
const APART = new Set(["description", "digest", "meta", "vmgenid"]);

function groupOf(key: string): readonly [Group, number] {
  const at = GROUPS.findIndex(([, pattern]) => pattern.test(key));
  return [GROUPS[at]?.[0] ?? "Other", at < 0 ? GROUPS.length : at];
}

function byKey(a: string, b: string): number {
  return groupOf(a)[1] - groupOf(b)[1] || a.localeCompare(b, "en", { numeric: true });
}

/** `sshkeys` is URL-encoded, a key a line: how many, and whose. Public keys are no secrets. */
function sshKeys(value: string): string {
  const names = sshKeyNames(value);
  return `${names.length} public ${names.length === 1 ? "key" : "keys"}: ${names.join(", ")}`;
}

/** Type and comment of each key. */
function sshKeyNames(value: string): string[] {
  let text = value;
  try {
    text = decodeURIComponent(value);
  } catch {
    // Not encoded: taken as it is.
  }
  const keys = text.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("#"));
  return keys.map((line) => {
    const [type = "", , ...comment] = line.trim().split(/\s+/);
    return comment.length > 0 ? `${type} ${comment.join(" ")}` : type;
  });
}

/** A setting's value for a reader. PVE sends numbers, strings, and (raw `lxc` lines) lists of pairs. */
function readable(key: string, value: unknown): Cell {
  if (value === null || value === undefined || value === "") return undefined;
  if (isSecretName(key)) return REDACTED;
  if (Array.isArray(value)) {
    return value.map((item) => redactPatterns(Array.isArray(item) ? item.join(" = ") : String(item)));
  }
  if (typeof value === "object") return redactPatterns(JSON.stringify(value));
  if (typeof value === "number" || typeof value === "boolean") return MIB.has(key) ? mib(value) : value;
  const text = String(value);
  if (MIB.has(key)) return mib(text);
  if (key === "sshkeys") return sshKeys(text);
  if (key === "env") return redactPatterns(text.replaceAll("\0", " "));
  return redactPatterns(text);
}

/** Memory stays in MiB, the unit that PVE takes. */
function mib(value: unknown): string {
  const n = asNumber(value);
  return n === undefined ? String(value) : `${n} MiB`;
}

function formatOf(key: string, value: Cell): Format | undefined {
  const format = FORMATS[key];
  // `agent` and others are a flag or a property string.
  return format === "flag" && !/^[01]$/.test(String(value)) ? undefined : format;
}

/** A key's type and a comment of one word. */
const SSH_NAME = /^(?:ssh|ecdsa|sk)-[\w@.-]+(?: [\x21-\x7e]+)?$/;

/** Whether a person wrote it as they liked: judged before it is made readable, which adds words of ours. */
function isForeignSetting(key: string, value: unknown): boolean {
  if (value === undefined || value === null || isSecretName(key)) return false;
  if (key === "sshkeys") return !sshKeyNames(String(value)).every((name) => SSH_NAME.test(name));
  // Raw `lxc` lines come as pairs.
  return (
    isForeign(key, typeof value === "object" ? JSON.stringify(value) : String(value)) || Array.isArray(value)
  );
}

function fact(key: string, value: unknown): Fact {
  const cell = readable(key, value);
  const format = formatOf(key, cell);
  const foreign = isForeignSetting(key, value) ? ({ foreign: true } as const) : {};
  return { key, value: cell, ...(format === undefined ? {} : { format }), long: true, ...foreign };
}

function pendingTable(pending: readonly PendingEntry[]): Table | undefined {
  const rows = pending
    .filter((entry) => entry.pending !== undefined || Number(entry.delete ?? 0) > 0)
    .map((entry) => ({
      key: entry.key,
      now: readable(entry.key, entry.value),
      after: entry.pending === undefined ? "(removed)" : readable(entry.key, entry.pending),
      isForeign: isForeignSetting(entry.key, entry.value),
      willBeForeign: isForeignSetting(entry.key, entry.pending),
    }))
    .sort((a, b) => byKey(a.key, b.key));
  if (rows.length === 0) return undefined;
  return {
    kind: "table",
    title: "Pending changes (at the next start)",
    columns: [
      { key: "key", label: "setting" },
      { key: "now", foreignFrom: "isForeign" },
      { key: "after", foreignFrom: "willBeForeign" },
    ],
    rows,
  };
}

/**
 * A guest's configuration (`GET .../config`) in blocks: facts by group, pending changes (`GET .../pending`), the
 * notes fenced, and last the digest, which the next write takes. Keys that no group knows are in "Other"; passwords
 * are redacted.
 */
export function configBlocks(
  config: Readonly<Record<string, unknown>>,
  pending: readonly PendingEntry[] | undefined,
  guest: GuestIdentity,
): Block[] {
  const keys = Object.keys(config)
    .filter((key) => !APART.has(key))
    .sort(byKey);
  const created = /\bctime=(\d+)/.exec(String(config.meta ?? ""))?.[1];
  const blocks: Block[] = ORDER.flatMap((title): Facts[] => {
    const facts = keys.filter((key) => groupOf(key)[0] === title).map((key) => fact(key, config[key]));
    if (title === "Other" && created !== undefined) {
      facts.push({ key: "created", value: Number(created), format: "time" });
    }
    return facts.length === 0 ? [] : [{ kind: "facts", title, facts }];
  });
  const changes = pendingTable((pending ?? []).filter((entry) => !APART.has(entry.key)));
  if (changes !== undefined) blocks.push(changes);
  if (typeof config.description === "string" && config.description.trim() !== "") {
    const name = guest.type === "qemu" ? "VM" : "CT";
    blocks.push({
      kind: "untrusted",
      source: `notes of ${name} ${guest.vmid}`,
      text: redactPatterns(config.description),
    });
  }
  if (config.digest !== undefined) {
    blocks.push({ kind: "facts", facts: [{ key: "digest", value: String(config.digest) }] });
  }
  return blocks;
}
