import { flag, type Row, rows, str } from "../../pve/data.ts";
import { haOf, haText } from "../cluster/ha-resource.ts";
import { CONFIG_ROUTE, type GuestType, isUnusedKey } from "../difference/guest-disk.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { changesPoint } from "../difference/settings-difference.ts";
import { shownText } from "../difference/shown-setting.ts";
import { nodeTime } from "../nodes/node-time.ts";
import { listings, type Point } from "../point.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { counted, listed, moment, refusedFor, when } from "../wording.ts";
import { configReturn } from "./config-return.ts";
import { isTemplate, lockReason, runs } from "./guest-condition.ts";
import { configName, labelOf } from "./guest-names.ts";
import { guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { type GuestVolume, volumesOf, volumeText } from "./guest-volumes.ts";
import { pendingRows, waitingPoint } from "./pending-changes.ts";
import {
  type Snapshot,
  snapshotConfig,
  snapshotName,
  snapshotState,
  snapshotsOf,
  snapshotText,
} from "./snapshots.ts";

const STORAGES = "GET /storage";

/** What a rollback throws away, what stands in its way, and whether the guest runs afterwards. */
export const rollback: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const name = settingText(step.params.snapname);
  const [config, status, snapshots, kept, pending, ha, now] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    snapshotsOf(look, guest),
    snapshotConfig(look, guest, name),
    pendingRows(look, guest),
    haOf(look, guest),
    nodeTime(look, guest.node),
  ]);
  const label = labelOf(guest, config);
  const who = guestName(guest, undefined);
  const snapshot = snapshots?.find((one) => one.name === name);
  const state = {
    [`rollback ${guest.vmid}`]: {
      snapshots: snapshotState(snapshots),
      ha: ha.resource ? haText(ha.resource) : null,
    },
  };
  if (snapshots && !snapshot)
    return {
      points: refusedFor(who, [`${label} has no snapshot ${shownText(name)}${others(snapshots)}`]),
      state,
    };
  const volumes = attached(guest.type, kept);
  const later = snapshots?.filter(({ time = 0 }) => time > (snapshot?.time ?? 0)) ?? [];
  const blocking = await blockingStorages(look, volumes);
  const taken =
    snapshot?.time === undefined ? `snapshot ${shownText(name)}` : moment(snapshot.time, undefined);
  const changes =
    Object.keys(config).length > 0 && Object.keys(kept).length > 0
      ? configReturn(guest.type, config, kept)
      : [];
  const withMemory = snapshot?.withMemory ?? false;
  return {
    points: [
      ...refusedFor(who, [
        isTemplate(config) ? "a template cannot be rolled back" : undefined,
        lockReason(config, step.params),
        later.length > 0 && blocking.length > 0
          ? `on ${listed(blocking)} only the newest snapshot can be rolled back to, and there is ${listed(later.map(snapshotName))}`
          : undefined,
      ]),
      snapshot
        ? `Back to snapshot ${snapshotText(snapshot, now)}.`
        : `Back to snapshot ${shownText(name)}; when it was taken could not be read.`,
      volumes.length === 0
        ? `Everything written to its disks since ${taken} is lost; which disks could not be read.`
        : { says: "Lost, everything written since to", entries: volumes.map(volumeText) },
      ...diskPoints(attached(guest.type, config), attached(guest.type, kept)),
      ...runPoints(guest, who, runs(status), { withMemory, start: isOn(step.params, "start"), taken }),
      ...haPoints(who, ha.resource?.state, withMemory || isOn(step.params, "start")),
      ...(blocking.length === 0 ? listings("Later snapshots stay", later.map(snapshotName)) : []),
      ...changesPoint(
        `The configuration of ${who} goes back too, ${counted(changes.length, "setting")}`,
        changes,
        CONFIG_ROUTE[guest.type],
      ),
      ...when(Object.keys(kept).length === 0, "The snapshot's configuration could not be read."),
      ...waitingPoint(pending, "are dropped"),
    ],
    tells: ["start"],
    state,
    final: `what ${configName(guest.type, config) ?? label} wrote to its disks since ${taken} is gone.`,
  };
};

/** The disks that a configuration has in use. */
const attached = (type: GuestType, config: Row): readonly GuestVolume[] =>
  volumesOf(type, config).filter(({ key, kind }) => kind === "disk" && !isUnusedKey(key));

const others = (snapshots: readonly Snapshot[]): string =>
  snapshots.length === 0 ? "" : `; it has ${listed(snapshots.map(snapshotName))}`;

/** Storages where PVE rolls back to the newest snapshot only (volume_rollback_is_possible in PVE::Storage's plugins). */
async function blockingStorages(look: Look, volumes: readonly GuestVolume[]): Promise<readonly string[]> {
  const named = new Set(volumes.flatMap(({ storage }) => storage ?? []));
  return rows(await look.tryRead(STORAGES, {}))
    .filter((row) => str(row, "type") === "zfspool" || flag(row, "snapshot-as-volume-chain"))
    .flatMap((row) => str(row, "storage") ?? [])
    .filter((storage) => named.has(storage));
}

/** Disks that came or went since: PVE keeps the newer ones as unused. */
function diskPoints(now: readonly GuestVolume[], then: readonly GuestVolume[]): readonly Point[] {
  const [here, there] = [now, then].map((list) => new Set(list.map(({ volume }) => volume)));
  const newer = now.filter(({ volume }) => !there?.has(volume)).map(volumeText);
  const back = then.filter(({ volume }) => !here?.has(volume)).map(volumeText);
  return [
    ...(then.length > 0 ? listings("Not in the snapshot, kept as unused", newer) : []),
    ...(now.length > 0 ? listings("Attached again", back) : []),
  ];
}

interface Afterwards {
  readonly withMemory: boolean;
  readonly start: boolean;
  readonly taken: string;
}

/** Before a rollback PVE stops the guest hard; a kept memory makes it run on (PVE::AbstractConfig snapshot_rollback). */
function runPoints(
  { type }: StepGuest,
  who: string,
  running: boolean | undefined,
  { withMemory, start, taken }: Afterwards,
): readonly string[] {
  const cut = running
    ? `${who} runs now: its power is cut, without a shutdown; then it`
    : `Afterwards ${who}`;
  if (withMemory && type === "qemu") return [`${cut} runs on from its memory of ${taken}.`];
  if (start) return [`${cut} is started.`];
  return [`${cut} ${running ? "stays" : "is"} stopped.`];
}

const haPoints = (who: string, state: string | undefined, started: boolean): readonly string[] =>
  when(state === "started" && !started, `HA (state started) then starts ${who} again.`);
