/** Named formats whose body is a property string: their keys, and what PVE checks across keys. */
import type { Param, PropertyFormat } from "../endpoint.ts";
import { perlPattern } from "../perl-pattern.ts";

/** The values of a property string by key, booleans already as "1" and "0". */
export type PropertyValues = Readonly<Record<string, string>>;

/** A property-string format that PVE knows by name. */
export interface NamedPropertyFormat {
  readonly keys: PropertyFormat;
  /** PVE's message when the keys do not go together. */
  readonly check?: (values: PropertyValues) => string | undefined;
}

const flag: Param = { type: "boolean" };
const text: Param = { type: "string" };
const count: Param = { type: "integer", minimum: 0 };
const volume: Param = { type: "string", format: "pve-volume-id" };
const base64: Param = { type: "string", pattern: "[A-Za-z0-9+\\/]+={0,2}" };
const hexId: Param = { type: "string", pattern: "^0x[0-9a-fA-F]{4}$" };
const choice = (...values: string[]): Param => ({ type: "string", enum: values });
const integer = (minimum?: number, maximum?: number): Param => ({
  type: "integer",
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
});

const PCI = "(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?";

/** Flags a single VM may set; custom CPU models may set any (PVE::QemuServer::CPUFlags). */
const VM_CPU_FLAGS = [
  "aes",
  "amd-no-ssb",
  "amd-ssbd",
  "hv-evmcs",
  "hv-tlbflush",
  "ibpb",
  "md-clear",
  "nested-virt",
  "pcid",
  "pdpe1gb",
  "spec-ctrl",
  "ssbd",
  "virt-ssbd",
];
const VM_CPU_FLAG_LIST = `[+-](?:${VM_CPU_FLAGS.join("|")})(?:;[+-](?:${VM_CPU_FLAGS.join("|")}))*`;

function checkVmCpu(values: PropertyValues): string | undefined {
  if (!values.cputype) return "CPU is missing cputype\n";
  if (values.flags && !perlPattern(VM_CPU_FLAG_LIST)?.test(values.flags))
    return `VM-specific CPU flags must be a subset of: ${VM_CPU_FLAGS.join(", ")}\n`;
  return values["reported-model"] === undefined
    ? undefined
    : "Property 'reported-model' not allowed in VM-specific CPU config.\n";
}

function checkPruneBackups(values: PropertyValues): string | undefined {
  const { "keep-all": all, ...others } = values;
  return all === "1" && Object.values(others).some((kept) => Number(kept) > 0)
    ? "keep-all cannot be set together with other options.\n"
    : undefined;
}

const THROUGHPUT: readonly (readonly [suffix: string, fact: Param])[] = [
  ["", { type: "integer" }],
  ["_rd", { type: "integer" }],
  ["_wr", { type: "integer" }],
];

/** The keys that limit a drive's speed: bytes, megabytes and operations a second, with bursts. */
function throttleKeys(): Record<string, Param> {
  const keys: Record<string, Param> = {};
  for (const [suffix, fact] of THROUGHPUT) {
    keys[`bps${suffix}`] = fact;
    keys[`iops${suffix}`] = fact;
    keys[`mbps${suffix}`] = { type: "number" };
    keys[`mbps${suffix}_max`] = { type: "number" };
    keys[`iops${suffix}_max`] = fact;
    for (const unit of ["bps", "iops"]) {
      keys[`${unit}${suffix}_max_length`] = integer(1);
      if (suffix !== "") keys[`${unit}${suffix}_length`] = { ...text, alias: `${unit}${suffix}_max_length` };
    }
  }
  return keys;
}

/** A drive on the IDE bus, also what `cdrom` takes (PVE::QemuServer::Drive). */
const IDE_KEYS: PropertyFormat = {
  file: { type: "string", format: "pve-volume-id-or-qm-path", required: true, defaultKey: true },
  volume: { ...text, alias: "file" },
  media: choice("cdrom", "disk"),
  snapshot: flag,
  cache: choice("none", "writethrough", "writeback", "unsafe", "directsync"),
  format: choice("raw", "qcow", "qed", "qcow2", "vmdk", "cloop"),
  size: { type: "string", format: "disk-size" },
  backup: flag,
  replicate: flag,
  rerror: choice("ignore", "report", "stop"),
  werror: choice("enospc", "ignore", "report", "stop"),
  aio: choice("native", "threads", "io_uring"),
  discard: choice("ignore", "on"),
  detect_zeroes: flag,
  serial: { type: "string", format: "urlencoded", maxLength: 60 },
  shared: flag,
  model: { type: "string", format: "urlencoded", maxLength: 120 },
  ssd: flag,
  wwn: { type: "string", pattern: "(?^:^(0x)[0-9a-fA-F]{16})" },
  ...throttleKeys(),
};

const SYNC_STEPS = "(?:acl|properties|entry)";

/** Facts of PVE::QemuServer, PVE::VZDump::Common, PVE::Storage::Plugin, PVE::Auth::Plugin, PVE::Network::SDN. */
export const PROPERTY_FORMATS: Readonly<Record<string, NamedPropertyFormat>> = {
  "prune-backups": {
    keys: {
      "keep-all": flag,
      "keep-last": count,
      "keep-hourly": count,
      "keep-daily": count,
      "keep-weekly": count,
      "keep-monthly": count,
      "keep-yearly": count,
    },
    check: checkPruneBackups,
  },
  "backup-fleecing": {
    keys: { enabled: { ...flag, defaultKey: true }, storage: { type: "string", format: "pve-storage-id" } },
    check: (values) =>
      values.enabled === "1" && !values.storage
        ? "'storage' parameter is required when 'enabled' is set\n"
        : undefined,
  },
  "backup-performance": { keys: { "max-workers": integer(1, 256), "pbs-entries-max": integer(1) } },
  "proxmox-remote": {
    keys: {
      host: { ...text, required: true },
      port: { type: "integer" },
      apitoken: { ...text, required: true },
      fingerprint: { type: "string", pattern: "([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}" },
    },
  },
  "realm-sync-options": {
    keys: {
      scope: choice("users", "groups", "both"),
      "remove-vanished": { type: "string", pattern: `(?:(?:${SYNC_STEPS};)*${SYNC_STEPS})|none` },
      full: flag,
      "enable-new": flag,
      purge: flag,
    },
  },
  "pve-tfa-config": {
    keys: {
      type: { ...choice("yubico", "oath"), required: true },
      id: text,
      key: text,
      url: text,
      digits: integer(6, 8),
      step: integer(10),
    },
  },
  "pve-sdn-dhcp-range": {
    keys: {
      "start-address": { type: "string", format: "ip", required: true },
      "end-address": { type: "string", format: "ip", required: true },
    },
  },
  "pve-qm-boot": {
    keys: {
      legacy: { type: "string", pattern: "[acdn]{1,4}", defaultKey: true },
      order: { type: "string", format: "pve-qm-bootdev-list" },
    },
  },
  "pve-qm-cicustom": { keys: { meta: volume, network: volume, user: volume, vendor: volume } },
  "pve-qm-ipconfig": {
    keys: {
      ip: { type: "string", format: "pve-ipv4-config" },
      gw: { type: "string", format: "ipv4", requires: "ip" },
      ip6: { type: "string", format: "pve-ipv6-config" },
      gw6: { type: "string", format: "ipv6", requires: "ip6" },
    },
  },
  "pve-qm-watchdog": {
    keys: {
      model: { ...choice("i6300esb", "ib700"), defaultKey: true },
      action: choice("reset", "shutdown", "poweroff", "pause", "debug", "none"),
    },
  },
  "pve-qm-rng": {
    keys: {
      source: { ...choice("/dev/urandom", "/dev/random", "/dev/hwrng"), required: true, defaultKey: true },
      max_bytes: { type: "integer" },
      period: { type: "integer" },
    },
  },
  "pve-qm-smbios1": {
    keys: {
      uuid: { type: "string", pattern: "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}" },
      version: base64,
      serial: base64,
      manufacturer: base64,
      product: base64,
      sku: base64,
      family: base64,
      base64: flag,
    },
  },
  "pve-qm-hostpci": {
    keys: {
      host: { type: "string", pattern: `(?^:${PCI}(;${PCI})*)`, defaultKey: true },
      mapping: { type: "string", format: "pve-configid" },
      rombar: flag,
      romfile: { type: "string", pattern: "[^,;]+" },
      pcie: flag,
      "x-vga": flag,
      "legacy-igd": flag,
      mdev: { type: "string", pattern: "[^/\\.:]+" },
      "vendor-id": hexId,
      "device-id": hexId,
      "sub-vendor-id": hexId,
      "sub-device-id": hexId,
      driver: choice("vfio", "keep"),
    },
  },
  "pve-qm-ide": { keys: IDE_KEYS },
  "pve-vm-cpu-conf": {
    keys: {
      cputype: { ...text, defaultKey: true },
      "reported-model": text,
      hidden: flag,
      "hv-vendor-id": { type: "string", pattern: "[a-zA-Z0-9]{1,12}" },
      flags: { type: "string", pattern: "(?^:[+-][a-zA-Z0-9\\-_\\.]+(;[+-][a-zA-Z0-9\\-_\\.]+)*)" },
      "guest-phys-bits": integer(32, 64),
      "phys-bits": { type: "string", format: "pve-phys-bits" },
      level: integer(0, 4294967295),
    },
    check: checkVmCpu,
  },
  "pve-qemu-sev-fmt": {
    keys: {
      type: { ...choice("std", "es", "snp"), maxLength: 3, required: true, defaultKey: true },
      "no-debug": flag,
      "no-key-sharing": flag,
      "allow-smt": flag,
      "kernel-hashes": flag,
    },
  },
  "pve-qemu-tdx-fmt": {
    keys: {
      type: { ...choice("tdx"), required: true, defaultKey: true },
      // Without `optional` in PVE's own description.
      attestation: { ...flag, required: true },
      "vsock-cid": integer(2),
      "vsock-port": integer(0),
    },
  },
};
