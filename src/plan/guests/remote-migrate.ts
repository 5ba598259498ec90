import type { Row } from "../../pve/data.ts";
import { haOf, haText } from "../cluster/ha-resource.ts";
import { replicationOf } from "../cluster/replication-jobs.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listing } from "../point.ts";
import type { Finding, Topic } from "../topic.ts";
import { listed, refusedFor, when } from "../wording.ts";
import { lockReason, runs } from "./guest-condition.ts";
import { labelOf, typedName } from "./guest-names.ts";
import { guestConfig, guestOf, guestStatus } from "./guest-state.ts";
import { volumesOf, volumeText } from "./guest-volumes.ts";
import { snapshotName, snapshotState, snapshotsOf } from "./snapshots.ts";

/** The host of a remote endpoint, whose other parts are secrets. */
const remoteHost = (endpoint: unknown): string | undefined =>
  /(?:^|,)host=([^,\s]+)/.exec(settingText(endpoint))?.[1];

/** A move to another cluster: where to, what goes along, and whether the guest here goes (remote_migrate_vm in PVE::API2). */
export const remoteMigration: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const { params } = step;
  const [config, status, ha, replication, snapshots] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    haOf(look, guest),
    replicationOf(look, guest.vmid),
    snapshotsOf(look, guest),
  ]);
  const label = labelOf(guest, config);
  const running = runs(status);
  const removes = isOn(params, "delete");
  const host = shownText(remoteHost(params["target-endpoint"]) ?? "an unknown host");
  const as = shownParameter(params, "target-vmid") ?? String(guest.vmid);
  const state: Row = {
    [`remote ${guest.vmid}`]: {
      ha: ha.resource ? haText(ha.resource) : null,
      replication: replication?.map(({ id }) => id) ?? null,
      snapshots: snapshotState(snapshots),
    },
  };
  const moves =
    guest.type === "qemu" ? isOn(params, "online") : isOn(params, "restart") || isOn(params, "online");
  return {
    points: [
      ...refusedFor(label, [
        lockReason(config, params),
        ha.resource ? `HA has ${haText(ha.resource)}` : undefined,
        replication && replication.length > 0 ? "it is replicated" : undefined,
        running && !moves
          ? `it runs and ${guest.type === "qemu" ? "online" : "restart"} is not set`
          : undefined,
        snapshots && snapshots.length > 0
          ? `it has snapshots (${listed(snapshots.map(snapshotName))})`
          : undefined,
      ]),
      `${label} moves to the cluster at ${host}, as VMID ${as}.`,
      removes
        ? "Here it is destroyed afterwards, with its disks (delete)."
        : "Here it stays, stopped and locked.",
      ...when(
        running === true,
        guest.type === "qemu"
          ? "It runs on there."
          : "It is shut down and started there: it is away meanwhile.",
      ),
      listing(
        `All its disks are copied to ${shownParameter(params, "target-storage") ?? "?"} there`,
        volumesOf(guest.type, config).map(volumeText),
        "none known",
      ),
      `Its bridges there: ${shownParameter(params, "target-bridge") ?? "?"}.`,
      ...when(!ha.known, `Whether HA manages ${label} could not be read.`),
    ],
    tells: ["target-vmid", "target-storage", "target-bridge", "delete"],
    state,
    ...(removes
      ? {
          name: typedName(guest, config),
          final: `${label} is not in this cluster any more; it would have to be moved back.`,
        }
      : {}),
  };
};
