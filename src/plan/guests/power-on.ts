import { type Row, str } from "../../pve/data.ts";
import { type HaResource, haOf, haText } from "../cluster/ha-resource.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { shownParameter } from "../difference/shown-setting.ts";
import type { Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { refusedFor, when } from "../wording.ts";
import { isTemplate, lockReason, runs } from "./guest-condition.ts";
import { guestConfig, guestName, guestOf, guestStatus, type StepGuest } from "./guest-state.ts";
import { memoryStateOf, volumeText, withSizes } from "./guest-volumes.ts";
import { pendingRows, waitingPoint } from "./pending-changes.ts";

/** What is known of a guest that is to start, sleep or go on. */
interface Starting {
  readonly step: Step;
  readonly guest: StepGuest;
  /** "VM 103". */
  readonly who: string;
  readonly config: Row;
  readonly running: boolean | undefined;
  /** QEMU's own state: a paused VM counts as running. */
  readonly paused: boolean;
  readonly lock: string | undefined;
  readonly ha: HaResource | undefined;
  readonly pending: readonly Row[];
  /** The memory that a VM suspended to disk keeps, as text. */
  readonly memory: string | undefined;
}

/** A topic about a guest's power, of the points that one verb makes. */
const powerOn =
  (points: (about: Starting) => readonly Point[]): Topic =>
  async (step, look): Promise<Finding | undefined> => {
    const guest = guestOf(step);
    if (!guest) return undefined;
    const about = await starting(step, guest, look);
    return {
      points: points(about),
      state: { [`power ${guest.vmid}`]: { ha: about.ha ? haText(about.ha) : null, paused: about.paused } },
    };
  };

async function starting(step: Step, guest: StepGuest, look: Look): Promise<Starting> {
  const [config, status, ha, pending] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    haOf(look, guest),
    pendingRows(look, guest),
  ]);
  const state = memoryStateOf(config);
  const [memory] = state ? await withSizes(look, guest.node, [state]) : [];
  return {
    step,
    guest,
    who: guestName(guest, undefined),
    config,
    running: runs(status),
    paused: str(status, "qmpstatus") === "paused",
    lock: str(config, "lock"),
    ha: ha.resource?.managed ? ha.resource : undefined,
    pending,
    memory: memory && volumeText(memory),
  };
}

const lockOf = ({ lock, config, step }: Starting): string | undefined =>
  lock === "suspended" ? undefined : lockReason(config, step.params);

/** A start; a VM suspended to disk goes on where it was. */
export const start = powerOn((about) => {
  const { step, config, running, ha, pending, memory, lock } = about;
  const options = ["stateuri", "force-cpu", "machine"].flatMap((name) => {
    const value = shownParameter(step.params, name);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  return [
    ...refusedFor(about.who, [
      isTemplate(config) ? "a template cannot be started" : undefined,
      running ? "it runs already" : undefined,
      ha ? undefined : lockOf(about),
    ]),
    ...(ha ? [`HA starts it: ${haText(ha)} becomes started.`] : []),
    ...when(
      lock === "suspended",
      `${about.who} goes on from its memory ${memory ?? "on disk"}, which is removed then.`,
    ),
    ...waitingPoint(pending, "take effect"),
    ...when(options.length > 0, `Not as configured: ${options.join(", ")}.`),
  ];
});

/** A paused VM, or one suspended to disk, goes on. */
export const resume = powerOn((about) => {
  const { guest, running, paused, lock, memory } = about;
  if (guest.type === "lxc")
    return [
      ...refusedFor(about.who, [running ? "it runs already" : undefined, lockOf(about)]),
      `${about.who} goes on from a checkpoint; PVE's support for that is experimental and needs CRIU.`,
    ];
  const asleep = lock === "suspended";
  return [
    ...refusedFor(about.who, [!asleep && running === false ? "it does not run" : undefined, lockOf(about)]),
    asleep
      ? `${about.who} starts from its memory ${memory ?? "on disk"}, which is removed then.`
      : `${about.who} goes on where it ${paused ? "was paused" : "is"}.`,
  ];
});

/** A VM is paused in memory, or saved to disk and stopped. */
export const suspend = powerOn((about) => {
  const { step, guest, config, running, paused, ha } = about;
  if (guest.type === "lxc")
    return [
      ...refusedFor(about.who, [running === false ? "it does not run" : undefined, lockOf(about)]),
      `${about.who} is frozen into a checkpoint; PVE's support for that is experimental and needs CRIU.`,
    ];
  const toDisk = isOn(step.params, "todisk");
  const devices = Object.keys(config).filter((key) => /^hostpci\d+$/.test(key));
  const where =
    shownParameter(step.params, "statestorage") ??
    (settingText(config.vmstatestorage) || "a storage PVE chooses");
  return [
    ...refusedFor(about.who, [
      running === false ? "it does not run" : undefined,
      toDisk && ha ? `HA manages it (${haText(ha)}), so it cannot be suspended to disk` : undefined,
      toDisk && devices.length > 0
        ? `passed-through devices cannot be saved (${devices.join(", ")})`
        : undefined,
      // A backup holds up saving the memory, not a pause (PVE::QemuServer::RunState vm_suspend).
      about.lock === "backup" && !toDisk ? undefined : lockOf(about),
    ]),
    toDisk
      ? `The memory of ${about.who} (${settingText(config.memory) || "512"} MiB) is saved on ${where}, then it stops; the next start goes on from there.`
      : `${about.who} is paused: it keeps its memory, answers nobody, and goes on with resume.`,
    ...when(paused && !toDisk, `${about.who} is paused already.`),
  ];
});
