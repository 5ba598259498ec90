import { type Row, rows } from "../../pve/data.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import {
  type MadeChange,
  type NowRead,
  none,
  type Params,
  type Reversal,
  requests,
  type Way,
} from "./kinds.ts";
import { differencesFrom } from "./objects.ts";
import type { Effect } from "./settings.ts";
import { plainEffect } from "./settings.ts";
import { changedSince, isSet, settingsAmong } from "./values.ts";

const CREATE = "POST /cluster/backup";
const REMOVE = "DELETE /cluster/backup/{id}";
const CHANGE = "PUT /cluster/backup/{id}";

const JOBS: NowRead = {
  read: "GET /cluster/backup",
  params: () => ({}),
  pick: (data) => ({ entries: data }),
};

/** Ways to say which guests a job takes: each ends the others (PVE::API2::Backup update_job). */
const SELECTIONS: readonly (readonly [given: string, ends: readonly string[]])[] = [
  ["vmid", ["all", "exclude", "pool"]],
  ["all", ["vmid", "pool"]],
  ["pool", ["vmid", "all", "exclude"]],
];

/** What a change of a job comes to, its choice of guests included. */
export function jobEffect(params: Params): Effect {
  const { set, deleted } = plainEffect(CHANGE, params);
  const ends = SELECTIONS.find(([given]) => (given === "all" ? isOn(set, given) : isSet(set[given])))?.[1];
  return { set, deleted: [...new Set([...deleted, ...(ends ?? [])])] };
}

/** PVE keeps a time of day and weekdays as a schedule. */
export const oldSchedule = (params: Params): string | undefined =>
  isSet(params.starttime) ? "starttime is kept as a schedule, which is not foreseen here." : undefined;

/** A job that was made is deleted; PVE makes up an id that nothing records, so its settings must tell it. */
export const jobCreation: Reversal = {
  sends: [REMOVE],
  present: JOBS,
  way: ({ params }: MadeChange): Way | string => {
    const old = oldSchedule(params);
    if (old !== undefined) return old;
    const made = {
      ...settingsAmong(CREATE, params),
      ...(isSet(params.exclude) && !isSet(params.pool) ? { all: 1 } : {}),
    };
    return (now) => {
      const jobs = rows(now?.entries);
      const named = jobs.filter((job) => settingText(job.id) === settingText(params.id));
      return isSet(params.id) ? byId(made, named[0]) : byContent(made, jobs);
    };
  },
};

const IGNORED: ReadonlySet<string> = new Set(["id"]);

const deletionOf = ({ id = null }: Row) => requests([{ route: REMOVE, params: { id } }]);

function byId(made: Params, job: Row | undefined) {
  if (!job) return none("there is no job of that id any more.");
  const since = differencesFrom(CREATE, made, job, IGNORED);
  return since.length > 0 ? changedSince(since) : deletionOf(job);
}

function byContent(made: Params, jobs: readonly Row[]) {
  const [job, second] = jobs.filter((one) => differencesFrom(CREATE, made, one, IGNORED).length === 0);
  if (!job) return none("no job is as this change made it: it has been changed or deleted since.");
  if (second) return none("several jobs are as this change made one: which it is, is not known.");
  return deletionOf(job);
}
