import { describe, expect, it, vi } from "vitest";
import { CODE_MS } from "../../src/mcp/code.ts";
import { realPace } from "../../src/pve/pace.ts";
import { VirtualClock } from "../../src/simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import {
  type AskedForm,
  type Connection,
  type ConnectOptions,
  codeIn,
  connect,
  ERAS,
  type FormAnswer,
} from "../support/mcp.ts";

const START = 1_795_330_000;
const demo = async (options: ConnectOptions = {}) => {
  const clock = new VirtualClock(START);
  const world = clusterWorld(clock);
  return { clock, world, connected: await connect(world, DEMO_TOKENS.admin, options) };
};
const writes = ({ requests }: Connection) =>
  requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
const STOP = "POST /api2/json/nodes/pve1/qemu/100/status/stop";
const stop = { vmid: "web-01" };

describe.each(ERAS)("a client that cannot ask its user, protocol %s", (era) => {
  it("is given the plan and a code, and the same call with the code runs once", async () => {
    const { connected, world } = await demo({ era });
    const first = await connected.call("pve_stop_qemu_vm", stop);
    expect(first.isError).toBe(true);
    expect(first.text.split("\n").slice(0, 3)).toEqual([
      "NOT DONE: confirmation needed",
      "Plan: Stop VM: VM 100 (web-01) on pve1.",
      expect.stringMatching(/^- VM 100 \(web-01\) on pve1: running, up /),
    ]);
    expect(first.text).toContain("Sends: POST /nodes/pve1/qemu/100/status/stop");
    expect(first.text).toContain("Nothing was changed.");
    expect(writes(connected)).toEqual([]);
    const confirm = codeIn(first.text);
    const second = await connected.call("pve_stop_qemu_vm", { ...stop, confirm });
    expect(second).toMatchObject({
      isError: false,
      text: expect.stringMatching(/^Done in .*: Stop of VM 100/),
    });
    expect(writes(connected)).toEqual([STOP]);
    expect(world.guests.get(100)?.status).toBe("stopped");
    // Started again, it is another state, and the code has been used besides.
    await connected.call("pve_start_qemu_vm", stop);
    const third = await connected.call("pve_stop_qemu_vm", { ...stop, confirm });
    expect(third).toMatchObject({ isError: true });
    expect(third.text).toContain("Nothing was changed.");
    expect(writes(connected)).toHaveLength(2);
    await connected.close();
  });

  it("is refused and given no code where a person has to confirm", async () => {
    const { connected } = await demo({ era, env: { PVE_CONFIRM_BY: "person" } });
    const { text, isError } = await connected.call("pve_stop_qemu_vm", stop);
    expect(isError).toBe(true);
    expect(text).toMatch(/^This needs a person's confirmation, and this client cannot ask its user/);
    expect(text).toContain("PVE_CONFIRM_BY=any");
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(codeIn(text)).toBe("");
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });
});

describe("a code", () => {
  const planned = async (args: Record<string, unknown> = stop) => {
    const one = await demo();
    const { text } = await one.connected.call("pve_stop_qemu_vm", args);
    return { ...one, code: codeIn(text) };
  };

  it("is for one call with one set of arguments", async () => {
    const { connected, code } = await planned();
    for (const [name, args] of [
      ["pve_stop_qemu_vm", { vmid: 105 }],
      ["pve_reset_qemu_vm", stop],
      ["pve_delete_qemu_vm", { vmid: 100 }],
    ] as const) {
      const { text, isError } = await connected.call(name, { ...args, confirm: code });
      expect(isError).toBe(true);
      expect(text).toContain("That code is not for this call with these arguments.");
    }
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it.each(["", "yes", "1-000000000000-00000000000000000000", "zzzzzzzzz-123456789abc-1234567890abcdef1234"])(
    "cannot be made up: %j",
    async (confirm) => {
      const { connected } = await planned();
      const { text, isError } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm });
      expect(isError).toBe(true);
      expect(text).toMatch(/^NOT DONE: confirmation needed\n/);
      expect(writes(connected)).toEqual([]);
      await connected.close();
    },
  );

  it("is worth nothing in another process", async () => {
    const { code } = await planned();
    const { connected } = await planned();
    const { text } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: code });
    expect(text).toContain("That code is not for this call");
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it.each([0, -3_600_000, 3_600_000])(
    "is good for five minutes, and this machine's clock, set by %d ms, has no say in it",
    async (jump) => {
      let now = 0;
      const pace = { ...realPace, now: () => now };
      const { connected } = await demo({ pace });
      const codes = [];
      for (const vmid of [100, 105])
        codes.push(codeIn((await connected.call("pve_stop_qemu_vm", { vmid })).text));
      const wall = Date.now() + jump;
      const clock = vi.spyOn(Date, "now").mockImplementation(() => wall);
      now += CODE_MS - 1_000;
      const good = await connected.call("pve_stop_qemu_vm", { vmid: 100, confirm: codes[0], wait: 0 });
      now += 3_000;
      const late = await connected.call("pve_stop_qemu_vm", { vmid: 105, confirm: codes[1] });
      clock.mockRestore();
      expect(good.isError, good.text).toBe(false);
      expect(late.text).toMatch(/^NOT DONE: confirmation needed\nThat code has expired\.\n/);
      expect(writes(connected)).toEqual([STOP]);
      await connected.close();
    },
  );

  it("works once, also when two calls bring it at the same time", async () => {
    const { connected, code } = await planned();
    const both = await Promise.all(
      [1, 2].map(() => connected.call("pve_stop_qemu_vm", { ...stop, confirm: code })),
    );
    expect(both.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(writes(connected)).toEqual([STOP]);
    await connected.close();
  });

  it("is refused with a new plan when the state has changed", async () => {
    const { connected, code, world } = await planned();
    const guest = world.guests.get(100);
    if (guest) guest.config = { ...guest.config, cores: 16 };
    const { text, isError } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: code });
    expect(isError).toBe(true);
    expect(text).toMatch(/^NOT DONE: confirmation needed\nWhat the plan was made from has changed since/);
    expect(writes(connected)).toEqual([]);
    const again = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: codeIn(text) });
    expect(again.isError).toBe(false);
    await connected.close();
  });

  it("is refused when another job has run on the guest meanwhile", async () => {
    const { connected, code } = await planned();
    await connected.call("pve_create_qemu_snapshot", { vmid: 100, snapname: "between" });
    const { text } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: code });
    expect(text).toContain("What the plan was made from has changed since");
    await connected.close();
  });

  it("does not mind that time passes", async () => {
    const { connected, code, clock } = await planned();
    clock.advance(200);
    const { isError, text } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: code });
    expect(isError, text).toBe(false);
    await connected.close();
  });
});

describe("what needs a confirmation", () => {
  const calls = {
    read: ["pve_list_nodes", {}],
    execute: ["pve_start_qemu_vm", { vmid: "mail" }],
    write: ["pve_create_qemu_snapshot", { vmid: "mail", snapname: "s1" }],
    loss: ["pve_stop_qemu_vm", stop],
  } as const;
  it.each([
    ["loss", ["loss"]],
    ["write", ["write", "loss"]],
    ["all", ["execute", "write", "loss"]],
    ["off", []],
  ] as const)("PVE_CONFIRM=%s: %j", async (setting, expected) => {
    const needing: string[] = [];
    for (const [kind, [name, args]] of Object.entries(calls)) {
      const { connected } = await demo({ env: { PVE_CONFIRM: setting } });
      const { text } = await connected.call(name, args);
      if (text.startsWith("NOT DONE: confirmation needed")) needing.push(kind);
      await connected.close();
    }
    expect(needing).toEqual(expected);
  });

  it("is said of a tool in the list", async () => {
    const marked = async (PVE_CONFIRM: string) => {
      const { connected } = await demo({ env: { PVE_CONFIRM } });
      const { tools } = await connected.client.listTools();
      await connected.close();
      return tools.filter(({ _meta }) => _meta?.["anthropic/requiresUserInteraction"] === true);
    };
    const names = (await marked("loss")).map(({ name }) => name);
    expect(names).toContain("pve_delete_qemu_vm");
    expect(names).not.toContain("pve_list_nodes");
    expect(names).not.toContain("pve_create_qemu_snapshot");
    expect((await marked("write")).map(({ name }) => name)).toContain("pve_create_qemu_snapshot");
    expect((await marked("all")).map(({ name }) => name)).toContain("pve_start_qemu_vm");
    expect(await marked("off")).toEqual([]);
  });
});

describe.each(ERAS)("a client that asks its user, protocol %s", (era) => {
  const asked = async (answer: (form: AskedForm) => FormAnswer, options: ConnectOptions = {}) => {
    const forms: AskedForm[] = [];
    const one = await demo({
      era,
      ...options,
      person: (form) => {
        forms.push(form);
        return answer(form);
      },
    });
    return { ...one, forms };
  };

  it("shows the plan in short, and a yes runs it", async () => {
    const { connected, forms } = await asked(() => ({ action: "accept", content: { decision: "yes" } }));
    const { text, isError } = await connected.call("pve_stop_qemu_vm", stop);
    expect(isError, text).toBe(false);
    expect(text).toMatch(/^Done in .*: Stop of VM 100/);
    expect(forms).toHaveLength(1);
    expect(forms[0]?.message.split("\n").slice(0, 2)).toEqual([
      "Stop VM: VM 100 (web-01) on pve1?",
      expect.stringMatching(/^- VM 100 \(web-01\) on pve1: running/),
    ]);
    expect(forms[0]?.message.length).toBeLessThan(1_600);
    expect(writes(connected)).toEqual([STOP]);
    await connected.close();
  });

  it.each([
    ["declined", { action: "decline" }, /said no/],
    ["cancelled", { action: "cancel" }, /dismissed the question/],
    ["accepted without a decision", { action: "accept", content: { decision: "no" } }, /said no/],
  ] as const)("%s: nothing is changed", async (_, answer, words) => {
    const { connected } = await asked(() => ({ ...answer }));
    const { text, isError } = await connected.call("pve_stop_qemu_vm", stop);
    expect(isError).toBe(true);
    expect(text).toMatch(words);
    expect(text).toMatch(/Nothing was changed\.$/);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it.each([
    ["pve_delete_qemu_vm", { vmid: 103 }, "mail", "mali"],
    ["pve_delete_storage", { storage: "nas-iso" }, "nas-iso", "nas"],
    ["pve_delete_user", { userid: "former@pve" }, "former@pve", "former"],
  ] as const)("%s wants its name typed", async (tool, args, right, wrong) => {
    const first = await asked(() => ({ action: "accept", content: { name: wrong } }));
    const refused = await first.connected.call(tool, args);
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain("The name that was typed is not the right one.");
    expect(writes(first.connected)).toEqual([]);
    await first.connected.close();
    const second = await asked(({ requestedSchema }) => {
      expect(JSON.stringify(requestedSchema)).toContain(`Type ${right} to do it`);
      return { action: "accept", content: { name: right } };
    });
    const done = await second.connected.call(tool, args);
    expect(done.isError, done.text).toBe(false);
    expect(writes(second.connected)).toHaveLength(1);
    await second.connected.close();
  });

  it("is not satisfied by a code the model made up", async () => {
    const { connected, forms } = await asked(() => ({ action: "decline" }));
    const { text } = await connected.call("pve_stop_qemu_vm", { ...stop, confirm: "yes" });
    expect(text).toMatch(/said no/);
    expect(forms).toHaveLength(1);
    expect(writes(connected)).toEqual([]);
    await connected.close();
  });

  it("is refused when the state changes while the person thinks", async () => {
    const one = await asked((): FormAnswer => {
      const guest = one.world.guests.get(100);
      if (guest) guest.config = { ...guest.config, memory: 1234 };
      return { action: "accept", content: { decision: "yes" } };
    });
    const { text, isError } = await one.connected.call("pve_stop_qemu_vm", stop);
    expect(isError).toBe(true);
    expect(text).toMatch(/^What the plan was made from has changed/);
    expect(text).toMatch(/Nothing was changed\./);
    expect(writes(one.connected)).toEqual([]);
    await one.connected.close();
  });

  it("suffices where a person has to confirm", async () => {
    const { connected } = await asked(() => ({ action: "accept", content: { decision: "yes" } }), {
      env: { PVE_CONFIRM_BY: "person" },
    });
    const { isError } = await connected.call("pve_stop_qemu_vm", stop);
    expect(isError).toBe(false);
    await connected.close();
  });
});

it("a 2025 client that claims to ask and never answers does not hold the call", async () => {
  const { connected } = await demo({
    era: "2025",
    answerWithinMs: 200,
    person: () => new Promise(() => {}),
  });
  const { text, isError } = await connected.call("pve_stop_qemu_vm", stop);
  expect(isError).toBe(true);
  expect(text).toMatch(/^Nobody answered the question in time\.\nNothing was changed\.$/);
  expect(writes(connected)).toEqual([]);
  await connected.close();
});

/** The code with another last digit. */
const turned = (code: string) => `${code.slice(0, -1)}${code.endsWith("0") ? "1" : "0"}`;

it("an answer sealed for one state is worth nothing when it comes back changed or twice", async () => {
  const { connected } = await demo({ era: "2026-07-28", person: () => ({ action: "cancel" }) });
  const call = (extra: Record<string, unknown>) =>
    connected.client.request(
      { method: "tools/call", params: { name: "pve_stop_qemu_vm", arguments: stop, ...extra } } as never,
      { allowInputRequired: true } as never,
    ) as Promise<Record<string, unknown>>;
  const first = await call({});
  expect(first.resultType).toBe("input_required");
  const yes = { confirm: { action: "accept", content: { decision: "yes" } } };
  const state = String(first.requestState);
  const forged = await call({ inputResponses: yes, requestState: turned(state) });
  const text = (result: Record<string, unknown>) => JSON.stringify(result.content);
  expect(forged.isError).toBe(true);
  const codes = await call({ arguments: { ...stop, confirm: state } });
  expect(codes.resultType).toBe("input_required");
  const good = await call({ inputResponses: yes, requestState: state });
  expect(good.isError ?? false, text(good)).toBe(false);
  for (const decoration of ["", " ", "\n", "\t"]) {
    const again = await call({ inputResponses: yes, requestState: state + decoration });
    expect(again.isError, text(again)).toBe(true);
  }
  expect(writes(connected)).toEqual([STOP]);
  await connected.close();
});
