import { describe, expect, test } from "vitest";
import type { Bound } from "../../config/bounds.ts";
import type { Json } from "../data.ts";
import { PveError } from "../errors.ts";
import type { Guard, GuardRead } from "../guard.ts";
import { type BoundsGuardOptions, createBoundsGuard } from "./bounds-guard.ts";

const PROD: Bound = { kind: "tag", name: "prod" };
const START = "POST /nodes/{node}/qemu/{vmid}/status/start";
const AT = { node: "pve1", vmid: 103 };

const RESOURCES: Json = [
  { type: "qemu", vmid: 103, node: "pve1", tags: "prod;web" },
  { type: "qemu", vmid: 104, node: "pve1", tags: "dev" },
  { type: "node", node: "pve1" },
];

/** Look-ups answered from a table; every one is noted. */
function looking(answers: Readonly<Record<string, Json | Error>> = { "GET /cluster/resources": RESOURCES }) {
  const asked: string[] = [];
  const read: GuardRead = async (route) => {
    asked.push(route);
    const answer = answers[route];
    if (answer === undefined) throw new PveError("not-found", `no such thing: ${route}`);
    if (answer instanceof Error) throw answer;
    return { data: answer };
  };
  return { read, asked };
}

const guardOf = (
  safety: Partial<Parameters<typeof createBoundsGuard>[0]>,
  options: BoundsGuardOptions = {},
): Guard => {
  const guard = createBoundsGuard({ protected: [], ...safety }, options);
  if (!guard) throw new Error("no guard");
  return guard;
};

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "admitted",
    (error: unknown) => error,
  );
const noted = (code?: string) => Object.assign(new Error("stat failed"), code === undefined ? {} : { code });

test("there is no guard when nothing is set", () => {
  expect(createBoundsGuard({ protected: [] })).toBeUndefined();
  expect(createBoundsGuard({ protected: [PROD] })).toBeDefined();
  expect(createBoundsGuard({ protected: [], allowed: [] })).toBeDefined();
  expect(createBoundsGuard({ protected: [], freezeFile: "/x" })).toBeDefined();
});

describe("the freeze file", () => {
  const frozen = { kind: "refused", message: "The operator has frozen changes (PVE_FREEZE_FILE exists)." };
  test.each<[name: string, found: () => Promise<unknown>, outcome: unknown]>([
    ["exists", async () => ({}), frozen],
    ["does not exist", async () => Promise.reject(noted("ENOENT")), "admitted"],
    ["lies below what is no folder", async () => Promise.reject(noted("ENOTDIR")), "admitted"],
    ["cannot be looked at", async () => Promise.reject(noted("EACCES")), frozen],
    ["fails in an unknown way", async () => Promise.reject(noted()), frozen],
  ])("%s", async (_, stat, expected) => {
    const { read, asked } = looking();
    const guard = guardOf({ freezeFile: "/etc/frozen" }, { stat });
    const result = await outcome(guard.admit(read, START, AT));
    if (typeof expected === "string") expect(result).toBe(expected);
    else expect(result).toMatchObject(expected as object);
    expect(asked).toEqual([]);
  });

  test("stops everything but reads, before any look-up; it is looked at for every call", async () => {
    let looks = 0;
    const stat = async () => {
      looks += 1;
    };
    const { read, asked } = looking();
    const guard = guardOf({ freezeFile: "/x", protected: [PROD] }, { stat });
    for (const route of [
      START,
      "POST /nodes/{node}/qemu/{vmid}/snapshot",
      "POST /nodes/{node}/vzdump",
      "GET /nodes/{node}/qemu/{vmid}/vncwebsocket",
      "GET /unknown",
    ])
      expect(await outcome(guard.admit(read, route, AT)), route).toMatchObject(frozen);
    expect(await outcome(guard.admit(read, "GET /nodes/{node}/qemu/{vmid}/config", AT))).toBe("admitted");
    expect(looks).toBe(5);
    expect(asked).toEqual([]);
  });

  test("is looked for in the file system", async () => {
    const guard = guardOf({ freezeFile: `${import.meta.dirname}/no-such-file` });
    expect(await outcome(guard.admit(looking().read, START, AT))).toBe("admitted");
    const here = guardOf({ freezeFile: import.meta.filename });
    expect(await outcome(here.admit(looking().read, START, AT))).toMatchObject(frozen);
  });
});

describe("look-ups", () => {
  test("are fresh for every decision, and made once in it", async () => {
    const { read, asked } = looking();
    const guard = guardOf({ protected: [PROD] });
    const many = { vms: [103, 104, 104, 103] };
    await outcome(guard.admit(read, "POST /cluster/bulk-action/guest/start", many));
    await outcome(guard.admit(read, "POST /cluster/bulk-action/guest/start", many));
    expect(asked).toEqual(["GET /cluster/resources", "GET /cluster/resources"]);
  });

  test("are left out for reads, and where VMIDs decide", async () => {
    const { read, asked } = looking();
    const tagged = guardOf({ protected: [PROD] });
    expect(await outcome(tagged.admit(read, "GET /nodes/{node}/qemu/{vmid}/config", AT))).toBe("admitted");
    const numbered = guardOf({ protected: [{ kind: "vmid", from: 103, to: 103 }] });
    expect(await outcome(numbered.admit(read, START, AT))).toMatchObject({ kind: "refused" });
    expect(await outcome(numbered.admit(read, START, { ...AT, vmid: 104 }))).toBe("admitted");
    // A VMID that is protected is so whatever its tags.
    const both = guardOf({ protected: [PROD, { kind: "vmid", from: 103, to: 103 }] });
    expect(await outcome(both.admit(read, START, AT))).toMatchObject({ kind: "refused" });
    expect(asked).toEqual([]);
  });

  test("that fail are refusals", async () => {
    const { read } = looking({ "GET /cluster/resources": new PveError("timeout", "No answer within 30 s.") });
    for (const safety of [{ protected: [PROD] }, { allowed: [PROD] }])
      expect(await outcome(guardOf(safety).admit(read, START, AT))).toMatchObject({
        kind: "refused",
        message: expect.stringMatching(/^PVE_\w+ could not be checked: No answer within 30 s\.$/),
        detail: { route: START, allows: expect.any(String) },
      });
  });

  test("give way to a refusal that needs none", async () => {
    const { read } = looking({});
    const guard = guardOf({ protected: [PROD, { kind: "vmid", from: 105, to: 105 }] });
    const result = await outcome(
      guard.admit(read, "POST /cluster/bulk-action/guest/start", { vms: [104, 105] }),
    );
    expect(result).toMatchObject({ message: "Guest 105 is protected by PVE_PROTECTED (105)." });
  });

  test("that are cancelled cancel the call", async () => {
    const cancelled = new PveError("cancelled", "The call was cancelled.");
    const { read } = looking({ "GET /cluster/resources": cancelled });
    expect(await outcome(guardOf({ protected: [PROD] }).admit(read, START, AT))).toBe(cancelled);
    const list = guardOf({ allowed: [PROD] });
    const reply = { data: [{ vmid: 103 }] };
    expect(await outcome(list.filter(read, "GET /nodes/{node}/qemu", { node: "pve1" }, reply))).toBe(
      cancelled,
    );
  });

  test("whose answer is not understood show nobody, and an unseen guest is refused", async () => {
    for (const answer of [
      null,
      "x",
      {},
      [null, 1, { type: "qemu", vmid: "abc", node: "pve1" }, { type: "qemu", vmid: 103 }],
    ]) {
      const { read } = looking({
        "GET /cluster/resources": answer,
        "GET /cluster/nextid": new PveError("parameter", "VM 103 already exists"),
      });
      expect(await outcome(guardOf({ protected: [PROD] }).admit(read, START, AT))).toMatchObject({
        kind: "refused",
        message: "VM 103 cannot be seen with this token, so PVE_PROTECTED cannot be checked.",
      });
    }
  });
});

describe("an operation that no table knows", () => {
  test.each(["POST /nodes/{node}/new", "GET /nodes/{node}/new", "DELETE /", "constructor"])(
    "%s is refused",
    async (route) => {
      const { read, asked } = looking();
      for (const safety of [{ protected: [PROD] }, { allowed: [PROD] }])
        expect(await outcome(guardOf(safety).admit(read, route, {}))).toMatchObject({ kind: "refused" });
      expect(asked).toEqual([]);
    },
  );
});

describe("answers", () => {
  const guard = guardOf({ allowed: [PROD] }, { tokenId: "root@pam!mcp" });
  test("pass as they are when nothing is bounded, or they are no list of objects", async () => {
    const { read } = looking();
    const reply = { data: [{ vmid: 1 }], total: 1 };
    expect(await guardOf({ protected: [PROD] }).filter(read, "GET /nodes/{node}/qemu", {}, reply)).toBe(
      reply,
    );
    expect(await guard.filter(read, "GET /version", {}, reply)).toBe(reply);
  });

  test("that should be a list and are none are refused; nothing is nothing", async () => {
    const { read } = looking();
    expect(await outcome(guard.filter(read, "GET /nodes", {}, { data: { node: "pve1" } }))).toMatchObject({
      kind: "refused",
    });
    expect(await guard.filter(read, "GET /nodes", {}, { data: null })).toEqual({ data: null });
  });

  test("lose lines that cannot be read, and a length that would tell of them", async () => {
    const { read } = looking();
    const reply = { data: [{ vmid: 103 }, { vmid: 104 }, { vmid: "x" }, {}, "odd"], total: 5, changes: "c" };
    expect(await guard.filter(read, "GET /nodes/{node}/qemu", { node: "pve1" }, reply)).toEqual({
      data: [{ vmid: 103 }],
      hidden: 4,
      changes: "c",
    });
  });

  test("show this token's own tasks that name no guest", async () => {
    const upid = (id: string, user: string) => `UPID:pve1:0000C3A1:00112233:66E1A2B3:vzdump:${id}:${user}:`;
    const [own, other, guests] = [
      upid("", "root@pam!mcp"),
      upid("", "root@pam"),
      upid("104", "root@pam!mcp"),
    ];
    const { read } = looking({ "GET /cluster/resources": RESOURCES, "GET /access/permissions": {} });
    const reply = { data: [own, other, guests, upid("103", "root@pam")].map((one) => ({ upid: one })) };
    const { data } = await guard.filter(read, "GET /cluster/tasks", {}, reply);
    expect(data).toEqual([{ upid: own }, { upid: upid("103", "root@pam") }]);
    const status = "GET /nodes/{node}/tasks/{upid}/status";
    expect(await outcome(guard.admit(read, status, { node: "pve1", upid: own }))).toBe("admitted");
    expect(
      await outcome(guard.admit(read, "DELETE /nodes/{node}/tasks/{upid}", { node: "pve1", upid: own })),
    ).toMatchObject({ kind: "refused" });
  });
});
