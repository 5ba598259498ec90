import type { Row } from "../../pve/data.ts";
import { asNumber } from "../../render/units.ts";
import { splitList } from "../../schema/split-list.ts";
import { CONFIG_ROUTE, diskOf, type GuestType, isUnusedKey } from "./guest-disk.ts";
import { factOf, propertiesOf, settingText } from "./setting-value.ts";

/** When a running guest takes a change: at once, or when it starts the next time. */
export interface Timing {
  readonly when: "now" | "reboot";
  /** PVE answers with an error and keeps the change for the next start. */
  readonly fails?: string;
}

const NOW: Timing = { when: "now" };
const REBOOT: Timing = { when: "reboot" };
const nowIf = (can: boolean): Timing => (can ? NOW : REBOOT);

/** Settings that a running guest takes whatever it is (PVE::QemuServer fast_plug_option, PVE::LXC::Config). */
const FAST: Readonly<Record<GuestType, ReadonlySet<string>>> = {
  qemu: new Set(
    "description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags vmstatestorage cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys vmstate cpulimit cpuunits".split(
      " ",
    ),
  ),
  lxc: new Set(
    "description onboot startup protection hostname hookscript cores tags lock memory swap cpulimit cpuunits".split(
      " ",
    ),
  ),
};

type Feature = "network" | "disk" | "cpu" | "memory" | "usb" | "cloudinit";

/** What a VM's `hotplug` allows (PVE::QemuServer parse_hotplug_features); `1` and nothing are the default. */
function hotplugFeatures(now: Row): ReadonlySet<string> {
  const text = settingText(now.hotplug) || "1";
  if (text === "0") return new Set();
  return new Set(splitList(text === "1" ? settingText(factOf(CONFIG_ROUTE.qemu, "hotplug")?.default) : text));
}

/** A change of one setting of a running guest; `after` undefined: it is deleted. */
interface LiveChange {
  readonly type: GuestType;
  /** What is in force now. */
  readonly now: Row;
  readonly key: string;
  readonly after?: string;
}

/**
 * When a running guest takes a change, by vmconfig_hotplug_pending of PVE::QemuServer and PVE::LXC::Config. What the
 * hardware of the guest answers when it is asked to give a device back, nobody can tell beforehand.
 */
export function timingOf(change: LiveChange): Timing {
  const { type, key } = change;
  if (FAST[type].has(key) || (isUnusedKey(key) && change.after === undefined)) return NOW;
  if (type === "lxc") return containerTiming(change);
  const rule = RULES.find(([pattern]) => pattern.test(key))?.[1];
  return rule === undefined ? REBOOT : rule(change, (feature) => hotplugFeatures(change.now).has(feature));
}

function containerTiming({ now, key, after }: LiveChange): Timing {
  // Of a device that goes, PVE reads a number of one digit only.
  if (/^net\d+$/.test(key)) return nowIf(after !== undefined || /^net\d$/.test(key));
  return nowIf(/^(?:mp|dev)\d+$/.test(key) && after !== undefined && now[key] === undefined);
}

type Rule = (change: LiveChange, has: (feature: Feature) => boolean) => Timing;

/** Settings of VMs by what decides. */
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^ipconfig\d+$/, () => NOW],
  [/^hotplug$/, ({ now, after = "" }) => nowIf(!/cpu|memory/.test(`${settingText(now.hotplug)} ${after}`))],
  [/^tablet$/, (_, has) => nowIf(has("usb"))],
  [/^usb\d+$/, ({ now }, has) => nowIf(has("usb") && takesUsb(now))],
  [/^vcpus$/, (_, has) => nowIf(has("cpu"))],
  // PVE does not start a VM that has memory hotplug without NUMA.
  [/^memory$/, ({ now }, has) => nowIf(has("memory") && settingText(now.numa) === "1")],
  [/^balloon$/, balloonTiming],
  [/^net\d+$/, netTiming],
  [/^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/, driveTiming],
  [/^agent$/, agentTiming],
];

/** Linux and Windows from 8 on, with a machine of QEMU 7.1 or newer. */
function takesUsb(now: Row): boolean {
  const windows = /^win(\d+)$/.exec(settingText(now.ostype))?.[1];
  const [, major = "99", minor = "0"] = /-(\d+)\.(\d+)/.exec(settingText(now.machine)) ?? [];
  const isRecent = Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 1);
  return isRecent && (now.ostype === "l26" || Number(windows ?? 0) > 7);
}

/** The ballooning device itself cannot be added or taken away: 0 is without it. */
function balloonTiming({ now, after }: LiveChange): Timing {
  const isOn = (value: unknown): boolean => asNumber(value) !== 0;
  return nowIf(after === undefined ? isOn(now.balloon) : isOn(now.balloon) === isOn(after));
}

/** Bridge, VLAN, rate and link are changed live; another card, MAC address, queues or MTU are another device. */
function netTiming({ now, key, after }: LiveChange, has: (feature: Feature) => boolean): Timing {
  const fact = factOf(CONFIG_ROUTE.qemu, key);
  const before = propertiesOf(fact, settingText(now[key]));
  const wanted = after === undefined ? undefined : propertiesOf(fact, after);
  const same =
    before?.bridge !== undefined &&
    wanted?.bridge !== undefined &&
    ["model", "macaddr", "queues", "mtu"].every((name) => (before[name] ?? "") === (wanted[name] ?? ""));
  return nowIf(same || has("network"));
}

/** Options of a drive that the guest sees only when it starts (PVE::QemuServer vmconfig_update_disk). */
const FIXED = ["aio", "discard", "iothread", "queues", "product", "cache", "ssd", "vendor", "ro"];

function driveTiming(change: LiveChange, has: (feature: Feature) => boolean): Timing {
  const { now, key, after } = change;
  if (/^(?:efidisk|tpmstate)/.test(key)) return REBOOT;
  const before = diskOf("qemu", key, now[key]);
  const plugs = has("disk") && !/^(?:ide|sata)/.test(key);
  if (after === undefined) return plugs ? unplugged(change) : REBOOT;
  const wanted = diskOf("qemu", key, after);
  if (!wanted || !before) return nowIf(plugs);
  if ((before.kind === "disk") !== (wanted.kind === "disk"))
    return { when: "reboot", fails: "unable to change media type" };
  // Another medium in the drive.
  if (before.kind !== "disk") return NOW;
  if (before.volume !== wanted.volume) return plugs ? unplugged(change) : REBOOT;
  return nowIf(FIXED.every((name) => (before.options[name] ?? "") === (wanted.options[name] ?? "")));
}

/** A disk that the VM boots from cannot be taken from it (vm_deviceunplug, get_bootdisks). */
function unplugged({ now, key }: LiveChange): Timing {
  return bootOrder(now).includes(key) ? { when: "reboot", fails: `can't unplug bootdisk '${key}'` } : NOW;
}

/** The devices of a VM's boot order; none where it has another kind of order. */
export function bootOrder(now: Row): readonly string[] {
  const order = propertiesOf(factOf(CONFIG_ROUTE.qemu, "boot"), settingText(now.boot))?.order;
  if (order !== undefined) return splitList(order);
  return now.bootdisk === undefined ? [] : [settingText(now.bootdisk)];
}

/** Only trimming after copies is read anew each time (vmconfig_update_agent). */
function agentTiming({ now, after }: LiveChange): Timing {
  const fact = factOf(CONFIG_ROUTE.qemu, "agent");
  const before = propertiesOf(fact, settingText(now.agent));
  const wanted = after === undefined ? undefined : propertiesOf(fact, after);
  if (!before || !wanted) return REBOOT;
  const names = new Set([...Object.keys(before), ...Object.keys(wanted)]);
  names.delete("fstrim_cloned_disks");
  return nowIf([...names].every((name) => before[name] === wanted[name]));
}
