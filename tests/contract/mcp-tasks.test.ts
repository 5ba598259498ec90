import { describe, expect, it } from "vitest";
import type { Transport } from "../../src/pve/line/transport.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { faulty, proxyError } from "../support/faults.ts";
import { rawPost, startHttp } from "../support/http.ts";
import { connect } from "../support/mcp.ts";
import { type RawClient, rawClient } from "../support/raw.ts";

const START = 1_795_330_000;
const TASKS = { extensions: { "io.modelcontextprotocol/tasks": {} } };
const demo = (
  env: Readonly<Record<string, string>> = {},
  capabilities: object = TASKS,
  through: (transport: Transport) => Transport = (transport) => transport,
) => {
  const clock = new VirtualClock(START);
  const world = clusterWorld(clock);
  return {
    clock,
    world,
    client: rawClient(world, DEMO_TOKENS.admin, { env, through, capabilities: { ...capabilities } }),
  };
};
type Result = Awaited<ReturnType<RawClient["ask"]>>;

const backup = { vmid: "db-01", storage: "backup", remove: false };
const short = { vmid: "mail" };

describe("a client that takes tasks", () => {
  it("is offered the extension", async () => {
    const { client } = demo();
    const { capabilities } = await client.ask("server/discover");
    expect(capabilities).toMatchObject({ extensions: { "io.modelcontextprotocol/tasks": {} } });
    client.close();
  });

  it("gets a short job's end, and a long job as a task that it follows to its true end", async () => {
    const { client, clock } = demo();
    expect(await client.call("pve_start_qemu_vm", short)).toMatchObject({
      content: [{ text: expect.stringMatching(/^Done in \d+s: Start of VM 103/) }],
    });
    const task = await client.call("pve_run_backup", backup);
    expect(task).toMatchObject({ resultType: "task", status: "working" });
    expect(task.statusMessage).toMatch(/^Still running.*: backup of VM 102 \(db-01\) on pve3 to backup\./);
    const { taskId } = task;
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "working", taskId });
    clock.advance(600);
    const done = await client.ask("tasks/get", { taskId });
    expect(done).toMatchObject({ status: "completed", createdAt: task.createdAt });
    expect(done.result).toMatchObject({
      content: [{ type: "text", text: expect.stringMatching(/^Done in .*: backup of VM 102 \(db-01\)/) }],
    });
    expect(done.result).not.toHaveProperty("isError");
    // What the call had to say besides is not lost on the way.
    expect(done.result).toMatchObject({
      content: [{ text: expect.stringContaining("No older backup is removed (remove is off).") }],
    });
    client.close();
  });

  it("sees a job that failed as a result that is an error", async () => {
    const { client, clock, world } = demo();
    const { taskId } = await client.call("pve_run_backup", backup);
    for (const task of world.tasks.values())
      if (task.type === "vzdump" && task.work) task.exitstatus = "no space left";
    clock.advance(600);
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({
      status: "completed",
      result: { isError: true, content: [{ text: expect.stringMatching(/^FAILED: /) }] },
    });
    client.close();
  });

  it("gets a job that HA is asked for as a task, and sees it done when HA has done it", async () => {
    const { client, clock, world } = demo();
    const task = await client.call("pve_migrate_qemu_vm", { vmid: 101, target: "pve1", online: true });
    expect(task).toMatchObject({
      resultType: "task",
      status: "working",
      statusMessage: expect.stringMatching(/^Requested of HA, not seen to act yet/),
    });
    const { taskId } = task;
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({
      status: "working",
      statusMessage: expect.stringMatching(/^Requested of HA/),
    });
    clock.advance(8);
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({
      status: "working",
      statusMessage: expect.stringMatching(/^Still running/),
    });
    clock.advance(60);
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({
      status: "completed",
      result: { content: [{ text: expect.stringMatching(/^Done in .*: Migration of VM 101/) }] },
    });
    expect(world.guests.get(101)?.node).toBe("pve1");
    client.close();
  });

  it("cancels it: the job is stopped, recorded as pve_stop_task", async () => {
    const { client, world } = demo();
    const { taskId } = await client.call("pve_run_backup", backup);
    await client.ask("tasks/cancel", { taskId });
    const job = [...world.tasks.values()].findLast(({ type }) => type === "vzdump");
    expect(job?.exitstatus).toMatch(/interrupt/);
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "cancelled" });
    client.close();
  });

  it("sees a cancelled migration as cancelled, whatever PVE calls its end", async () => {
    const { client, world } = demo();
    const { taskId } = await client.call("pve_migrate_qemu_vm", { vmid: 108, target: "pve1", online: true });
    await client.ask("tasks/cancel", { taskId });
    const job = [...world.tasks.values()].findLast(({ type }) => type === "qmigrate");
    expect(job?.exitstatus).toBe("migration aborted");
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "cancelled" });
    client.close();
  });

  it("cancels what HA does for it, and says when HA has not begun", async () => {
    const { client, clock, world } = demo();
    const { taskId } = await client.call("pve_migrate_qemu_vm", { vmid: 101, target: "pve1", online: true });
    await expect(client.ask("tasks/cancel", { taskId })).rejects.toThrow(
      /HA has the request and has not begun: nothing runs that could be stopped/,
    );
    clock.advance(7);
    await client.ask("tasks/cancel", { taskId });
    const job = [...world.tasks.values()].findLast(({ type }) => type === "qmigrate");
    expect(job?.exitstatus).toBe("migration aborted");
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "cancelled" });
    client.close();
  });

  it("cancels every job of a call, and tells then which could not be stopped", async () => {
    let refused = 0;
    const { client, world } = demo(
      {},
      TASKS,
      faulty(({ method, path }) => {
        if (method !== "DELETE" || !path.includes("/nodes/pve1/tasks/")) return undefined;
        refused += 1;
        return Promise.resolve(proxyError(403, "Permission check failed (/nodes/pve1, Sys.Modify)"));
      }),
    );
    const { taskId } = await client.call("pve_run_backup", { vmid: "all", storage: "backup", remove: false });
    const jobs = [...world.tasks.values()].filter(({ type, work }) => type === "vzdump" && work);
    expect(new Set(jobs.map(({ node }) => node))).toEqual(new Set(["pve1", "pve2", "pve3"]));
    await expect(client.ask("tasks/cancel", { taskId })).rejects.toThrow(
      /^1 of 3 jobs could not be stopped: backup of .* on pve1 to backup: Permission denied/,
    );
    expect(refused).toBe(1);
    for (const { node, exitstatus } of jobs)
      if (node !== "pve1") expect(exitstatus).toBe("interrupted by signal");
    client.close();
  });

  it("cannot cancel what the tier does not let it stop", async () => {
    const other = demo();
    const { taskId } = await other.client.call("pve_run_backup", backup);
    other.client.close();
    const { client } = demo({ PVE_EXCLUDE_TOOLS: "pve_stop_task" });
    const mine = await client.call("pve_run_backup", backup);
    await expect(client.ask("tasks/cancel", { taskId: mine.taskId })).rejects.toThrow(/PVE_EXCLUDE_TOOLS/);
    // Another process has another key.
    await expect(client.ask("tasks/get", { taskId })).rejects.toThrow(/There is no such task/);
    client.close();
  });

  it.each([
    [
      "another UPID",
      (body: Result) => ({
        ...body,
        jobs: [{ upid: "UPID:pve1:00000001:00000001:6B000000:x:1:root@pam:", what: "x" }],
      }),
    ],
    ["another caller", (body: Result) => ({ ...body, caller: "somebody" })],
    ["another cluster", (body: Result) => ({ ...body, cluster: "elsewhere" })],
    ["a later end", (body: Result) => ({ ...body, expires: 9e15 })],
  ] as const)("cannot forge an id: %s", async (_, forge) => {
    const { client } = demo();
    const { taskId } = await client.call("pve_run_backup", backup);
    const [body = "", mac = ""] = String(taskId).split(".");
    const forged = forge(JSON.parse(Buffer.from(body, "base64url").toString()));
    const id = `${Buffer.from(JSON.stringify(forged)).toString("base64url")}.${mac}`;
    for (const method of ["tasks/get", "tasks/cancel"])
      await expect(client.ask(method, { taskId: id })).rejects.toThrow(/There is no such task/);
    client.close();
  });

  it.each(["", ".", "a.b", "x".repeat(200_000)])("is told that an id is none: %#", async (taskId) => {
    const { client } = demo();
    await expect(client.ask("tasks/get", { taskId })).rejects.toThrow();
    client.close();
  });
});

it("a client that does not declare it gets no task, and is told what it would have to declare", async () => {
  const { client } = demo({}, {});
  const result = await client.call("pve_run_backup", { ...backup, wait: 1 });
  expect(result).toMatchObject({ content: [{ text: expect.stringMatching(/^Still running/) }] });
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"])
    await expect(client.ask(method, { taskId: "x.y" })).rejects.toMatchObject({
      cause: { code: -32_021, data: { requiredCapabilities: TASKS } },
    });
  client.close();
});

it("the 2025 era has no such method", async () => {
  const server = await startHttp(clusterWorld(new VirtualClock(START)), DEMO_TOKENS.admin);
  const message = { jsonrpc: "2.0", id: 1, method: "tasks/get", params: { taskId: "x.y" } };
  const answer = await rawPost(server.url, JSON.stringify(message));
  expect(await answer.text()).toContain('"code":-32601');
  await server.close();
});

it("in the 2025 era a long job is told as one that still runs", async () => {
  const world = clusterWorld(new VirtualClock(START));
  const connected = await connect(world, DEMO_TOKENS.admin, { era: "2025" });
  const { text } = await connected.call("pve_run_backup", { ...backup, wait: 1 });
  expect(text).toMatch(/^Still running/);
  await connected.close();
});
