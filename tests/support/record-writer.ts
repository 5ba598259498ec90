/**
 * A process that writes to a record, for tests of several processes: `record-writer.ts JSON`, see Task. Says "ready" on
 * stdout before it writes and "done" after; may be made to die in the middle.
 */
import { constants, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Files, NODE_FILES } from "../../src/record/files.ts";
import { createRecord } from "../../src/record/record.ts";
import { standStill } from "../../src/record/stand-still.ts";
import { intent } from "./records.ts";

/** What the process does. */
export interface Task {
  readonly path: string;
  readonly maxBytes: number;
  readonly changes: number;
  /** Where it kills itself, at the change after the last one. */
  readonly dies?: Death;
  /** Instead of dying it stops, and goes on when it is woken. */
  readonly stops?: true;
  /** After every so many changes it waits until all writers have come as far. */
  readonly inStep?: { readonly every: number; readonly writers: number };
  /** Its patience with others is endless until this file exists. */
  readonly patientUntil?: string;
  /** Says "wrote" once its first change is there. */
  readonly tells?: true;
}

/** A moment in the middle of writing a line. */
export type Death =
  | "with the lock"
  | "half a line"
  | "line break missing"
  | "unsynced"
  | "before unlocking"
  | "renamed";

const task = JSON.parse(process.argv[2] ?? "") as Task;
let due = false;

function strike(death: Death): void {
  if (due && task.dies === death) {
    due = task.stops !== true;
    process.kill(process.pid, task.stops ? "SIGSTOP" : "SIGKILL");
  }
}

const files: Files = {
  ...NODE_FILES,
  state: (fd) => {
    strike("with the lock");
    return NODE_FILES.state(fd);
  },
  write: (fd, bytes) => {
    const part = task.dies === "half a line" ? bytes.length / 2 : bytes.length - 1;
    if (due && (task.dies === "half a line" || task.dies === "line break missing")) {
      NODE_FILES.write(fd, bytes.subarray(0, part));
      strike(task.dies);
    }
    return NODE_FILES.write(fd, bytes);
  },
  sync: (fd) => {
    strike("unsynced");
    NODE_FILES.sync(fd);
  },
  remove: (path) => {
    strike("before unlocking");
    NODE_FILES.remove(path);
  },
  open: (path, flags) => {
    if (path === task.path && (flags & constants.O_CREAT) !== 0) strike("renamed");
    return NODE_FILES.open(path, flags);
  },
};

/** Milliseconds; those that go by while it is patient do not count. */
let [seen, uncounted] = [performance.now(), 0];
function monotonic(): number {
  const now = performance.now();
  if (task.patientUntil !== undefined && !existsSync(task.patientUntil)) uncounted += now - seen;
  seen = now;
  return now - uncounted;
}

/** Waits until every writer has come to this round. */
function meet(round: number, writers: number): void {
  const folder = dirname(task.path);
  const mark = `round-${round}.`;
  writeFileSync(join(folder, `${mark}${process.pid}`), "");
  while (readdirSync(folder).filter((name) => name.startsWith(mark)).length < writers) standStill(2);
}

const record = createRecord({ path: task.path, maxBytes: task.maxBytes }, { files, monotonic });
process.stdout.write("ready\n");
for (let i = 0; i < task.changes; i += 1) {
  if (task.inStep && i % task.inStep.every === 0) meet(i / task.inStep.every, task.inStep.writers);
  const entry = record.open(intent({ params: { node: "pve1", vmid: 100 + i, writer: process.pid } }));
  if (!entry.close({ verdict: "ok" })) throw new Error("an outcome could not be written");
  if (i === 0 && task.tells) process.stdout.write("wrote\n");
}
if (task.dies) {
  due = true;
  record.open(intent()).close({ verdict: "ok" });
}
process.stdout.write("done\n");
