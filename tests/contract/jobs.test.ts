import { afterEach, describe, expect, it, vi } from "vitest";
import { INSTRUCTIONS } from "../../src/mcp/instructions.ts";
import type { WireResponse } from "../../src/pve/line/transport.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { startTask } from "../../src/simulator/tasks.ts";
import { faulty, proxyError, reset } from "../support/faults.ts";
import { demo, running, upidIn } from "../support/jobs.ts";
import { type Connection, ERAS } from "../support/mcp.ts";
import { listedTools } from "../support/session.ts";

const posts = ({ requests }: Connection) => requests.filter(({ method }) => method === "POST");

describe.each(ERAS)("a call that starts a job, protocol %s", (era) => {
  it("waits for its end and tells what was done, how long it took and the UPID", async () => {
    const { connected, world } = await demo({ era });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail" });
    expect(isError).toBe(false);
    expect(text).toMatch(
      /^Done in \d+s: Start of VM 103 \(mail\) on pve1\.\nUPID: UPID:pve1:\S+:qmstart:103:root@pam!mcp:$/,
    );
    expect(world.guests.get(103)?.status).toBe("running");
    await connected.close();
  });

  it("fails when the job fails, with PVE's status and the lines that say why", async () => {
    const { connected } = await demo({ era });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: 104 });
    expect(isError).toBe(true);
    expect(text).toMatch(/^FAILED: Start of VM 104 \(build\) on pve2: “VM is locked \(backup\)”\.\n/);
    await connected.close();
  });

  it("does not wait with wait: 0", async () => {
    const { connected } = await demo({ era });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail", wait: 0 });
    expect(isError).toBe(false);
    expect(text).toMatch(
      /^Started: Start of VM 103 \(mail\) on pve1\.\nUPID: UPID:pve1:\S+\nNext: pve_wait_task/,
    );
    expect(connected.requests.filter(({ path }) => path.includes("/tasks/"))).toEqual([]);
    await connected.close();
  });

  it("says at the limit that it still runs, how far it is and what follows it", async () => {
    const { connected } = await demo({ era });
    const args = { vmid: "db-01", storage: "backup", remove: false, wait: 3 };
    const { text, isError } = await connected.call("pve_run_backup", args);
    expect(isError).toBe(false);
    expect(text).toMatch(
      /^Still running after 3s( \(\d+%\))?: backup of VM 102 \(db-01\) on pve3 to backup\.\n/,
    );
    expect(text).toMatch(/\nlast line: “INFO: .*”/);
    expect(text).toMatch(/\nNext: pve_wait_task with upids \[that UPID\] waits on\./);
    const done = await connected.call("pve_wait_task", { upids: [upidIn(text)], wait: 600 });
    expect(done).toMatchObject({ isError: false });
    expect(done.text).toMatch(/^Done in \d+s: vzdump of 102 on pve3\./);
    expect(done.text).toContain("guests done: 102");
    await connected.close();
  });

  it.each([-1, 3601, 1.5, "soon"])("refuses wait: %j", async (wait) => {
    const { connected } = await demo({ era });
    const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail", wait });
    expect(isError).toBe(true);
    expect(text).toMatch(/wait must be/);
    expect(connected.requests).toEqual([]);
    await connected.close();
  });
});

it("PVE_WAIT sets how long a call waits", async () => {
  const { connected } = await demo({ env: { PVE_WAIT: "0" } });
  expect((await connected.call("pve_start_qemu_vm", { vmid: "mail" })).text).toMatch(/^Started: /);
  await connected.close();
});

it("what clients are told of the default is true whatever PVE_WAIT says", () => {
  const told = [INSTRUCTIONS, JSON.stringify(listedTools())].join("\n").match(/default 25.{0,60}/g) ?? [];
  expect(told).toHaveLength(2);
  for (const text of told) expect(text).toMatch(/^default 25 unless PVE_WAIT says otherwise/);
});

describe("a verdict", () => {
  it("counts warnings as success and shows them", async () => {
    const { connected, world } = await demo();
    const upid = running(world, 5, {
      exitstatus: "WARNINGS: 2",
      log: ["WARN: disk is old", "WARN: so is the NIC"],
    });
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid] });
    expect(isError).toBe(false);
    expect(text).toMatch(/^Done with 2 warnings in 5s: vzdump of 101 on pve2\./);
    expect(text).toContain("WARN: disk is old");
    await connected.close();
  });

  it("of a backup is a failure when a guest is missing, even when PVE says OK", async () => {
    const { connected, world } = await demo();
    const upid = running(world, 5, {
      log: [
        "INFO: starting new backup job: vzdump 101 108 --storage backup",
        "INFO: Starting Backup of VM 101 (qemu)",
        "INFO: Finished Backup of VM 101 (00:00:02)",
        "INFO: Backup job finished successfully",
      ],
    });
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid] });
    expect(isError).toBe(true);
    expect(text).toMatch(/^FAILED: vzdump of 101 on pve2: not done: guest 108 \(/);
    expect(text).toContain("guests done: 101");
    await connected.close();
  });

  describe("of a backup of a pool or of all", () => {
    const silently = faulty(({ path }, pass) =>
      path.includes("/log")
        ? pass().then((reply) => ({
            ...reply,
            body: reply.body.replaceAll("Finished Backup of VM 100 ", "Left out VM 100 "),
          }))
        : undefined,
    );
    const args = { storage: "backup", remove: false, wait: 3_600 };
    const wide = [{ node: "pve1" }, { vmid: "all" }, { params: { pool: "web" } }];

    it.each(wide)("is a failure when a guest of them is missing: %j", async (which) => {
      const { connected } = await demo({ through: silently });
      const { text, isError } = await connected.call("pve_run_backup", { ...which, ...args });
      expect(isError).toBe(true);
      expect(text).toMatch(/not done: guest 100 \(the log does not name it/);
      await connected.close();
    });

    it("names those that are done, of the pool itself alone, as PVE does", async () => {
      const { connected } = await demo();
      const { text, isError } = await connected.call("pve_run_backup", { params: { pool: "web" }, ...args });
      expect(isError, text).toBe(false);
      expect(text).toMatch(/\| 100 \| UPID:pve1:/);
      expect(text).toMatch(/\| 101, 201 \| UPID:pve2:/);
      await connected.close();
    });

    it("does not miss what PVE leaves out because the token may not back it up, and says so", async () => {
      const { connected } = await demo({ token: DEMO_TOKENS.operator }, ({ access }) => {
        access.acl.push({
          path: "/vms/100",
          type: "user",
          ugid: "operator@pve",
          roleid: "PVEAuditor",
          propagate: true,
        });
      });
      const { text } = await connected.call("pve_run_backup", { node: "pve1", ...args });
      expect(text).toMatch(/backup of \d of \d guests \(all but VM 100 \(web-01\)\) on pve1 to backup/);
      expect(text).toContain("PVE leaves out VM 100 (web-01): the token lacks VM.Backup there.");
      expect(text).not.toMatch(/not done/);
      await connected.close();
    });
  });

  it("of a backup does not mind that nobody could be mailed", async () => {
    const { connected, world } = await demo();
    const upid = running(world, 5, {
      log: [
        "INFO: starting new backup job: vzdump 101 --storage backup",
        "INFO: Finished Backup of VM 101 (00:00:02)",
        "ERROR: could not notify via target `mail-to-root`: no recipients",
      ],
    });
    expect(await connected.call("pve_wait_task", { upids: [upid] })).toMatchObject({ isError: false });
    await connected.close();
  });

  it("is given for several tasks on several nodes, the failed ones counted first", async () => {
    const { connected, world } = await demo();
    const good = running(world, 2);
    const bad = running(world, 3, { exitstatus: "no space", log: ["ERROR: no space"] });
    const long = running(world, 500);
    const { text, isError } = await connected.call("pve_wait_task", { upids: [good, bad, long], wait: 10 });
    expect(isError).toBe(true);
    expect(text).toMatch(/^1 of 3 jobs FAILED, 1 still running, 1 done: 3 jobs were waited for\.\n/);
    await connected.close();
  });

  it("of what HA does is the one of the task by which HA does it", async () => {
    const { connected } = await demo();
    const { text, isError } = await connected.call("pve_migrate_qemu_vm", {
      vmid: 101,
      target: "pve1",
      online: true,
      wait: 120,
    });
    expect(isError, text).toBe(false);
    expect(text).toMatch(
      /^Done in .*: Migration of VM 101 \(web-02\) on pve2 to pve1\.\nUPID: UPID:pve2:\S+:qmigrate:101:/,
    );
    await connected.close();
  });
});

describe("what cannot be told is said plainly", () => {
  it("a UPID that PVE does not know", async () => {
    const { connected } = await demo();
    const upid = "UPID:pve2:00001000:00001000:6B000000:qmstart:101:root@pam!mcp:";
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid] });
    expect(isError).toBe(true);
    expect(text).toMatch(/^PVE does not know this task \(any more\): qmstart of 101 on pve2\./);
    await connected.close();
  });

  it("a node that died meanwhile", async () => {
    const { connected, world, clock } = await demo();
    const upid = running(world, 500);
    clock.advance(10);
    const node = world.nodes.get("pve2");
    if (node) node.online = false;
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid], wait: 30 });
    expect(isError).toBe(true);
    expect(text).toMatch(/^Not known how it goes: vzdump of 101 on pve2\.\n/);
    expect(text).toMatch(/pve2 does not tell how the job stands: No route to host\./);
    expect(text).toContain(upid);
    await connected.close();
  });

  it("PVE that is restarted while a job runs is waited for", async () => {
    let cut = 0;
    const { connected, world } = await demo({
      through: faulty(({ path }) => {
        if (!path.includes("/status") || cut > 8) return undefined;
        cut += 1;
        return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
      }),
    });
    const upid = running(world, 20);
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid], wait: 60 });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in 20s: /);
    await connected.close();
  });
});

describe("pve_list_cluster_tasks", () => {
  it("finds the tasks of all nodes by guest, user, type, state and time", async () => {
    const { connected, world } = await demo();
    running(world, 500);
    const list = async (args: Record<string, unknown>) =>
      (await connected.call("pve_list_cluster_tasks", args)).text;
    expect(await list({ state: "failed" })).toMatch(/^\d+ tasks?\.\n/);
    expect(await list({ state: "failed", type: "vzdump" })).toMatch(
      /^1 task\.\n[\s\S]*job errors \| UPID:pve3:/,
    );
    expect(await list({ vmid: "mail" })).toMatch(/\| 103 \|/);
    expect(await list({ user: "operator" })).toMatch(/operator@pve/);
    expect(await list({ state: "running" })).toMatch(/running \| UPID/);
    expect(await list({ since: "2030-01-01" })).toMatch(/^No tasks\./);
    expect((await list({ failed_first: true })).split("\n").slice(0, 4).join("\n")).toMatch(
      /job errors|timeout/,
    );
    expect(await list({ since: "yesterday" })).toMatch(/since is e\.g\. 12h/);
    await connected.close();
  });

  it("names the nodes that do not answer", async () => {
    const { connected, world } = await demo();
    const node = world.nodes.get("pve2");
    if (node) node.online = false;
    const { text, isError } = await connected.call("pve_list_cluster_tasks");
    expect(isError).toBe(false);
    expect(text).toMatch(/Not included, no answer: pve2 \(No route to host\)\./);
    await connected.close();
  });
});

describe.each([-30 * 86_400, 30 * 86_400])("this machine's clock is set by %d seconds", (jump) => {
  const setClock = () => {
    const now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => now + jump * 1_000);
  };
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("while a job runs: it is waited for as long as was asked, and its end is told", async () => {
    const { connected, world } = await demo();
    const upid = running(world, 40);
    const early = connected.call("pve_wait_task", { upids: [upid], wait: 10 });
    setClock();
    expect((await early).text).toMatch(/^Still running after 1\ds/);
    const { text, isError } = await connected.call("pve_wait_task", { upids: [upid], wait: 60 });
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in 4\ds: /);
    await connected.close();
  });

  it.each([true, false])(
    "while the answer of a write is lost: whether it ran (%j) is told all the same",
    async (ran) => {
      const { connected } = await demo({
        through: faulty(({ method, path }, pass) => {
          if (method !== "POST" || !path.endsWith("/status/start")) return undefined;
          setClock();
          const lost = () => Promise.reject(reset());
          return ran ? pass().then(lost) : lost();
        }),
      });
      const { text, isError } = await connected.call("pve_start_qemu_vm", { vmid: "mail" });
      expect(isError, text).toBe(!ran);
      expect(text).toContain(
        ran ? "the job it started was found" : "The job was not started: none has appeared within 15 s.",
      );
      await connected.close();
    },
  );
});

describe("a write whose answer is lost", () => {
  const start = { vmid: "mail" };
  const isStart = ({ method, path }: { method: string; path: string }) =>
    method === "POST" && path.endsWith("/status/start");

  it("after PVE has started the job: it is found and followed", async () => {
    const { connected } = await demo({
      through: faulty((request, pass) =>
        isStart(request)
          ? pass().then(() => {
              throw reset();
            })
          : undefined,
      ),
    });
    const { text, isError } = await connected.call("pve_start_qemu_vm", start);
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in \d+s: Start of VM 103 \(mail\) on pve1\./);
    expect(text).toContain("PVE's answer was lost (socket hang up); the job it started was found.");
    expect(posts(connected)).toHaveLength(1);
    await connected.close();
  });

  it("before PVE has seen it: nothing was started", async () => {
    const { connected, world } = await demo({
      through: faulty((request) => (isStart(request) ? Promise.reject(reset()) : undefined)),
    });
    const { text, isError } = await connected.call("pve_start_qemu_vm", start);
    expect(isError).toBe(true);
    expect(text).toMatch(
      /^The connection to PVE failed: socket hang up \(ECONNRESET\)\. The job was not started: none/,
    );
    expect(text).toMatch(/\nLook at the state before trying again\.$/);
    expect(world.guests.get(103)?.status).toBe("stopped");
    await connected.close();
  });

  it("on a node that is silent (596): found when it appears, not known otherwise", async () => {
    const late: WireResponse = proxyError(596, "Connection timed out");
    const ran = await demo({
      through: faulty((request, pass) => (isStart(request) ? pass().then(() => late) : undefined)),
    });
    const found = await ran.connected.call("pve_start_qemu_vm", start);
    expect(found.isError, found.text).toBe(false);
    expect(found.text).toContain("the job it started was found");
    await ran.connected.close();
    const silent = await demo({
      through: faulty((request) => (isStart(request) ? Promise.resolve(late) : undefined)),
    });
    const { text, isError } = await silent.connected.call("pve_start_qemu_vm", start);
    expect(isError).toBe(true);
    expect(text).toMatch(/It may have run all the same \(not known: .*the node may still be at it\)/);
    expect(text).not.toContain("Nothing was changed.");
    await silent.connected.close();
  });

  it("of a change without a job: not known, and never sent twice", async () => {
    let sent = 0;
    const { connected } = await demo({
      through: faulty((request) => {
        if (request.method !== "PUT") return undefined;
        sent += 1;
        return Promise.reject(reset());
      }),
    });
    const { text, isError } = await connected.call("pve_update_qemu_config", { vmid: 100, description: "x" });
    expect(isError).toBe(true);
    expect(text).toMatch(/It may have run all the same \(not known: it starts no job/);
    expect(sent).toBe(1);
    await connected.close();
  });

  it("is not taken for a job of the same kind that was there before", async () => {
    const { connected, world } = await demo({
      env: { PVE_CONFIRM: "off" },
      through: faulty((request) =>
        request.method === "POST" && request.path.endsWith("/status/stop")
          ? Promise.reject(reset())
          : undefined,
      ),
    });
    startTask(
      world,
      DEMO_TOKENS.admin.id,
      { node: "pve1", type: "qmstop", id: "100", seconds: 1 },
      world.clock.now() - 30,
    );
    const { text } = await connected.call("pve_stop_qemu_vm", { vmid: 100 });
    expect(text).toContain("The job was not started: none has appeared within 15 s.");
    await connected.close();
  });
});

describe("locks", () => {
  const config = ({ method, path }: { method: string; path: string }) =>
    method === "PUT" && path.endsWith("/config");
  const busy: WireResponse = {
    status: 500,
    reason: "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout",
    headers: {},
    body: "",
  };

  it("of moments are waited for, a few times", async () => {
    let refusals = 2;
    const { connected } = await demo({
      through: faulty((request) => (config(request) && refusals-- > 0 ? Promise.resolve(busy) : undefined)),
    });
    const { text, isError } = await connected.call("pve_update_qemu_config", { vmid: 100, description: "x" });
    expect(isError, text).toBe(false);
    expect(text).toContain("it was tried again");
    await connected.close();
  });

  it("that stay are named", async () => {
    let tries = 0;
    const { connected } = await demo({
      through: faulty((request) => {
        if (!config(request)) return undefined;
        tries += 1;
        return Promise.resolve(busy);
      }),
    });
    const { text, isError } = await connected.call("pve_update_qemu_config", { vmid: 100, description: "x" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^Busy: can't lock file .*\(the configuration of guest 100\)/);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(tries).toBe(3);
    await connected.close();
  });

  it("of a guest are named with the task that holds them", async () => {
    const { connected } = await demo();
    const { text, isError } = await connected.call("pve_update_qemu_config", { vmid: 104, description: "x" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^Locked \(backup\): VM is locked \(backup\)/);
    expect(text).toMatch(
      /The vzdump that runs since .* holds it: UPID:pve2:|No running task of its node holds it/,
    );
    await connected.close();
  });
});
