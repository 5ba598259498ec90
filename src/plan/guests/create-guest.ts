import { num, type Row, record } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { type GuestType, isUnusedKey } from "../difference/guest-disk.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listings, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { refusedFor, sizeText, when } from "../wording.ts";
import { borrowedDisks } from "./borrowed-disks.ts";
import { isProtected, isTemplate, lockReason, runs } from "./guest-condition.ts";
import { inventory, nameOfVmid, typedName } from "./guest-names.ts";
import { guestName, guestStatus, type StepGuest } from "./guest-state.ts";
import { VOLUME_READ, volumesOf } from "./guest-volumes.ts";
import { type LostGuest, lostGuest } from "./lost-guest.ts";
import { AFTERWARDS, afterwards, defaultStorage, newDisks, takenBy, unknownIfTaken } from "./new-guest.ts";

const EXTRACT = "GET /nodes/{node}/vzdump/extractconfig";

/** A guest that a call makes, from nothing or from a backup. */
interface NewGuest extends StepGuest {
  readonly params: Step["params"];
  /** The backup that it is restored from. */
  readonly archive: string | undefined;
  readonly guests: readonly Guest[] | undefined;
}

/** What will be there, whether the VMID is free, and what a restore overwrites. */
export const creation: Topic = async ({ route, params }, look): Promise<Finding> => {
  const type: GuestType = route.includes("/lxc") ? "lxc" : "qemu";
  const [node, vmid] = [settingText(params.node), Number(params.vmid)];
  const archive =
    type === "qemu"
      ? textOf(params, "archive")
      : isOn(params, "restore")
        ? textOf(params, "ostemplate")
        : undefined;
  const made: NewGuest = { type, node, vmid, params, archive, guests: await inventory(look) };
  return archive === undefined ? fresh(made) : restored(made, archive, look);
};

const nameIn = (type: GuestType, values: Readonly<Record<string, unknown>>): string | undefined =>
  shownParameter(values, type === "qemu" ? "name" : "hostname");

const stateOf = ({ vmid, guests }: NewGuest, more: Row = {}): Row => {
  const there = guests?.find((guest) => guest.vmid === vmid);
  return {
    [`create ${vmid}`]: { there: there ? `${there.type} ${there.name ?? ""} ${there.node}` : null, ...more },
  };
};

/** A guest from nothing, or from a container template. */
function fresh(made: NewGuest): Finding {
  const { type, node, vmid, params, guests } = made;
  const template = type === "lxc" ? textOf(params, "ostemplate") : undefined;
  const borrowed = borrowedDisks(vmid, params, guests);
  const label = guestName(made, nameIn(type, params));
  const disks = newDisks(type, params);
  return {
    points: [
      ...refusedFor(label, [takenBy(guests, vmid)]),
      `New: ${label} on ${shownText(node)}${template === undefined ? "" : `, from template ${shownText(template)}`}.`,
      ...borrowed.points,
      ...disks.points,
      ...afterwards(params),
      ...unknownIfTaken(guests, vmid),
    ],
    tells: ["vmid", type === "qemu" ? "name" : "hostname", "ostemplate", ...disks.tells, ...AFTERWARDS],
    state: stateOf(made, { owners: borrowed.owners }),
  };
}

/** A guest out of a backup; with force in the place of the guest that has its VMID. */
async function restored(made: NewGuest, archive: string, look: Look): Promise<Finding> {
  const { type, node, vmid, params, guests } = made;
  const storage = /^([^:/]+):/.exec(archive)?.[1] ?? "";
  const [text, info] = await Promise.all([
    look.tryRead(EXTRACT, { node, volume: archive }),
    look.tryRead(VOLUME_READ, { node, storage, volume: archive }),
  ]);
  const saved = typeof text === "string" ? configIn(text) : undefined;
  const there = guests?.find((guest) => guest.vmid === vmid);
  const usable = there?.type === type && there.node === node && isOn(params, "force");
  const overwritten = usable ? await overwriting(made, saved, look) : undefined;
  const label = guestName(made, nameIn(type, params) ?? nameIn(type, saved ?? {}));
  const free = takenBy(guests, vmid);
  const disks = newDisks(type, params);
  return {
    points: [
      ...refusedFor(guestName(made, undefined), [
        usable || free === undefined
          ? undefined
          : `${free}${isOn(params, "force") ? "" : " and force is not set"}`,
        ...(overwritten?.reasons ?? []),
      ]),
      ...(overwritten ? [`${overwritten.lost.label} on ${shownText(node)} is overwritten.`] : []),
      `${label} on ${shownText(node)} is made from backup ${shownText(archive)} (${sizeText(num(record(info), "size"))}).`,
      ...(overwritten?.lost.points ?? []),
      ...savedDisks(made, saved),
      ...addresses(made, archive),
      ...disks.points,
      ...afterwards(params),
      ...unknownIfTaken(guests, vmid),
    ],
    tells: ["vmid", "archive", "ostemplate", "restore", "force", ...disks.tells, ...AFTERWARDS],
    state: stateOf(made, { size: num(record(info), "size") ?? null, ...overwritten?.lost.state }),
    ...(overwritten
      ? {
          name: typedName(made, overwritten.lost.config),
          final: `what is on the disks of ${overwritten.lost.label} now is gone.`,
        }
      : {}),
  };
}

interface Overwriting {
  readonly lost: LostGuest;
  readonly reasons: readonly (string | undefined)[];
}

/**
 * What a restore overwrites: of a VM the disks that the backup has too, the others become unused; of a container all
 * (restore_cleanup_oldconf in PVE::QemuServer, create_vm in PVE::API2::LXC).
 */
async function overwriting(made: NewGuest, saved: Row | undefined, look: Look): Promise<Overwriting> {
  const keeps = (key: string): boolean =>
    made.type === "qemu" && (isUnusedKey(key) || (saved !== undefined && saved[key] === undefined));
  const [lost, status] = await Promise.all([
    lostGuest(look, made, "overwritten", keeps),
    guestStatus(look, made),
  ]);
  return {
    lost,
    reasons: [
      isProtected(lost.config) ? "the protection flag is set" : undefined,
      runs(status) ? "it is running" : undefined,
      lockReason(lost.config, {}),
    ],
  };
}

/** The settings in a backup's configuration file, of the guest itself and not of its snapshots. */
function configIn(text: string): Row {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => line.startsWith("["));
  return Object.fromEntries(
    (end < 0 ? lines : lines.slice(0, end)).flatMap((line) => {
      const [, key, value] = /^([a-z][\w-]*):\s*(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
}

/** The disks that a backup brings along, and where they go. */
function savedDisks({ type, params }: NewGuest, saved: Row | undefined): readonly Point[] {
  if (!saved) return ["The configuration in the backup could not be read, so neither its disks."];
  if (type === "lxc" && params.rootfs !== undefined) return [];
  const target = defaultStorage(type, params);
  const disks = volumesOf(type, saved)
    .filter(({ key, kind }) => kind === "disk" && !isUnusedKey(key))
    .map(({ key, bytes, storage }) => `${key} ${sizeText(bytes)} on ${target ?? storage}`);
  return [
    ...listings("Disks from the backup", disks),
    ...when(isTemplate(saved), "The backup is of a template: it becomes one."),
  ];
}

/** Two guests with the same addresses disturb each other. */
function addresses({ vmid, params, guests }: NewGuest, archive: string): readonly string[] {
  const owner = Number(/(?:vzdump-(?:qemu|lxc|openvz)-|\/(?:vm|ct)\/)(\d+)\b/.exec(archive)?.[1]);
  const there = guests?.some((guest) => guest.vmid === owner) && owner !== vmid;
  return when(
    there === true && !isOn(params, "unique"),
    `It gets the MAC addresses of ${nameOfVmid(guests, owner)}, which is there too (unique makes new ones).`,
  );
}
