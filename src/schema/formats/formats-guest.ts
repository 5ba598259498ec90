/** Settings of guests (PVE::QemuServer, PVE::LXC::Config, PVE::JSONSchema). */
import { deviceKind } from "../device-count.ts";
import type { FormatCheck } from "../issue.ts";
import { splitList } from "../split-list.ts";
import { matching } from "./formats-id.ts";

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

const DISKS = ["ide", "scsi", "virtio", "sata"];
/** What `bootdisk` takes: any drive there is (PVE::QemuServer::Drive). */
const DRIVES: ReadonlySet<string> = new Set([...DISKS, "efidisk", "tpmstate"]);
/** What a VM can boot from. */
const BOOTABLE: ReadonlySet<string> = new Set([...DISKS, "net", "usb", "hostpci"]);

const oneOf =
  (kinds: ReadonlySet<string>, what: string): FormatCheck =>
  (value) =>
    kinds.has(deviceKind(value) ?? "") ? undefined : `invalid boot ${what} '${value}'\n`;

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

/** Checks of guest formats by PVE's name. */
export const GUEST_FORMATS: Readonly<Record<string, FormatCheck>> = {
  "pve-startup-order": startupOrder,
  "pve-cpuset": cpuSet,
  "pve-hotplug-features": hotplugFeatures,
  "pve-qm-bootdisk": oneOf(DRIVES, "disk"),
  "pve-qm-bootdev": oneOf(BOOTABLE, "device"),
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
