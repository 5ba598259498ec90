import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { faulty, reset } from "../support/faults.ts";
import { type Connection, type ConnectOptions, connect, ERAS } from "../support/mcp.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mcp-pve-record-"));
  file = join(folder, "audit.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const demo = (options: ConnectOptions = {}): Promise<Connection> =>
  connect(clusterWorld(new VirtualClock(1_795_330_000)), DEMO_TOKENS.admin, {
    ...options,
    env: { PVE_AUDIT_LOG: file, ...options.env },
  });
type Line = Readonly<Record<string, unknown>>;
const lines = (): Line[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const writes = ({ requests }: Connection) => requests.filter(({ method }) => method !== "GET");

describe.each(ERAS)("the record, protocol %s", (era) => {
  it("has a line before and one after each change, and none of reads", async () => {
    const connected = await demo({ era });
    await connected.call("pve_list_nodes");
    await connected.act("pve_stop_qemu_vm", { vmid: "web-01" });
    const [before, after, ...more] = lines();
    expect(more).toEqual([]);
    expect(before).toMatchObject({
      kind: "change",
      caller: "stdio",
      client: "contract 1",
      cluster: "test",
      tool: "pve_stop_qemu_vm",
      route: "POST /nodes/{node}/qemu/{vmid}/status/stop",
      params: { node: "pve1", vmid: 100 },
      confirmed: "code",
      plan: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(after).toMatchObject({
      kind: "outcome",
      of: before?.seq,
      verdict: "ok",
      upid: expect.stringContaining(":qmstop:100:"),
      durationMs: expect.any(Number),
      prev: before?.hash,
    });
    await connected.close();
  });
});

it("holds no secret", async () => {
  const connected = await demo();
  await connected.act("pve_create_user", { userid: "carol@pve", password: "s3cret-pass-word" });
  await connected.act("pve_update_qemu_config", { vmid: 100, params: { cipassword: "an0ther-secret" } });
  const text = readFileSync(file, "utf8");
  expect(text).toContain("carol@pve");
  expect(text).not.toContain("s3cret-pass-word");
  expect(text).not.toContain("an0ther-secret");
  await connected.close();
});

it("says what PVE refused, what is not known, and what only runs on", async () => {
  const connected = await demo({
    env: { PVE_CONFIRM: "off" },
    through: faulty((request) =>
      request.method === "PUT" && request.path.includes("/qemu/101/") ? Promise.reject(reset()) : undefined,
    ),
  });
  await connected.call("pve_delete_qemu_vm", { vmid: 100 });
  await connected.call("pve_update_qemu_config", { vmid: 101, description: "x" });
  await connected.call("pve_run_backup", { vmid: "db-01", storage: "backup", remove: false, wait: 1 });
  const outcomes = lines().filter(({ kind }) => kind === "outcome");
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(["refused", "unknown", "running"]);
  expect(outcomes[2]?.upid).toContain(":vzdump:102:");
  await connected.close();
});

it("says of a change that PVE gave up in the middle that it is not known what was done", async () => {
  const connected = await demo({ env: { PVE_CONFIRM: "off" } });
  await connected.call("pve_update_qemu_config", { vmid: "mail", delete: "scsi0" });
  // PVE deletes first, and then finds no such volume.
  const args = { vmid: "mail", delete: "unused0", params: { scsi5: "local-lvm:vm-103-disk-99" } };
  const { text, isError } = await connected.call("pve_update_qemu_config", args);
  expect(isError).toBe(true);
  expect(text).toContain("a part of it may have been done");
  expect(text).not.toContain("Nothing was changed.");
  expect(lines().at(-1)).toMatchObject({ kind: "outcome", verdict: "unknown" });
  await connected.close();
});

it("says of an answer that nobody can read that it is not known what was done", async () => {
  const connected = await demo({
    env: { PVE_CONFIRM: "off" },
    through: faulty(({ method }, pass) =>
      method === "PUT" ? pass().then((answer) => ({ ...answer, body: "<html>" })) : undefined,
    ),
  });
  const { text } = await connected.call("pve_update_qemu_config", { vmid: "mail", memory: "4096" });
  expect(text).toContain("It may have run all the same");
  expect(text).not.toContain("Nothing was changed.");
  expect(lines().at(-1)).toMatchObject({ kind: "outcome", verdict: "unknown" });
  await connected.close();
});

it("knows what was set before a change of configuration", async () => {
  const connected = await demo();
  await connected.call("pve_update_qemu_config", { vmid: 100, description: "new notes" });
  expect(lines()[0]).toMatchObject({ before: { cores: expect.anything(), name: "web-01" } });
  await connected.close();
});

describe("a record that cannot be written", () => {
  it("lets no change through", async () => {
    mkdirSync(file);
    const connected = await demo();
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The change was not sent, because it could not be recorded: /);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(writes(connected)).toEqual([]);
    expect((await connected.call("pve_list_nodes")).isError).toBe(false);
    await connected.close();
  });

  it("after the change says so in the answer", async () => {
    const connected = await demo({
      through: faulty((request, pass) => {
        if (request.method === "POST") {
          rmSync(file);
          mkdirSync(file);
        }
        return pass();
      }),
    });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail" });
    expect(isError).toBe(false);
    expect(text).toMatch(/^Done in /);
    expect(text).toContain("The record of this change could not be completed");
    await expect(connected.close()).rejects.toThrow(/The record of changes/);
  });
});

it("two servers share one record", async () => {
  const both = await Promise.all([demo(), demo()]);
  await Promise.all(
    both.flatMap((connected, n) =>
      [0, 1, 2].map((i) =>
        connected.call("pve_update_qemu_config", { vmid: 100 + n, description: `note ${n} ${i}` }),
      ),
    ),
  );
  const all = lines();
  expect(all).toHaveLength(12);
  all.forEach((line, at) => {
    expect(line.seq).toBe(at + 1);
    if (at > 0) expect(line.prev).toBe(all[at - 1]?.hash);
  });
  await Promise.all(both.map((connected) => connected.close()));
});

it("a frozen server changes nothing, and thaws without a restart", async () => {
  const freeze = join(folder, "freeze");
  const connected = await demo({ env: { PVE_FREEZE_FILE: freeze } });
  writeFileSync(freeze, "");
  const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail" });
  expect(isError).toBe(true);
  expect(text).toMatch(/PVE_FREEZE_FILE/);
  expect(text).toMatch(/Nothing was changed\.$/);
  expect((await connected.call("pve_get_qemu_status", { vmid: "mail" })).isError).toBe(false);
  expect(writes(connected)).toEqual([]);
  rmSync(freeze);
  expect((await connected.call("pve_start_qemu_vm", { vmid: "mail" })).isError).toBe(false);
  await connected.close();
});
