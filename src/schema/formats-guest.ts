/** Settings of guests (PVE::QemuServer, PVE::LXC::Config, PVE::JSONSchema). */
import { matching } from "./formats-id.ts";
import type { FormatCheck } from "./issue.ts";
import { splitList } from "./split-list.ts";

const startupOrder: FormatCheck = (value) =>
  value !== "" &&
  value !== "0" &&
  value.split(",").every((part) => /^(?:\s*|(?:order=)?\d+|up=\d+|down=\d+)$/.test(part))
    ? undefined
    : "unable to parse startup options\n";

const cpuSet: FormatCheck = (value) => {
  const holds = value.split(",").every((part) => {
    const range = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    return range !== null && Number(range[2] ?? range[1]) >= Number(range[1]);
  });
  return holds ? undefined : "unable to parse cpuset option\n";
};

const hotplugFeatures: FormatCheck = (value) => {
  if (value === "0" || value === "1") return undefined;
  const wrong = splitList(value).find(
    (feature) => !/^(?:network|disk|cpu|memory|usb|cloudinit)$/.test(feature),
  );
  return wrong === undefined ? undefined : `invalid hotplug feature '${wrong}'\n`;
};

/** How many drives of a bus a VM may have (PVE::QemuServer::Drive). */
const DRIVES: Readonly<Record<string, number>> = {
  ide: 4,
  scsi: 31,
  virtio: 16,
  sata: 6,
  efidisk: 1,
  tpmstate: 1,
};

/** What else a VM can boot from. */
const OTHER_BOOT_DEVICES: Readonly<Record<string, number>> = { net: 32, usb: 14, hostpci: 16 };

function isDevice(value: string, counts: Readonly<Record<string, number>>): boolean {
  const [, base = "", index = ""] = /^([a-z]+)(0|[1-9]\d*)$/.exec(value) ?? [];
  return Object.hasOwn(counts, base) && Number(index) < (counts[base] ?? 0);
}

const bootDisk: FormatCheck = (value) =>
  isDevice(value, DRIVES) ? undefined : `invalid boot disk '${value}'\n`;

const bootDevice: FormatCheck = (value) => {
  const special = value.startsWith("efidisk") || value.startsWith("tpmstate");
  return (isDevice(value, DRIVES) && !special) || isDevice(value, OTHER_BOOT_DEVICES)
    ? undefined
    : `invalid boot device '${value}'\n`;
};

const physBits: FormatCheck = (value) =>
  value === "host" || (/^\d{1,2}$/.test(value) && Number(value) >= 8 && Number(value) <= 64)
    ? undefined
    : "value must be an integer between 8 and 64 or 'host'\n";

const mountPath: FormatCheck = (value) =>
  /\/\.\.?(?:\/|$)|^\.\.\//.test(value) ? `${value} contains illegal character sequences\n` : undefined;

const devicePath: FormatCheck = (value) =>
  /\/\.\.?(?:\/|$)/.test(value) || !value.startsWith("/dev/")
    ? `${value} is not a valid device path\n`
    : undefined;

/** Loosely: which zones exist is the node's to say. */
const timeZone: FormatCheck = (value) =>
  /^[A-Za-z][\w+-]*(?:\/[A-Za-z][\w+-]*){0,2}$/.test(value) ? undefined : `invalid time zone '${value}'\n`;

export const GUEST_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-startup-order": startupOrder,
  "pve-cpuset": cpuSet,
  "pve-hotplug-features": hotplugFeatures,
  "pve-qm-bootdisk": bootDisk,
  "pve-qm-bootdev": bootDevice,
  "pve-phys-bits": physBits,
  "pve-tag": matching(/^[a-z0-9_][a-z0-9_\-+.]*$/i, "invalid characters in tag"),
  "pve-lxc-mp-string": mountPath,
  "pve-lxc-dev-string": devicePath,
  "pve-ct-timezone": timeZone,
  timezone: timeZone,
  urlencoded: matching(/^[-%a-zA-Z0-9_.!~*'()]*$/, (value) => `invalid urlencoded string: ${value}`),
  "pve-day-of-week": matching(/^(?:mon|tue|wed|thu|fri|sat|sun)$/, (value) => `invalid day '${value}'`),
  string: () => undefined,
};
