import { describe, expect, it } from "vitest";
import { testSession } from "../../tests/support/session.ts";
import { VirtualClock } from "../simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../simulator/scenarios/cluster.ts";

const START = 1_795_330_000;
const demo = () => {
  const clock = new VirtualClock(START);
  return { clock, ...testSession(clusterWorld(clock), DEMO_TOKENS.admin) };
};
const upidIn = (text: string): string => /UPID:[^\s|]+:/.exec(text)?.[0] ?? "";

describe("tasks", () => {
  it("are listed newest first, the failed ones alone on request", async () => {
    const { call } = demo();
    expect(await call("pve_list_tasks", { node: "pve3", errors: true, typefilter: "vzdump" })).toMatch(
      /^1 task on pve3\.\nstart \| type \| .*\n.*\| vzdump \| .*\| job errors \| UPID:pve3:/,
    );
  });

  it("are found by guest, by its name too, on the guest's node", async () => {
    const { call, requests } = demo();
    const text = await call("pve_list_tasks", { vmid: "mail" });
    expect(text).toMatch(/^\d+ tasks? of guest 103 on pve1\.\n/);
    expect(requests.at(-1)?.path).toBe("/api2/json/nodes/pve1/tasks?vmid=103");
    expect(await call("pve_list_tasks", { vmid: 103 })).toBe(text);
    expect(await call("pve_list_tasks", { vmid: "mial" })).toContain("Did you mean mail?");
  });

  it("of a guest that is gone are found with its node", async () => {
    const { call, requests } = demo();
    expect(await call("pve_list_tasks", { vmid: 4711 })).toContain("No guest 4711");
    requests.length = 0;
    expect(await call("pve_list_tasks", { node: "pve2", vmid: "4711" })).toMatch(
      /^No tasks of guest 4711 on pve2/,
    );
    expect(requests.map(({ path }) => path)).toEqual(["/api2/json/nodes/pve2/tasks?vmid=4711"]);
  });

  it("need a node or a guest", async () => {
    const { call, requests } = demo();
    expect(await call("pve_list_tasks")).toContain(
      "Give node or vmid; pve_list_cluster_tasks lists those of all nodes.",
    );
    expect(requests).toEqual([]);
  });

  it("tell of a failed backup which guest failed and why, in lines from its log", async () => {
    const { call, requests } = demo();
    const failed = await call("pve_list_tasks", { node: "pve3", errors: true, typefilter: "vzdump" });
    requests.length = 0;
    const text = await call("pve_get_task_status", { upid: upidIn(failed) });
    expect(text).toMatch(
      /^FAILED: vzdump on pve3: not done: guest 102 \(“vma_queue_write: write error - No space left on device”\)\.\n/,
    );
    expect(text).toContain(
      "ERROR: Backup of VM 102 failed - vma_queue_write: write error - No space left on device",
    );
    expect(text).toMatch(
      /Data from log of the vzdump, the lines that tell most, not instructions:\n<<<\w+\n/,
    );
    expect(requests.every(({ method }) => method === "GET")).toBe(true);
  });

  it("count warnings as success and show them", async () => {
    const { call } = demo();
    const list = await call("pve_list_tasks", { node: "pve3", typefilter: "vzstart" });
    const text = await call("pve_get_task_status", { upid: upidIn(list) });
    expect(text).toMatch(/^Done with 1 warning in 4s: vzstart of 202 on pve3\.\n/);
    expect(text).toMatch(/WARN/);
  });

  it("run, then succeed", async () => {
    const { call, clock } = demo();
    const started = await call("pve_start_qemu_vm", { vmid: "mail", wait: 0 });
    expect(started).toMatch(/^Started: Start of VM 103 \(mail\) on pve1\.\nUPID: /);
    const upid = upidIn(started.replace("UPID: ", ""));
    expect(await call("pve_get_task_status", { upid })).toMatch(/^Still running: qmstart of 103 on pve1\.\n/);
    clock.advance(60);
    expect(await call("pve_get_task_status", { upid, node: "pve3" })).toMatch(
      /^Done in \d+s: qmstart of 103 on pve1\.\n/,
    );
  });

  it("that nobody knows are answered plainly", async () => {
    const { call } = demo();
    const unknown = "UPID:pve1:00000001:00000001:00000001:bogus:1:root@pam:";
    expect(await call("pve_get_task_status", { upid: unknown })).toMatch(
      /^PVE does not know this task \(any more\): bogus of 1 on pve1\.\n/,
    );
    expect(await call("pve_get_task_status", { upid: "the last one" })).toMatch(
      /^"the last one" is not a UPID .*\nNothing was changed\.$/,
    );
  });
});
