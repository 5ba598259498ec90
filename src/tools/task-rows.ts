import { num, type Row, str } from "../pve/data.ts";
import { isForeignExit } from "../pve/jobs/task-verdict.ts";
import type { Column } from "../render/answer.ts";
import type { Cells } from "./answers.ts";

/** The columns of a list of tasks. */
export const TASK_COLUMNS: readonly Column[] = [
  { key: "start", format: "time" },
  { key: "type" },
  { key: "id" },
  { key: "user" },
  { key: "took", format: "duration" },
  { key: "status", foreignFrom: "foreign" },
  { key: "upid", label: "UPID" },
];

/** PVE writes RUNNING in lists, and leaves it out of the cluster's. */
export const statusOf = (row: Row): string => {
  const status = str(row, "status");
  return status === undefined || status === "RUNNING" ? "running" : status;
};

/** A line of a list of tasks. */
export const taskRow = (row: Row): Cells => ({
  upid: str(row, "upid"),
  type: str(row, "type"),
  id: str(row, "id"),
  user: str(row, "user"),
  start: num(row, "starttime"),
  took: duration(row),
  status: statusOf(row),
  foreign: isForeignExit(statusOf(row)),
});

const duration = (row: Row): number | undefined => {
  const [start, end] = [num(row, "starttime"), num(row, "endtime")];
  return start === undefined || end === undefined ? undefined : end - start;
};
