import { flag, num, type Row, record, rows, str } from "../pve/data.ts";
import type { Block, Facts } from "../render/answer.ts";
import { foreignMark } from "../render/foreign.ts";
import { type Cells, cell } from "./answers.ts";
import { flat, propertyText } from "./flat.ts";

/** Which guests a job takes: "all", "all but 104", "101, 102", "pool web". */
export function selection(job: Row): string {
  const pool = str(job, "pool");
  const vmid = str(job, "vmid");
  const exclude = str(job, "exclude");
  const all = `all${exclude === undefined || exclude === "" ? "" : ` but ${exclude}`}`;
  const what = flag(job, "all") ? all : pool !== undefined ? `pool ${pool}` : (vmid ?? "none");
  const node = str(job, "node");
  return node === undefined ? what : `${what} (on ${node} only)`;
}

/** When a job runs; old ones have a time and days of the week. */
const schedule = (job: Row): string | undefined => {
  const time = str(job, "starttime");
  return str(job, "schedule") ?? (time === undefined ? undefined : `${str(job, "dow") ?? ""} ${time}`.trim());
};

/** A job is on unless it says otherwise. */
export const isEnabled = (job: Row): boolean => job.enabled === undefined || flag(job, "enabled");

/** How many backups stay, as `keep-last=3`; `maxfiles` is what old jobs call it. */
function retention(job: Row): string | undefined {
  const keep = propertyText(job["prune-backups"]);
  const files = num(job, "maxfiles");
  if (typeof keep === "string") return keep;
  return files === undefined ? undefined : files === 0 ? "keep-all=1" : `keep-last=${files}`;
}

/** A job as a row of a list. */
export const jobRow = (job: Row): Cells => ({
  id: str(job, "id"),
  state: isEnabled(job) ? undefined : "disabled",
  schedule: schedule(job),
  next: isEnabled(job) ? num(job, "next-run") : undefined,
  guests: selection(job),
  storage: str(job, "storage") ?? str(job, "dumpdir"),
  mode: str(job, "mode"),
  keep: retention(job),
  comment: str(job, "comment"),
});

const NAMED = ["id", "type", "all", "vmid", "pool", "exclude", "node", "schedule", "starttime", "dow"];
const SHOWN = ["enabled", "next-run", "prune-backups", "maxfiles", "digest", ...NAMED];

/** A job's settings, the ones that decide what happens first. */
export function jobFacts(job: Row): Facts {
  const rest = Object.entries(flat(job)).filter(([key]) => !SHOWN.includes(key));
  return {
    kind: "facts",
    facts: [
      { key: "id", value: str(job, "id") },
      { key: "enabled", value: isEnabled(job), format: "flag" },
      { key: "schedule", value: schedule(job) },
      { key: "next_run", label: "next run", value: num(job, "next-run"), format: "time" },
      { key: "guests", value: selection(job) },
      { key: "keep", label: "retention", value: retention(job) },
      ...rest.map(([key, value]) => ({ key, value: cell(value), ...foreignMark(key, cell(value)) })),
    ],
  };
}

const isIncluded = (volume: Row): boolean => flag(volume, "included");
const volumeName = (volume: Row): string => (str(volume, "id") ?? "").replace(/^\d+:/, "");

/** Guests and volumes of a job (GET /cluster/backup/{id}/included_volumes): a row a guest. */
export function includedTable(data: Row): readonly Block[] {
  const guests = rows(data.children);
  if (guests.length === 0) return [{ kind: "note", text: "The job includes no guest at the moment." }];
  return [
    {
      kind: "table",
      title: `Includes ${guests.length} ${guests.length === 1 ? "guest" : "guests"}`,
      columns: [
        { key: "vmid", label: "VMID" },
        { key: "name" },
        { key: "type" },
        { key: "volumes", label: "backed up" },
        { key: "left", label: "left out" },
      ],
      rows: guests.map((guest) => {
        const volumes = rows(guest.children).map(record);
        return {
          vmid: num(guest, "id"),
          name: str(guest, "name"),
          type: str(guest, "type"),
          volumes: volumes.filter(isIncluded).map(volumeName),
          left: volumes
            .filter((volume) => !isIncluded(volume))
            .map((volume) => `${volumeName(volume)} (${str(volume, "reason") ?? "excluded"})`),
        };
      }),
    },
  ];
}
