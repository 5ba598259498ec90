import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import type { TaskSpec } from "./route.ts";
import { recordedWorld } from "./scenarios/recorded.ts";
import { lastEnd, logOf, loseTasks, settle, startTask, stopTask, TaskFailure } from "./tasks.ts";
import type { Task } from "./world.ts";

const START = 1_800_000_000;

function setup() {
  const world = recordedWorld(new VirtualClock(START));
  const start = (spec: Partial<TaskSpec>, at = START): Task => {
    const upid = startTask(
      world,
      "root@pam!mcp",
      { node: "pve", type: "qmstart", id: "100", seconds: 10, ...spec },
      at,
    );
    const task = world.tasks.get(upid);
    if (!task) throw new Error("the task is not in the world");
    return task;
  };
  return { world, start };
}

describe("tasks", () => {
  it("have unique UPIDs of PVE's form", () => {
    const { start } = setup();
    const upids = Array.from({ length: 50 }, () => start({}).upid);
    expect(new Set(upids).size).toBe(50);
    for (const upid of upids)
      expect(upid).toMatch(/^UPID:pve:[0-9A-F]{8}:[0-9A-F]{8}:6B49D200:qmstart:100:root@pam!mcp:$/);
  });

  it("show their log bit by bit and close it at the end", () => {
    const { world, start } = setup();
    const task = start({ log: ["one", "two"] });
    expect(logOf(task, START + 1)).toEqual(["one"]);
    expect(logOf(task, START + 9)).toEqual(["one", "two"]);
    settle(world, START + 10);
    expect(logOf(task, START + 10)).toEqual(["one", "two", "TASK OK"]);
  });

  it("write wget's rows dot by dot, the percent at the end of each", () => {
    const { start } = setup();
    const row = "     0K ........ ........ ........ ........  25%  100M 3s";
    const task = start({ log: ["Saving to: x", row] });
    const [, half] = logOf(task, START + 7.5);
    expect(half).toBe(row.slice(0, Math.ceil(row.length / 2)));
    expect(logOf(task, START + 10)).toEqual(["Saving to: x", row]);
  });

  it("take effect in order of their ends, and what an end starts counts too", () => {
    const { world, start } = setup();
    const seen: string[] = [];
    const note = (name: string) => () => {
      seen.push(name);
      return undefined;
    };
    start({ seconds: 20, done: note("late") });
    start({
      seconds: 5,
      done: (at) => {
        seen.push("early");
        start({ seconds: 5, done: note("child") }, at);
        return ["started a child"];
      },
    });
    settle(world, START + 4);
    expect(seen).toEqual([]);
    expect(lastEnd(world)).toBe(START + 20);
    settle(world, START + 30);
    expect(seen).toEqual(["early", "child", "late"]);
    expect(lastEnd(world)).toBeUndefined();
  });

  it("fail with the message of what went wrong, in one line", () => {
    const { world, start } = setup();
    const task = start({
      done: () => {
        throw new TaskFailure("could not do it\nreally\n", ["tried"]);
      },
    });
    settle(world, START + 10);
    expect(task.exitstatus).toBe("could not do it really");
    expect(logOf(task, START + 11)).toEqual(["tried", "TASK ERROR: could not do it really"]);
  });

  it("end with warnings without failing", () => {
    const { world, start } = setup();
    let done = false;
    const task = start({
      exitstatus: "WARNINGS: 2",
      done: () => {
        done = true;
        return undefined;
      },
    });
    settle(world, START + 10);
    expect(done).toBe(true);
    expect(logOf(task, START + 10)).toEqual(["TASK WARNINGS: 2"]);
  });

  it("do nothing more once stopped", () => {
    const { world, start } = setup();
    let released = false;
    const task = start({
      log: ["one", "two", "three", "four"],
      interrupted: "interrupted by signal",
      done: () => {
        throw new Error("must not run");
      },
      stopped: () => {
        released = true;
      },
    });
    stopTask(task, START + 4);
    settle(world, START + 60);
    expect(released).toBe(true);
    expect(logOf(task, START + 60)).toEqual(["one", "two", "TASK ERROR: interrupted by signal"]);
  });

  it("do what they begin with at once and log it over their time", () => {
    const { world, start } = setup();
    const task = start({ log: ["one"], begun: () => ["two", "three"], done: () => ["four"] });
    expect(logOf(task, START + 4)).toEqual(["one", "two"]);
    settle(world, START + 10);
    expect(logOf(task, START + 10)).toEqual(["one", "two", "three", "four", "TASK OK"]);
  });

  it("soon fail when they fail to begin", () => {
    const { world, start } = setup();
    const task = start({
      begun: () => {
        throw new TaskFailure("no space", ["tried"]);
      },
      done: () => {
        throw new Error("must not run");
      },
    });
    settle(world, START + 2);
    expect(logOf(task, START + 2)).toEqual(["tried", "TASK ERROR: no space"]);
  });

  it("are lost with their node, without a last word and without a cleanup", () => {
    const { world, start } = setup();
    const never = () => {
      throw new Error("must not run");
    };
    const task = start({ log: ["one", "two", "three", "four"], done: never, stopped: never });
    const over = start({ seconds: 2 });
    settle(world, START + 3);
    loseTasks(world, "pve", START + 5);
    settle(world, START + 60);
    expect([task.exitstatus, over.exitstatus]).toEqual(["unexpected status", "OK"]);
    expect(task.endtime).toBe(START + 5);
    expect(logOf(task, START + 60)).toEqual(["one", "two"]);
  });

  it("do not end on a node that is down", () => {
    const { world, start } = setup();
    const task = start({});
    const node = world.nodes.get("pve");
    if (node) node.online = false;
    settle(world, START + 60);
    expect(task.exitstatus).toBe("unexpected status");
  });

  it("have ended on return when they are synchronous", () => {
    const { start } = setup();
    expect(start({ sync: true })).toMatchObject({ exitstatus: "OK", endtime: START });
  });
});
