import { flag, list, num, type Row, record, rows, str } from "../../pve/data.ts";
import { type HaResource, haOf, haText } from "../cluster/ha-resource.ts";
import { type ReplicationJob, replicationOf, replicationText } from "../cluster/replication-jobs.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownParameter, shownText } from "../difference/shown-setting.ts";
import { listings, type Point } from "../point.ts";
import { type NodeStorage, nodeStorages } from "../storage/node-storages.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { listed, refusedFor, sizeText, when } from "../wording.ts";
import { lockReason, runs } from "./guest-condition.ts";
import { labelOf } from "./guest-names.ts";
import { guestConfig, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { pathsOf, volumesOf, volumeText } from "./guest-volumes.ts";

const PRECONDITIONS = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/migrate",
  lxc: "GET /nodes/{node}/lxc/{vmid}/migrate",
} as const;

/** A local disk of a VM, as PVE's own check has it. */
interface LocalDisk {
  readonly volid: string;
  readonly bytes?: number;
  readonly kind: "attached" | "image" | "other";
}

/** What PVE's own check says of a migration. */
interface Preconditions {
  /** Why the target is not allowed, in words; undefined where it is, or PVE says nothing of it. */
  readonly refused?: string;
  readonly localDisks: readonly LocalDisk[];
  /** Devices of the node that the guest uses. */
  readonly localResources: readonly string[];
  /** HA resources that are moved along. */
  readonly dependent: readonly string[];
}

/** PVE's preconditions of a migration to that node; undefined where PVE does not say, as for a locked guest. */
export async function preconditionsOf(
  look: Look,
  { type, node, vmid }: StepGuest,
  target: string,
): Promise<Preconditions | undefined> {
  const data = await look.tryRead(PRECONDITIONS[type], { node, vmid, target });
  if (data === undefined) return undefined;
  const row = record(data);
  // Containers have the same in other words.
  const allowed = row.allowed_nodes ?? row["allowed-nodes"];
  const why = record(record(row.not_allowed_nodes ?? row["not-allowed-nodes"])[target]);
  const refused =
    Object.keys(why).length > 0
      ? whyNot(why)
      : Array.isArray(allowed) && !texts(allowed).includes(target)
        ? "PVE does not allow it as a target"
        : undefined;
  return {
    ...(refused === undefined ? {} : { refused }),
    localDisks: rows(row.local_disks).map(localDisk),
    localResources: texts(row.local_resources),
    dependent: texts(row["dependent-ha-resources"]),
  };
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function localDisk(row: Row): LocalDisk {
  const bytes = num(row, "size");
  const volid = str(row, "volid") ?? "";
  const generated = flag(row, "is_cloudinit") || /vm-\d+-cloudinit/.test(volid);
  const kind =
    flag(row, "cdrom") && !generated
      ? "image"
      : flag(row, "is_attached") && !generated
        ? "attached"
        : "other";
  return { volid, kind, ...(bytes === undefined || bytes === 0 ? {} : { bytes }) };
}

function whyNot(row: Row): string {
  const blocking = rows(row["blocking-ha-resources"]).map(
    (one) => `${str(one, "sid")} (${str(one, "cause")})`,
  );
  const parts = [
    ...when(
      texts(row.unavailable_storages).length > 0,
      `no storage ${listed(texts(row.unavailable_storages))}`,
    ),
    ...when(
      texts(row["unavailable-resources"]).length > 0,
      `no mapped device ${listed(texts(row["unavailable-resources"]))}`,
    ),
    ...when(blocking.length > 0, `HA keeps it from ${listed(blocking)}`),
  ];
  return parts.length === 0 ? "PVE does not allow it as a target" : parts.join("; ");
}

const diskText = ({ volid, bytes }: LocalDisk): string =>
  bytes === undefined ? volid : `${volid} (${sizeText(bytes)})`;

/** What is known of a guest that is to move. */
interface Moving {
  readonly step: Step;
  readonly guest: StepGuest;
  readonly label: string;
  readonly config: Row;
  readonly running: boolean | undefined;
  readonly target: string;
  readonly mapped: string | undefined;
  readonly checked: Preconditions | undefined;
  readonly ha: HaResource | undefined;
  readonly replication: readonly ReplicationJob[] | undefined;
  readonly storages: ReadonlyMap<string, NodeStorage> | undefined;
}

/** A move to another node: what PVE's own check says, local disks and devices, whether the guest runs on. */
export const migration: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const target = settingText(step.params.target);
  const [config, status, checked, ha, replication, storages] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    preconditionsOf(look, guest, target),
    haOf(look, guest),
    replicationOf(look, guest.vmid),
    nodeStorages(look, guest.node),
  ]);
  const moving: Moving = {
    step,
    guest,
    label: labelOf(guest, config),
    config,
    running: runs(status),
    target: shownText(target),
    mapped: shownParameter(step.params, guest.type === "qemu" ? "targetstorage" : "target-storage"),
    checked,
    ha: ha.resource?.managed ? ha.resource : undefined,
    replication,
    storages,
  };
  const points = guest.type === "qemu" ? vmPoints(moving) : containerPoints(moving);
  return {
    points: [
      ...points,
      ...haPoints(moving),
      ...listings("Replication", (replication ?? []).map(replicationText)),
      ...when(!checked, `PVE's own check of the migration could not be read${lockText(config)}.`),
    ],
    tells: ["target"],
    state: {
      [`migrate ${guest.vmid}`]: {
        refused: checked?.refused ?? null,
        disks: checked?.localDisks.map(({ volid }) => volid) ?? null,
        resources: checked?.localResources ?? null,
        along: checked?.dependent ?? null,
        ha: moving.ha ? haText(moving.ha) : null,
        replication: replication?.map(({ id, target: to }) => `${id} ${to}`) ?? null,
      },
    },
  };
};

const lockText = (config: Row): string => {
  const lock = str(config, "lock");
  return lock === undefined ? "" : `, as the guest is locked (${lock})`;
};

function commonReasons({ step, guest, target, config, checked }: Moving): readonly (string | undefined)[] {
  return [
    target === guest.node ? `it is on ${target}` : undefined,
    lockReason(config, step.params),
    checked?.refused === undefined ? undefined : `${target}: ${checked.refused}`,
  ];
}

/** A VM (migrate_vm in PVE::API2::Qemu, scan_local_volumes in PVE::QemuMigrate). */
function vmPoints(moving: Moving): readonly Point[] {
  const { step, label, running, target, mapped, checked, replication } = moving;
  const disks = checked?.localDisks ?? [];
  const [attached, images] = (["attached", "image"] as const).map((kind) =>
    disks.filter((disk) => disk.kind === kind),
  );
  const resources = checked?.localResources ?? [];
  const elsewhere = replication?.length && !replication.some((job) => job.target === target);
  const forced = isOn(step.params, "force");
  const moved = disks.filter(({ kind }) => kind !== "image").map(diskText);
  return [
    ...refusedFor(label, [
      ...commonReasons(moving),
      running && !isOn(step.params, "online") ? "it runs and online is not set" : undefined,
      running && (attached?.length ?? 0) > 0 && !isOn(step.params, "with-local-disks")
        ? `its local disks (${listed((attached ?? []).map(diskText))}) move live with with-local-disks only`
        : undefined,
      (images?.length ?? 0) > 0
        ? `a CD-ROM image on a local storage is in a drive (${listed((images ?? []).map(diskText))})`
        : undefined,
      resources.length > 0 && !forced ? `it uses devices of its node (${listed(resources)})` : undefined,
      running && elsewhere && !forced ? `it is replicated, but not to ${target}` : undefined,
    ]),
    running === false
      ? `${label} moves to ${target} while it is stopped.`
      : `${label} moves to ${target} and runs on, with a short break at the end.`,
    ...listings(
      `Local disks are copied${mapped === undefined ? "" : ` to ${mapped}`}, the originals removed`,
      moved,
    ),
    ...when(checked !== undefined && disks.length === 0, "No local disk has to be copied."),
    ...listings("Devices of the node", resources),
  ];
}

/** A container (prepare in PVE::LXC::Migrate): it never moves while it runs. */
function containerPoints(moving: Moving): readonly Point[] {
  const { step, guest, label, config, running, target, mapped, ha, storages } = moving;
  // HA takes "online" too, and restarts containers.
  const restart = isOn(step.params, "restart") || (ha !== undefined && isOn(step.params, "online"));
  const volumes = volumesOf(guest.type, config);
  const local = volumes.filter(({ storage }) => storages?.get(storage ?? "")?.shared === false);
  const paths = pathsOf(guest.type, config).filter((text) => !isSharedPath(config, text));
  return [
    ...refusedFor(label, [
      ...commonReasons(moving),
      running && !restart
        ? isOn(step.params, "online")
          ? "containers cannot be migrated live; restart moves them stopped"
          : "it runs and restart is not set"
        : undefined,
      paths.length > 0 ? `it uses paths of its node (${listed(paths)})` : undefined,
    ]),
    running === true
      ? `${label} is shut down, moved to ${target} and started there: it is away meanwhile.`
      : `${label} moves to ${target}${running === false ? " while it is stopped" : ""}.`,
    ...listings(
      `Local volumes are copied${mapped === undefined ? "" : ` to ${mapped}`}, the originals removed`,
      local.map(volumeText),
    ),
    ...when(
      storages !== undefined && volumes.length > 0 && local.length === 0,
      "No local volume has to be copied.",
    ),
    ...when(!storages, "Which of its volumes are local could not be read."),
  ];
}

/** A mount point of a path that is marked as being the same on every node. */
const isSharedPath = (config: Row, text: string): boolean =>
  list(settingText(config[text.split(" ")[0] ?? ""])).includes("shared=1");

function haPoints({ ha, target, checked }: Moving): readonly Point[] {
  const along = checked?.dependent ?? [];
  return [
    ...(ha ? [`HA moves it: ${haText(ha)} is asked to go to ${target}.`] : []),
    ...listings("Moved along by an HA rule", along),
  ];
}
