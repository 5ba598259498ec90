import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { callTool, initialize, messagesOf, type Running, start, textOf } from "../support/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "mcp-pve-changes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const recording = async (env: Record<string, string> = {}) => {
  files += 1;
  const file = join(folder, `audit-${files}.jsonl`);
  const server = start(["demo"], { PVE_AUDIT_LOG: file, ...env });
  await initialize(server);
  return { server, file };
};
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/** Calls a tool, with a token that asks for progress. */
const callWithProgress = (server: Running, id: number, name: string, args: Record<string, unknown>) =>
  server.send({
    id,
    method: "tools/call",
    params: { name, arguments: args, _meta: { progressToken: `of ${id}` } },
  });
/** What the server has told of a call's progress. */
const progressOf = (stdout: string, id: number) =>
  messagesOf(stdout).flatMap(({ method, params }) => {
    const note = params as { progressToken: string; progress: number } | undefined;
    return method === "notifications/progress" && note?.progressToken === `of ${id}` ? [note] : [];
  });
const patient = { timeout: 15_000, interval: 10 };

/** Starts a backup that takes longer than the test, and waits until it is recorded, sent and followed. */
async function longBackup(server: Running): Promise<void> {
  const args = { vmid: "db-01", storage: "backup", remove: false, wait: 600 };
  callWithProgress(server, 1, "pve_run_backup", args);
  // Progress is told of a job that has been started.
  await expect.poll(() => progressOf(server.stdout(), 1).length, patient).toBeGreaterThan(0);
}

describe("an open entry of the record", () => {
  test.each([
    ["SIGTERM", (server: Running) => server.child.kill("SIGTERM")],
    ["SIGINT", (server: Running) => server.child.kill("SIGINT")],
    ["a client that goes", (server: Running) => server.child.stdin.end()],
  ] as const)("is completed at the end of the process: %s", async (_, stop) => {
    const { server, file } = await recording();
    await longBackup(server);
    stop(server);
    expect(await server.ended()).toMatchObject({ code: 0 });
    expect(linesOf(file)).toMatchObject([
      { kind: "change", tool: "pve_run_backup" },
      { kind: "outcome", verdict: "interrupted", upid: expect.stringContaining(":vzdump:102:") },
    ]);
  });

  test("stays open when the process is killed, and verify says so", async () => {
    const { server, file } = await recording();
    await longBackup(server);
    server.child.kill("SIGKILL");
    await server.ended();
    expect(linesOf(file)).toMatchObject([{ kind: "change" }]);
    const verify = start(["audit", "verify", file], {});
    const { code, stdout } = await verify.ended();
    expect(code).toBe(0);
    expect(stdout).toMatch(/open/);
  });
});

test("the client's cancelling ends the waiting at once and leaves the job", async () => {
  const { server, file } = await recording();
  await longBackup(server);
  server.send({ method: "notifications/cancelled", params: { requestId: 1, reason: "enough" } });
  callTool(server, 2, "pve_list_cluster_tasks", { state: "running", type: "vzdump" });
  expect(textOf(await server.answer(2))).toMatch(/running \| UPID:pve3:/);
  await expect.poll(() => linesOf(file).length, patient).toBe(2);
  expect(linesOf(file)[1]).toMatchObject({ verdict: "running" });
  server.child.stdin.end();
  await server.ended();
});

test("a folder that cannot be written to stops the start", async () => {
  const server = start(["demo"], { PVE_AUDIT_LOG: join(folder, "none", "audit.jsonl") });
  const { code, stdout, stderr } = await server.ended();
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("PVE_AUDIT_LOG: its folder cannot be written to: there is no such file (ENOENT)");
});

test("a plan, a code and progress over the wire of the bundle", async () => {
  const freeze = join(folder, "freeze");
  const { server } = await recording({ PVE_FREEZE_FILE: freeze });
  callTool(server, 1, "pve_stop_qemu_vm", { vmid: "web-01" });
  const plan = textOf(await server.answer(1));
  expect(plan).toMatch(/^NOT DONE: confirmation needed\n/);
  const confirm = /confirm: "([^"]+)"/.exec(plan)?.[1];
  writeFileSync(freeze, "");
  callTool(server, 2, "pve_stop_qemu_vm", { vmid: "web-01", confirm });
  expect(textOf(await server.answer(2))).toMatch(/PVE_FREEZE_FILE[\s\S]*Nothing was changed\.$/);
  rmSync(freeze);
  callWithProgress(server, 3, "pve_stop_qemu_vm", { vmid: "web-01", confirm });
  expect(textOf(await server.answer(3))).toMatch(/^Done in \d+s: Stop of VM 100 \(web-01\) on pve1\./);
  server.child.stdin.end();
  const { stdout } = await server.ended();
  const told = progressOf(stdout, 3).map(({ progress }) => progress);
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
});
