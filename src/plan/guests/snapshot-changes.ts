import { flag, type Row, record, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownText } from "../difference/shown-setting.ts";
import { nodeTime } from "../nodes/node-time.ts";
import { listing, listings, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { moment, refusedFor, when } from "../wording.ts";
import { isTemplate, lockReason, runs } from "./guest-condition.ts";
import { labelOf } from "./guest-names.ts";
import { guestConfig, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { type Snapshot, snapshotName, snapshotState, snapshotsOf, snapshotText } from "./snapshots.ts";

const FEATURE = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/feature",
  lxc: "GET /nodes/{node}/lxc/{vmid}/feature",
} as const;

/** PVE's own word on whether a guest's volumes can be snapshot, cloned or copied; undefined where it says nothing. */
export async function hasFeature(
  look: Look,
  { type, node, vmid }: StepGuest,
  feature: "snapshot" | "clone" | "copy",
  snapname?: string,
): Promise<boolean | undefined> {
  const data = await look.tryRead(FEATURE[type], { node, vmid, feature, snapname });
  return data === undefined ? undefined : flag(record(data), "hasFeature");
}

const stateOf = ({ vmid }: StepGuest, snapshots: readonly Snapshot[] | undefined): Row => ({
  [`snapshots ${vmid}`]: snapshotState(snapshots),
});

const existing = (snapshots: readonly Snapshot[] | undefined, label: string): Point => {
  if (!snapshots) return `The snapshots of ${label} could not be read.`;
  return snapshots.length === 0
    ? `${label} has no other snapshot.`
    : listing("Snapshots there are", snapshots.map(snapshotName));
};

/** A snapshot that is taken: whether PVE can, and what it keeps. */
export const snapshotCreation: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const name = shownText(settingText(step.params.snapname));
  const [config, status, snapshots, can] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    snapshotsOf(look, guest),
    hasFeature(look, guest, "snapshot"),
  ]);
  const label = labelOf(guest, config);
  const withMemory = isOn(step.params, "vmstate");
  return {
    points: [
      ...refusedFor(label, [
        isTemplate(config) ? "a template takes no snapshot" : undefined,
        lockReason(config, step.params),
        snapshots?.some((one) => one.name === name) ? `there is a snapshot ${name} already` : undefined,
        can === false ? "PVE says its disks cannot be snapshot" : undefined,
      ]),
      `New snapshot ${name} of ${label}${memoryText(guest, runs(status), withMemory)}.`,
      ...when(can === undefined, "Whether its disks can be snapshot could not be read."),
      existing(snapshots, label),
    ],
    tells: ["snapname", "vmstate"],
    state: stateOf(guest, snapshots),
  };
};

/** Only a running VM's memory is kept, and keeping it holds the VM up (PVE::QemuConfig __snapshot_save_vmstate). */
function memoryText({ type }: StepGuest, running: boolean | undefined, withMemory: boolean): string {
  if (type === "lxc") return "";
  if (!withMemory) return running ? ", of its disks only" : "";
  return running === false
    ? "; it does not run, no memory is kept"
    : ", its memory included, which takes room";
}

/** The snapshot in a step's path, with the guest that it is of. */
async function snapshotInPath(step: Step, look: Look) {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const name = shownText(settingText(step.params.snapname));
  const [config, snapshots, now] = await Promise.all([
    guestConfig(look, guest),
    snapshotsOf(look, guest),
    nodeTime(look, guest.node),
  ]);
  const snapshot = snapshots?.find((one) => one.name === name);
  const label = labelOf(guest, config);
  const missing = snapshots && !snapshot ? `${label} has no snapshot ${name}` : undefined;
  return { guest, name, config, snapshots, snapshot, now, label, missing };
}

/** A snapshot that is deleted: when it was taken, and what descends from it. */
export const snapshotDeletion: Topic = async (step, look): Promise<Finding | undefined> => {
  const found = await snapshotInPath(step, look);
  if (!found) return undefined;
  const { guest, name, config, snapshots, snapshot, now, label, missing } = found;
  if (missing !== undefined)
    return {
      points: [...refusedFor(label, [missing]), existing(snapshots, label)],
      state: stateOf(guest, snapshots),
    };
  const children = snapshots?.filter(({ parent }) => parent === name) ?? [];
  const isCurrent = str(config, "parent") === name;
  const heirs = [...children.map((child) => child.name), ...when(isCurrent, "the present state")];
  const others = snapshots?.filter((one) => one.name !== name) ?? [];
  const parent = snapshot?.parent === undefined ? "" : `, from then on of ${snapshot.parent}`;
  return {
    points: [
      ...refusedFor(label, [
        isTemplate(config) ? "a template's snapshots cannot be deleted" : undefined,
        lockReason(config, step.params),
      ]),
      snapshot
        ? `Of ${label} goes snapshot ${snapshotText(snapshot, now)}${snapshot.withMemory ? ", with memory" : ""}.`
        : `Of ${label} goes snapshot ${name}; when it was taken could not be read.`,
      ...listings(`Descend from it${parent}`, heirs),
      snapshots
        ? listing("The disks stay as they are now; other snapshots", others.map(snapshotName))
        : "The disks stay as they are now; other snapshots could not be read.",
      ...when(
        isOn(step.params, "force"),
        "Its entry goes even where a disk's snapshot cannot be removed (force).",
      ),
    ],
    tells: ["force"],
    state: stateOf(guest, snapshots),
    final: `the state of ${moment(snapshot?.time, undefined)} cannot be returned to.`,
  };
};

/** A snapshot's description that is written anew. */
export const snapshotDescription: Topic = async (step, look): Promise<Finding | undefined> => {
  const found = await snapshotInPath(step, look);
  if (!found) return undefined;
  const { guest, name, snapshots, snapshot, now, label, missing } = found;
  const after = settingText(step.params.description);
  const text = (words: string | undefined): string => (words ? quoted(words) : "nothing");
  return {
    points: [
      ...refusedFor(label, [missing]),
      ...(snapshot
        ? [
            `Snapshot ${name} of ${label}, of ${moment(snapshot.time, now)}: its description ${text(snapshot.description)} becomes ${text(after)}.`,
          ]
        : [`The description of snapshot ${name} becomes ${text(after)}.`]),
    ],
    tells: ["description"],
    state: {
      [`snapshot ${guest.vmid} ${name}`]: snapshots?.find((one) => one.name === name)?.description ?? null,
    },
  };
};
