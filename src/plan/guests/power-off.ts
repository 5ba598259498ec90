import { num, type Row, str } from "../../pve/data.ts";
import { type HaResource, haOf, haText } from "../cluster/ha-resource.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { nodeTime } from "../nodes/node-time.ts";
import type { Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { refusedFor, when } from "../wording.ts";
import { hasAgent } from "./guest-agent.ts";
import { lockReason, runs } from "./guest-condition.ts";
import { guestConfig, guestName, guestOf, guestStatus, guestTasks, type StepGuest } from "./guest-state.ts";
import { pendingRows, waitingPoint } from "./pending-changes.ts";
import { attemptText, type ShutdownAttempt, shutdownAttempt } from "./shutdown-attempt.ts";

/** What is known of a guest that is to stop. */
interface Stopping {
  readonly step: Step;
  readonly guest: StepGuest;
  /** "VM 103". */
  readonly who: string;
  readonly config: Row;
  readonly running: boolean | undefined;
  readonly paused: boolean;
  readonly ha: HaResource | undefined;
  readonly attempt: ShutdownAttempt | undefined;
  readonly pending: readonly Row[];
  readonly now: number | undefined;
}

/** A topic about a guest that is to stop, of the points that one verb makes. */
function powerOff(points: (about: Stopping) => readonly Point[], withPending = false): Topic {
  return async (step, look): Promise<Finding | undefined> => {
    const guest = guestOf(step);
    if (!guest) return undefined;
    const about = await stopping(step, guest, look, withPending);
    return {
      points: points(about),
      state: { [`power ${guest.vmid}`]: { ha: about.ha ? haText(about.ha) : null, paused: about.paused } },
    };
  };
}

async function stopping(step: Step, guest: StepGuest, look: Look, withPending: boolean): Promise<Stopping> {
  const [config, status, tasks, ha, now, pending] = await Promise.all([
    guestConfig(look, guest),
    guestStatus(look, guest),
    guestTasks(look, guest),
    haOf(look, guest),
    nodeTime(look, guest.node),
    withPending ? pendingRows(look, guest) : [],
  ]);
  const uptime = num(status, "uptime");
  const startedAt = uptime === undefined || now === undefined || uptime === 0 ? undefined : now - uptime;
  return {
    step,
    guest,
    who: guestName(guest, undefined),
    config,
    running: runs(status),
    paused: str(status, "qmpstatus") === "paused",
    ha: ha.resource?.managed ? ha.resource : undefined,
    attempt: shutdownAttempt(tasks, startedAt),
    pending,
    now,
  };
}

const notRunning = ({ running }: Stopping): string | undefined =>
  running === false ? "it does not run" : undefined;
const locked = ({ config, step }: Stopping): string | undefined => lockReason(config, step.params);

const cut = (who: string): string =>
  `The power of ${who} is cut: what it has not written to its disks is lost.`;

/** HA stops it, and keeps it so (ha-manager crm-command stop). */
const byHa = ({ ha }: Stopping): readonly string[] =>
  ha ? [`HA stops it and keeps it stopped: ${haText(ha)} becomes stopped.`] : [];

/** Stopping at once. */
export const stop = powerOff((about) => {
  const { step, guest, who, running, ha, attempt, now } = about;
  const overrule = isOn(step.params, "overrule-shutdown");
  const busy = attempt !== undefined && attempt.end === undefined;
  return [
    ...refusedFor(about.who, [
      guest.type === "lxc" ? notRunning(about) : undefined,
      ha ? undefined : locked(about),
      ha && overrule ? "overrule-shutdown is not for what HA manages" : undefined,
    ]),
    ...when(running === false && guest.type === "qemu", `${who} does not run: there is nothing to stop.`),
    ...when(running !== false, cut(about.who)),
    ...byHa(about),
    ...when(running !== false, attemptText(who, attempt, now)),
    ...when(
      busy,
      overrule
        ? "That is aborted (overrule-shutdown)."
        : "The stop may have to wait for that; overrule-shutdown aborts it.",
    ),
  ];
});

/** The reset button. */
export const reset = powerOff((about) => [
  ...refusedFor(about.who, [notRunning(about), locked(about)]),
  `${about.who} starts anew without a shutdown: what it has not written to its disks is lost.`,
  ...when(about.ha !== undefined, `HA takes no part in a reset of ${about.who}.`),
  attemptText(about.who, about.attempt, about.now),
]);

/** Seconds that a shutdown may take: the call's, the guest's own, PVE's 60 (_do_vm_stop in PVE::QemuServer). */
function patience({ step, config, guest }: Stopping): number {
  const given = step.params.timeout;
  if (given !== undefined) return Number(given);
  const down = /(?:^|,)down=(\d+)/.exec(settingText(config.startup))?.[1];
  return guest.type === "qemu" && down !== undefined ? Number(down) : 60;
}

/** How a guest is asked to shut down: the agent if it runs, else the power button (_do_vm_stop in PVE::QemuServer). */
function asked({ guest, who, config }: Stopping): string {
  if (guest.type === "lxc") return `The init of ${who} is asked to shut down.`;
  return hasAgent(config)
    ? `${who} is asked to shut down through the guest agent or, where that does not answer, by the ACPI power button.`
    : `${who} has no guest agent: it is asked by the ACPI power button, which it may ignore.`;
}

const afterTimeout = (about: Stopping, forced: boolean): string =>
  forced
    ? `If ${about.who} still runs after ${patience(about)} s, its power is cut and what it has not written is lost.`
    : `If ${about.who} still runs after ${patience(about)} s, the job fails and it runs on.`;

/** An orderly shutdown, with or without force at its end. */
export const shutdown = powerOff((about) => {
  const { step, guest, who, running, paused, ha } = about;
  const forced = isOn(step.params, "forceStop");
  return [
    ...refusedFor(about.who, [
      guest.type === "lxc" ? notRunning(about) : undefined,
      ha ? undefined : locked(about),
      paused && !forced ? "it is paused: resume it first" : undefined,
    ]),
    ...when(
      running === false && guest.type === "qemu",
      `${who} does not run: there is nothing to shut down.`,
    ),
    ...when(running !== false && !paused, asked(about)),
    ...when(paused && forced, cut(about.who)),
    ...byHa(about),
    ...when(running !== false && !paused && ha === undefined, afterTimeout(about, forced)),
    ...when(about.attempt !== undefined, attemptText(about.who, about.attempt, about.now)),
  ];
});

/** Shutting down and starting again; a container that does not stop is killed (vm_reboot in PVE::LXC). */
export const reboot = powerOff((about) => {
  const { guest, paused, pending } = about;
  return [
    ...refusedFor(about.who, [
      notRunning(about),
      paused ? "it is paused: resume it first" : undefined,
      locked(about),
    ]),
    asked(about),
    afterTimeout(about, guest.type === "lxc"),
    ...waitingPoint(pending, "take effect"),
    ...when(about.attempt !== undefined, attemptText(about.who, about.attempt, about.now)),
  ];
}, true);
