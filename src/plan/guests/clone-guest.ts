import type { Row } from "../../pve/data.ts";
import { isUnusedKey } from "../difference/guest-disk.ts";
import { settingText, textOf } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listings, type Point } from "../point.ts";
import { type NodeStorage, nodeStorages, shortages } from "../storage/node-storages.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusedFor, sizeText, when } from "../wording.ts";
import { isTemplate, lockReason, runs } from "./guest-condition.ts";
import { configName, inventory, labelOf } from "./guest-names.ts";
import { guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { type GuestVolume, volumesOf, volumeText } from "./guest-volumes.ts";
import { takenBy, unknownIfTaken } from "./new-guest.ts";
import { hasFeature } from "./snapshot-changes.ts";
import { snapshotConfig, snapshotName, snapshotState, snapshotsOf } from "./snapshots.ts";

/** A copy that is to be made. */
interface Copy {
  readonly guest: StepGuest;
  readonly params: Step["params"];
  readonly newid: number;
  readonly full: boolean;
  readonly target: string;
  readonly storage: string | undefined;
  readonly snapname: string | undefined;
  /** The configuration that is copied: the present one, or a snapshot's. */
  readonly source: Row;
  readonly volumes: readonly GuestVolume[];
  readonly storages: ReadonlyMap<string, NodeStorage> | undefined;
}

/** What a clone will be, where its disks go, and whether PVE can make it. */
export const cloning: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const [config, status, guests] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    inventory(look),
  ]);
  const copy = await copyOf(step, guest, config, look);
  const can = await hasFeature(look, guest, copy.full ? "copy" : "clone", copy.snapname);
  const { newid, full, target, snapname } = copy;
  const label = labelOf(guest, config);
  const asOf = snapname === undefined ? "" : `, as of snapshot ${shownText(snapname)}`;
  const kind = full ? "a full copy" : "a linked clone";
  const name = shownParameter(step.params, guest.type === "qemu" ? "name" : "hostname");
  const running = runs(status) === true;
  return {
    points: [
      ...refusedFor(label, [
        takenBy(guests, newid),
        can === false ? `PVE says its disks cannot be ${full ? "copied" : "cloned linked"}` : undefined,
        ...obstacles(copy, config, running),
      ]),
      `New: ${guestName({ type: guest.type, vmid: newid }, name)} on ${shownText(target)}, ${kind} of ${label}${asOf}.`,
      ...diskPoints(copy),
      ...when(
        running && full && snapname === undefined && guest.type === "qemu",
        `${label} runs: its disks are copied in use, as they would be after a power cut.`,
      ),
      ...when(!full && staysNeeded(copy), `${label} cannot be deleted while the clone is there.`),
      ...when(can === undefined, `Whether PVE can clone ${label} could not be read.`),
      ...unknownIfTaken(guests, newid),
    ],
    tells: ["newid", "target", "full", "snapname", "storage", guest.type === "qemu" ? "name" : "hostname"],
    state: {
      [`clone ${guest.vmid} ${newid}`]: {
        taken: takenBy(guests, newid) ?? null,
        volumes: copy.volumes.map(({ key, volume }) => `${key} ${volume}`),
      },
    },
  };
};

async function copyOf(step: Step, guest: StepGuest, config: Row, look: Look): Promise<Copy> {
  const { params } = step;
  const snapname = textOf(params, "snapname");
  const [source, storages] = await Promise.all([
    snapname === undefined ? config : snapshotConfig(look, guest, snapname),
    nodeStorages(look, guest.node),
  ]);
  // Templates are cloned linked unless the call says otherwise (clone_vm in PVE::API2).
  const full = params.full === undefined ? !isTemplate(config) : settingText(params.full) === "1";
  return {
    guest,
    params,
    newid: Number(params.newid),
    full,
    target: textOf(params, "target") ?? guest.node,
    storage: textOf(params, "storage"),
    snapname,
    source,
    volumes: volumesOf(guest.type, source).filter(({ key, kind }) => kind === "disk" && !isUnusedKey(key)),
    storages,
  };
}

/** Whether a linked clone's volumes name their base, which keeps that from being destroyed; LVM-thin's stand alone. */
const staysNeeded = ({ volumes, storages }: Copy): boolean =>
  volumes.some(({ storage }) => storages?.get(storage ?? "")?.type !== "lvmthin");

/** What stands against a clone besides PVE's own check of the volumes. */
function obstacles(copy: Copy, config: Row, running: boolean): readonly (string | undefined)[] {
  const { guest, full, target, storage, snapname, volumes, storages, params } = copy;
  const local = volumes.filter((volume) => {
    const found = storages?.get(storage ?? volume.storage ?? "");
    return found !== undefined && !found.shared;
  });
  return [
    lockReason(config, params),
    !full && storage !== undefined ? "a linked clone stays on its base's storage" : undefined,
    !full && textOf(params, "format") !== undefined ? "a linked clone takes no format" : undefined,
    target !== guest.node && local.length > 0
      ? `it cannot be cloned to ${shownText(target)}: ${listed(local.map(({ key }) => key))} would be on a local storage`
      : undefined,
    guest.type === "lxc" && full && running && snapname === undefined
      ? "a running container is copied from a snapshot only"
      : undefined,
  ];
}

/** Where the copies of the disks go. */
function diskPoints({ volumes, full, storage, storages }: Copy): readonly Point[] {
  if (volumes.length === 0) return ["Which disks are copied could not be read."];
  if (!full) return listings("Stand on their base", volumes.map(volumeText));
  const wanted = new Map<string, number>();
  const texts = volumes.map((volume) => {
    const target = storage ?? volume.storage ?? "";
    wanted.set(target, (wanted.get(target) ?? 0) + (volume.bytes ?? 0));
    return `${volume.key} ${sizeText(volume.bytes)} to ${shownText(target)}`;
  });
  return [...listings("Copied", texts), ...shortages(storages, wanted)];
}

/** A guest that becomes a template, for good. */
export const templating: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const [config, status, snapshots] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    snapshotsOf(look, guest),
  ]);
  const label = labelOf(guest, config);
  const only = textOf(step.params, "disk");
  const disks = volumesOf(guest.type, config).filter(
    ({ key, kind }) => kind === "disk" && !isUnusedKey(key) && (only ?? key) === key,
  );
  return {
    points: [
      ...refusedFor(label, [
        isTemplate(config) && only === undefined ? "it is a template" : undefined,
        runs(status) ? "it is running" : undefined,
        snapshots && snapshots.length > 0
          ? `it has snapshots (${listed(snapshots.map(snapshotName))})`
          : undefined,
        lockReason(config, step.params),
      ]),
      `${label} becomes a template: it can only be cloned from then on, never started.`,
      ...listings("Become read-only bases", disks.map(volumeText)),
      ...when(!snapshots, `The snapshots of ${label} could not be read; PVE refuses where there are any.`),
    ],
    state: { [`template ${guest.vmid}`]: snapshotState(snapshots) },
    final: `a template does not become a guest again; ${configName(guest.type, config) ?? label} would have to be cloned.`,
  };
};
