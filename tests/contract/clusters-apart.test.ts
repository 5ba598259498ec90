import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { type AskedForm, ERAS, type FormAnswer } from "../support/mcp.ts";
import { rawClient } from "../support/raw.ts";
import { asLab, firstLine, testWorld, two, writes } from "../support/two-clusters.ts";

describe.each(ERAS)("a cluster that cannot be used, protocol %s", (era) => {
  it("answers a change with the cause, with nothing sent to either", async () => {
    const connected = await two({ era }, { trouble: () => "Nothing listens there." });
    for (const more of [{}, { dry_run: true }])
      expect(await connected.call("pve_stop_qemu_vm", { vmid: 100, cluster: "lab", ...more })).toEqual({
        text: "Cluster lab cannot be used now.\nNothing listens there.\nNothing was changed.",
        isError: true,
      });
    expect(connected.requests).toEqual([]);
    await connected.close();
  });

  it("works once it is back", async () => {
    let cause: string | undefined = "Nothing listens there.";
    const connected = await two({ era }, { trouble: () => cause });
    const nodes = { cluster: "lab" };
    expect((await connected.call("pve_list_nodes", nodes)).isError).toBe(true);
    cause = undefined;
    expect(firstLine(await connected.call("pve_list_nodes", nodes))).toBe("3 nodes.");
    await connected.close();
  });
});

describe("a task's id", () => {
  const TASKS = { extensions: { "io.modelcontextprotocol/tasks": {} } };
  const backup = { vmid: "db-01", storage: "backup", remove: false };

  it("is followed and stopped on its own cluster", async () => {
    const [world, lab] = [testWorld(), asLab()];
    const client = rawClient(world, DEMO_TOKENS.admin, { others: [lab], capabilities: TASKS });
    const task = await client.call("pve_run_backup", { ...backup, cluster: "lab" });
    expect(task).toMatchObject({ resultType: "task", status: "working" });
    const { taskId } = task;
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "working" });
    const jobs = (its: typeof world) =>
      [...its.tasks.values()].filter(({ type, work }) => type === "vzdump" && work);
    expect([jobs(world).length, jobs(lab.world).length]).toEqual([0, 1]);
    if (!(lab.world.clock instanceof VirtualClock)) throw new Error("a clock that tests do not move");
    lab.world.clock.advance(600);
    expect(await client.ask("tasks/get", { taskId })).toMatchObject({ status: "completed" });
    client.close();
  });

  it.each(["tasks/get", "tasks/cancel"])(
    "that is made to name another cluster is none, for %s",
    async (method) => {
      const client = rawClient(testWorld(), DEMO_TOKENS.admin, { others: [asLab()], capabilities: TASKS });
      const { taskId } = await client.call("pve_run_backup", { ...backup, cluster: "lab" });
      const [body = "", mac = ""] = String(taskId).split(".");
      const payload: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
      expect(payload).toMatchObject({ cluster: "lab" });
      for (const cluster of ["test", "other", "*"]) {
        const forged = Buffer.from(JSON.stringify(Object.assign({}, payload, { cluster }))).toString(
          "base64url",
        );
        const before = client.requests.length;
        await expect(client.ask(method, { taskId: `${forged}.${mac}` })).rejects.toThrow(
          /There is no such task/,
        );
        expect(client.requests).toHaveLength(before);
      }
      client.close();
    },
  );

  it("cannot be cancelled where its cluster does not offer stopping", async () => {
    const lab = asLab({ env: { PVE_EXCLUDE_TOOLS: "pve_stop_task" } });
    const client = rawClient(testWorld(), DEMO_TOKENS.admin, { others: [lab], capabilities: TASKS });
    const { taskId } = await client.call("pve_run_backup", { ...backup, cluster: "lab" });
    await expect(client.ask("tasks/cancel", { taskId })).rejects.toThrow(/PVE_EXCLUDE_TOOLS/);
    const other = await client.call("pve_run_backup", { ...backup, cluster: "test" });
    await client.ask("tasks/cancel", { taskId: other.taskId });
    expect(await client.ask("tasks/get", { taskId: other.taskId })).toMatchObject({ status: "cancelled" });
    client.close();
  });
});

describe.each(ERAS)("what is to be confirmed says which cluster it is for, protocol %s", (era) => {
  const stop = { vmid: "web-01" };

  it("to a person", async () => {
    const asked: string[] = [];
    const person = ({ message }: AskedForm): FormAnswer => {
      asked.push(message);
      return { action: "decline" };
    };
    const connected = await two({ era, person });
    for (const cluster of ["test", "lab"])
      expect(firstLine(await connected.call("pve_stop_qemu_vm", { ...stop, cluster }))).toBe(
        "The person asked said no.",
      );
    expect(asked.map((text) => firstLine({ text }))).toEqual([
      "Cluster test: Stop VM: VM 100 (web-01) on pve1?",
      "Cluster lab: Stop VM: VM 100 (web-01) on pve1?",
    ]);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("in a plan, with a code or without", async () => {
    const connected = await two({ era });
    const on = { ...stop, cluster: "lab" };
    const { text } = await connected.call("pve_stop_qemu_vm", on);
    expect(text.split("\n").slice(0, 2)).toEqual([
      "NOT DONE: confirmation needed",
      "Plan: Cluster lab: Stop VM: VM 100 (web-01) on pve1.",
    ]);
    expect(firstLine(await connected.call("pve_stop_qemu_vm", { ...on, dry_run: true }))).toBe(
      "Plan, nothing is sent: Cluster lab: Stop VM: VM 100 (web-01) on pve1.",
    );
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });
});
