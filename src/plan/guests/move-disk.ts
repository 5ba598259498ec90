import { type Row, str } from "../../pve/data.ts";
import { isUnusedKey } from "../difference/guest-disk.ts";
import { bootOrder } from "../difference/hotplug.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listings } from "../point.ts";
import { type NodeStorage, nodeStorages, shortages } from "../storage/node-storages.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusedFor, sizeText, when } from "../wording.ts";
import { isTemplate, lockReason, runs, staleReason } from "./guest-condition.ts";
import { configName, inventory, labelOf, nameOfVmid } from "./guest-names.ts";
import { guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { type GuestVolume, sizeBytes, volumesOf, volumeText, withSizes } from "./guest-volumes.ts";
import { snapshotConfig, snapshotName, snapshotsOf } from "./snapshots.ts";

/** A disk that a call names, with its guest. */
interface Disk {
  readonly step: Step;
  readonly guest: StepGuest;
  readonly label: string;
  readonly config: Row;
  readonly key: string;
  /** Undefined: the guest has no such disk, or its configuration could not be read. */
  readonly volume: GuestVolume | undefined;
  readonly running: boolean | undefined;
  readonly storages: ReadonlyMap<string, NodeStorage> | undefined;
}

async function diskIn(step: Step, look: Look, param: "disk" | "volume"): Promise<Disk | undefined> {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const key = shownText(settingText(step.params[param]));
  const [config, status, storages] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    nodeStorages(look, guest.node),
  ]);
  const named = volumesOf(guest.type, config).filter((volume) => volume.key === key);
  const [volume] = await withSizes(look, guest.node, named);
  return { step, guest, label: labelOf(guest, config), config, key, volume, running: runs(status), storages };
}

/** What stands against any work on a disk. */
function obstacles({ config, key, volume, step, label }: Disk): readonly (string | undefined)[] {
  const isRead = Object.keys(config).length > 0;
  return [
    isRead && volume === undefined ? `${label} has no disk ${key}` : undefined,
    lockReason(config, step.params),
    staleReason(config, step.params),
  ];
}

const unread = ({ config, label }: Disk): readonly string[] =>
  when(Object.keys(config).length === 0, `The disks of ${label} could not be read.`);

/** A disk that is copied to another storage, or handed to another guest. */
const moveTopic =
  (param: "disk" | "volume"): Topic =>
  async (step, look): Promise<Finding | undefined> => {
    const disk = await diskIn(step, look, param);
    if (!disk) return undefined;
    const target = textOf(step.params, "target-vmid");
    return target === undefined ? toStorage(disk, look) : toGuest(disk, Number(target), look);
  };

/** Moving a VM's disk. */
export const moveDisk = moveTopic("disk");
/** Moving a container's volume. */
export const moveVolume = moveTopic("volume");

async function toStorage(disk: Disk, look: Look): Promise<Finding> {
  const { step, guest, label, key, volume, running, storages } = disk;
  const storage = shownParameter(step.params, "storage");
  const removes = isOn(step.params, "delete");
  const users = await snapshotsWith(look, guest, volume);
  const content = guest.type === "qemu" ? "images" : "rootdir";
  const target = storages?.get(storage ?? "");
  const text = volume ? volumeText(volume) : key;
  return {
    points: [
      ...refusedFor(label, [
        ...obstacles(disk),
        storage === undefined ? "neither storage nor target-vmid is given" : undefined,
        storages && storage !== undefined && !target ? `${guest.node} has no storage ${storage}` : undefined,
        target && !target.content.includes(content) ? `${storage} holds no ${content}` : undefined,
        guest.type === "lxc" && running ? "it is running" : undefined,
        guest.type === "lxc" && isUnusedKey(key) ? "an unused volume cannot be moved" : undefined,
        volume?.storage === storage && textOf(step.params, "format") === undefined && guest.type === "qemu"
          ? `it is on ${storage} already`
          : undefined,
        removes && users.length > 0
          ? `the source is in snapshots (${listed(users)}) and delete is set`
          : undefined,
      ]),
      `${text} is copied to ${storage ?? "?"}${running ? " while it is in use" : ""}.`,
      removes ? "The source is removed after the copy." : `The source stays as an unused disk of ${label}.`,
      ...(removes ? [] : listings("Snapshots stay with the source", users)),
      ...shortages(storages, new Map([[storage ?? "", volume?.bytes ?? 0]])),
      ...unread(disk),
    ],
    tells: ["disk", "volume", "storage", "delete"],
    state: { [`disk ${guest.vmid} ${key}`]: volume?.volume ?? null },
  };
}

/** Snapshots that are looked into. */
const ASKED = 8;

/** The snapshots that a volume is part of, by name and time; those that cannot be read are left out. */
async function snapshotsWith(
  look: Look,
  guest: StepGuest,
  volume: GuestVolume | undefined,
): Promise<readonly string[]> {
  const snapshots = (await snapshotsOf(look, guest)) ?? [];
  const found = await Promise.all(
    snapshots.slice(0, ASKED).map(async (snapshot) => {
      const config = await snapshotConfig(look, guest, snapshot.name);
      const uses = volumesOf(guest.type, config).some((one) => one.volume === volume?.volume);
      return uses ? [snapshotName(snapshot)] : [];
    }),
  );
  return found.flat();
}

/** A disk that another guest of the node gets, under a new name (disk_reassignfn in PVE::API2::Qemu). */
async function toGuest(disk: Disk, vmid: number, look: Look): Promise<Finding> {
  const { step, guest, label, config, key, volume, running } = disk;
  const guests = await inventory(look);
  const there = guests?.find((one) => one.vmid === vmid);
  const asKey = shownParameter(step.params, guest.type === "qemu" ? "target-disk" : "target-volume") ?? key;
  const target = { type: guest.type, node: there?.node ?? guest.node, vmid };
  const other = there?.type === guest.type ? await guestConfig(look, target) : {};
  const name = nameOfVmid(guests, vmid);
  return {
    points: [
      ...refusedFor(label, [
        ...obstacles(disk),
        guests && !there ? `there is no guest ${vmid}` : undefined,
        there && there.type !== guest.type ? `${name} is of another kind` : undefined,
        there && there.node !== guest.node ? `${name} is on ${there.node}, not on ${guest.node}` : undefined,
        vmid === guest.vmid && guest.type === "qemu" ? "it has that disk" : undefined,
        isTemplate(config) || isTemplate(other) ? "templates keep their disks" : undefined,
        other[asKey] === undefined ? undefined : `${name} has a ${asKey}`,
        running && !isUnusedKey(key) ? "it is running: detach the disk first" : undefined,
        guest.type === "lxc" && [key, asKey].includes("rootfs")
          ? "a root file system cannot be handed over"
          : undefined,
      ]),
      `${label} loses ${volume ? volumeText(volume) : key}; ${name} gets it as ${asKey}.`,
      ...when(bootOrder(config).includes(key), `${label} boots from ${key} and will not any more.`),
      ...unread(disk),
    ],
    tells: ["disk", "volume", "target-vmid", "target-disk", "target-volume"],
    state: {
      [`disk ${guest.vmid} ${key}`]: volume?.volume ?? null,
      [`disk ${vmid} ${asKey}`]: {
        guest: there ? `${guestName(there, there.name)} ${there.node} ${there.status ?? ""}` : null,
        digest: str(other, "digest") ?? null,
      },
    },
  };
}

/** A disk that grows. */
export const resize: Topic = async (step, look): Promise<Finding | undefined> => {
  const disk = await diskIn(step, look, "disk");
  if (!disk) return undefined;
  const { guest, label, config, key, volume, storages } = disk;
  const given = shownText(settingText(step.params.size));
  const asked = sizeBytes(given.replace(/^\+/, ""));
  const now = volume?.bytes;
  const then =
    asked === undefined || (given.startsWith("+") && now === undefined)
      ? undefined
      : asked + (given.startsWith("+") ? (now ?? 0) : 0);
  const growth = then === undefined || now === undefined ? undefined : then - now;
  const text = volume ? `${key} ${volume.volume}` : key;
  const to = then === undefined ? `by ${given}` : `${sizeText(now)} → ${sizeText(then)}`;
  return {
    points: [
      ...refusedFor(label, [
        ...obstacles(disk),
        growth !== undefined && growth < 0 ? `${key} would shrink, which PVE does not do` : undefined,
        growth === 0 && guest.type === "lxc" ? `${key} has that size` : undefined,
        volume?.kind === "cloudinit" ? `${key} is a cloud-init drive` : undefined,
      ]),
      `${text} of ${configName(guest.type, config) ?? label}: ${to}${growth === undefined || growth <= 0 ? "" : ` (${sizeText(growth)} more)`}.`,
      guest.type === "lxc"
        ? "Its file system grows with it."
        : "Partitions and file systems in the VM stay as they are.",
      ...shortages(storages, new Map([[volume?.storage ?? "", Math.max(growth ?? 0, 0)]])),
      ...unread(disk),
    ],
    tells: ["disk", "size"],
    state: { [`disk ${guest.vmid} ${key}`]: `${volume?.volume ?? ""} ${now ?? ""}` },
    final: "a disk does not become smaller again.",
  };
};
