import { num, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { time } from "../../render/units.ts";
import {
  changeFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "../cluster/configuration-object.ts";
import { entriesOf, isOn, settingText, textOf } from "../difference/setting-value.ts";
import { guestNames, inventory, nameOfVmid } from "../guests/guest-names.ts";
import { listing, listings, type Point } from "../point.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { capital, counted, when } from "../wording.ts";
import { retentionSeen } from "./backup-retention.ts";
import { MODES, settingsOf } from "./backup-run.ts";
import { backupJobs, includedBy, isEnabled, selected, selectors } from "./backup-schedules.ts";

const jobLabel = named("backup job", "id");

/** When a schedule comes next, as text; undefined where PVE does not say. */
async function nextRun(look: Look, schedule: string | undefined): Promise<string | undefined> {
  if (schedule === undefined) return undefined;
  const [first] = rows(await look.tryRead("GET /cluster/jobs/schedule-analyze", { schedule, iterations: 1 }));
  const at = first && num(first, "timestamp");
  return at === undefined ? undefined : time(at);
}

/** The guests that no enabled job but this one saves. */
function savedByNoOther(guests: readonly Guest[], jobs: readonly Row[], id: string): readonly Guest[] {
  const others = jobs.filter((job) => str(job, "id") !== id && isEnabled(job));
  const covered = new Set(others.flatMap((job) => selected(guests, job).map(({ vmid }) => vmid)));
  return guests.filter(({ vmid }) => !covered.has(vmid));
}

/** One way to choose guests replaces another (PVE::API2::Backup update_job). */
const CHOICES: readonly (readonly [chosen: string, replaced: readonly string[]])[] = [
  ["vmid", ["all", "exclude", "pool"]],
  ["all", ["vmid", "pool"]],
  ["exclude", ["vmid", "pool"]],
  ["pool", ["vmid", "all", "exclude"]],
];

/** A job's settings after a call. */
function jobAfter(job: Row, params: Readonly<Record<string, unknown>>): Row {
  const { delete: _delete, ...set } = params;
  const given = settingsOf(set);
  const replaced =
    CHOICES.find(([chosen]) => given[chosen] !== undefined && given[chosen] !== "0")?.[1] ?? [];
  const gone = new Set([...entriesOf(params.delete), ...replaced.filter((key) => given[key] === undefined)]);
  return Object.fromEntries(Object.entries({ ...job, ...given }).filter(([key]) => !gone.has(key)));
}

/** The jobs that were looked through, where PVE_ALLOWED hides some. */
const amongJobs = (look: Look): string =>
  look.hidden?.().some(({ route }) => route === "GET /cluster/backup") ? " inside PVE_ALLOWED" : "";

const uncovered = (look: Look, guests: readonly Guest[], moment: string): readonly Point[] =>
  listings(`In no enabled job${amongJobs(look)} ${moment}`, guestNames(guests));

/** A job that goes: which guests it saved, and who then saves them. */
export const backupJobRemoval: Topic = async (step, look): Promise<Finding> => {
  const id = settingText(step.params.id);
  const [job, jobs, guests, included] = await Promise.all([
    currentSettings(step, look),
    backupJobs(look),
    inventory(look),
    includedBy(look, id),
  ]);
  const vmids = included ?? (job && guests ? selected(guests, job).map(({ vmid }) => vmid) : undefined);
  const theirs = guests?.filter(({ vmid }) => vmids?.includes(vmid)) ?? [];
  const alone = jobs && job && isEnabled(job) ? savedByNoOther(theirs, jobs, id) : [];
  return {
    points: [
      `Backup job ${id} goes: ${job ? settingsText(job, ["schedule", "storage", "mode", "enabled", "prune-backups", "comment"]) : await unknownBecause(step, look)}.`,
      ...(alone.length === theirs.length ? [] : uncovered(look, alone, "afterwards")),
      vmids === undefined
        ? "Which guests it saves could not be read."
        : listing(
            `It saves ${counted(vmids.length, "guest")}${alone.length > 0 && alone.length === theirs.length ? `, and no other enabled job${amongJobs(look)} does` : ""}`,
            vmids.map((vmid) => nameOfVmid(guests, vmid)),
          ),
      "Backups that it made stay where they are.",
    ],
    state: { [jobLabel(step.params)]: stableSettings(job), [`guests of ${id}`]: vmids ? [...vmids] : null },
  };
};

/** A changed job: the settings, guests that come and go, who is saved by none, the next run. */
export const backupJobChange: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const id = settingText(params.id);
  const [change, job, jobs, guests] = await Promise.all([
    changeFinding(step, look, jobLabel),
    currentSettings(step, look),
    backupJobs(look),
    inventory(look),
  ]);
  if (!job || !guests) return change;
  const after = jobAfter(job, params);
  const [had, has] = [selected(guests, job), selected(guests, after)];
  const [was, is] = [isEnabled(job), isEnabled(after)];
  const left = had.filter((guest) => !has.includes(guest));
  const lost = jobs && was ? savedByNoOther(is ? left : had, jobs, id) : [];
  const [retention, next] = await Promise.all([
    retentionSeen(look, route, retentionParams(after)),
    is ? nextRun(look, str(after, "schedule")) : undefined,
  ]);
  const prunes = ["prune-backups", "remove", "storage", "delete"].some((key) => params[key] !== undefined);
  return {
    ...change,
    points: [
      ...change.points,
      ...uncovered(look, lost, "afterwards"),
      ...(is && left.length !== lost.length ? listings("No longer saved by it", guestNames(left)) : []),
      ...listings("Saved by it from then on", guestNames(has.filter((guest) => !had.includes(guest)))),
      `It then saves ${counted(has.length, "guest")}${is ? "" : ", but does not run"}.`,
      ...(next === undefined ? [] : [`Next run: ${next}.`]),
      ...(prunes && retention
        ? [
            retention.removes
              ? `${capital(retention.says)}: the next run removes what it does not keep.`
              : `Older backups stay: ${retention.says}.`,
          ]
        : []),
    ],
    state: { ...change.state, [`guests of ${id}`]: had.map(({ vmid }) => vmid) },
  };
};

/** What decides a job's retention, as parameters. */
const retentionParams = (job: Row): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ["storage", "prune-backups", "remove", "node"].flatMap((key) =>
      job[key] === undefined || job[key] === null ? [] : [[key, job[key]]],
    ),
  );

/** A new job: which guests it saves, where to, when first, and what it removes. */
export const backupJobCreation: Topic = async ({ route, params }, look): Promise<Finding> => {
  const job = settingsOf(params);
  const id = textOf(params, "id");
  const [guests, jobs] = await Promise.all([inventory(look), backupJobs(look)]);
  const saved = guests && selected(guests, job);
  const enabled = params.enabled === undefined || isOn(params, "enabled");
  const [retention, next] = await Promise.all([
    retentionSeen(look, route, retentionParams(job)),
    enabled ? nextRun(look, textOf(params, "schedule") ?? textOf(params, "starttime")) : undefined,
  ]);
  const there = id !== undefined && jobs?.some((row) => str(row, "id") === id);
  const mode = textOf(params, "mode") ?? "snapshot";
  const running = saved?.filter(({ status }) => status === "running") ?? [];
  return {
    points: [
      ...when(there === true, `Backup job ${id} is there already: PVE refuses to create it.`),
      saved === undefined
        ? "Which guests it saves could not be read."
        : listing(
            `The job saves ${counted(saved.length, "guest")} to ${textOf(params, "storage") ?? "the node's default storage"}, mode ${mode}`,
            guestNames(saved),
          ),
      enabled
        ? `It runs ${textOf(params, "schedule") ?? textOf(params, "starttime") ?? "as scheduled"}${next === undefined ? "" : `, first ${next}`}.`
        : "It is created disabled.",
      ...when(
        MODES[mode] !== undefined && running.length > 0,
        `Running guests are ${MODES[mode]}, each time.`,
      ),
      retention === undefined
        ? "What becomes of older backups could not be read."
        : retention.removes
          ? "Each run removes what its retention does not keep."
          : `Older backups stay: ${retention.says}.`,
    ],
    tells: [
      ...(saved === undefined ? [] : selectors(params)),
      "storage",
      "mode",
      "schedule",
      "starttime",
      "enabled",
      "remove",
    ],
    state: {
      "backup job": {
        id: id ?? null,
        guests: saved?.map(({ vmid }) => vmid) ?? null,
        retention: retention?.says ?? null,
      },
    },
  };
};
