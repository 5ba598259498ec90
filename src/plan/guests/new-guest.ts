import type { Guest } from "../../pve/guests.ts";
import { diskOf, type GuestDisk, type GuestType, isDiskKey } from "../difference/guest-disk.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-parameter.ts";
import type { Step } from "../topic.ts";
import { listed, when } from "../wording.ts";
import { nameOfVmid } from "./guest-names.ts";

type Params = Step["params"];

/** The storage of a new guest's disks that name none; containers have a default (PVE::API2::LXC create_vm). */
export const defaultStorage = (type: GuestType, params: Params): string | undefined =>
  shownParameter(params, "storage") ?? (type === "lxc" ? "local" : undefined);

/** Disks whose size PVE chooses. */
const OWN_SIZE = /^(?:efidisk|tpmstate)\d+$/;

/** The disk of a new guest's setting; a bare number asks for so many GiB on the default storage. */
function diskIn(type: GuestType, params: Params, key: string): GuestDisk | undefined {
  const text = settingText(params[key]);
  const storage = defaultStorage(type, params);
  const full = /^[\d.]+(?:,|$)/.test(text) && storage !== undefined ? `${storage}:${text}` : text;
  return diskOf(type, key, full);
}

/** What a new guest's disk settings come to: what is allocated, and what is attached as it is. */
export function newDisks(type: GuestType, params: Params): readonly string[] {
  const keys = Object.keys(params).filter((key) => isDiskKey(type, key));
  const disks = keys.flatMap((key) => {
    const disk = diskIn(type, params, key);
    return disk ? [{ key, disk }] : [];
  });
  const allocated = disks.flatMap(({ key, disk }) => {
    const from = disk.options["import-from"];
    if (disk.kind === "cloudinit") return [`${key} cloud-init drive on ${disk.storage ?? "?"}`];
    if (from !== undefined) return [`${key} imported from ${shownText(from)} to ${disk.storage ?? "?"}`];
    if (disk.fresh === undefined) return [];
    const size = OWN_SIZE.test(key) ? "of the size PVE chooses" : `${disk.fresh} GiB`;
    return [`${key} ${size} on ${disk.storage ?? "?"}`];
  });
  const attached = disks.flatMap(({ key, disk }) =>
    disk.fresh === undefined && disk.kind !== "cloudinit" && disk.options["import-from"] === undefined
      ? [`${key} ${shownText(disk.volume)}${disk.kind === "cdrom" ? " (CD-ROM)" : ""}`]
      : [],
  );
  const root = type === "lxc" && params.rootfs === undefined && !isOn(params, "restore");
  const all = [...allocated, ...when(root, `rootfs 4 GiB on ${defaultStorage(type, params)}`)];
  return [
    ...when(all.length > 0, `Allocated: ${listed(all)}.`),
    ...when(attached.length > 0, `Attached as it is: ${listed(attached)}.`),
  ];
}

/** A new guest's processors, memory and network, as far as the call says them. */
export function newHardware(params: Params): readonly string[] {
  const [cores, memory] = [shownParameter(params, "cores"), shownParameter(params, "memory")];
  const parts = [
    ...(cores === undefined ? [] : [`${cores} ${cores === "1" ? "core" : "cores"}`]),
    ...(memory === undefined ? [] : [`${memory} MiB memory`]),
  ];
  const nets = Object.keys(params)
    .filter((key) => /^net\d+$/.test(key))
    .map((key) => `${key} ${shownParameter(params, key)}`);
  return [
    ...when(parts.length > 0, `Hardware: ${parts.join(", ")}.`),
    ...when(nets.length > 0, `Network: ${listed(nets, 8)}.`),
  ];
}

/** What happens to a new guest once it is there. */
export function afterwards(params: Params): readonly string[] {
  const pool = shownParameter(params, "pool");
  const parts = [
    ...when(isOn(params, "start") || isOn(params, "live-restore"), "it starts"),
    ...when(isOn(params, "ha-managed"), "HA manages it"),
    ...(pool === undefined ? [] : [`it joins pool ${pool}`]),
    ...when(isOn(params, "template"), "it is a template"),
  ];
  return when(parts.length > 0, `Then ${listed(parts)}.`);
}

/** Why a VMID cannot be given away; undefined where it is free, or nobody could look. */
export function takenBy(guests: readonly Guest[] | undefined, vmid: number): string | undefined {
  const there = guests?.find((guest) => guest.vmid === vmid);
  return there && `VMID ${vmid} is that of ${nameOfVmid(guests, vmid)} on ${there.node}`;
}

/** What is said where nobody could look whether a VMID is free. */
export const unknownIfTaken = (guests: readonly Guest[] | undefined, vmid: number): readonly string[] =>
  when(guests === undefined, `Whether VMID ${vmid} is free could not be read.`);
