import { describe, expect, test } from "vitest";
import { bounds } from "../../tests/support/bounded.ts";
import {
  type BoundSetting,
  decideObject,
  type GuestFacts,
  needsLook,
  type Settled,
} from "./bounds-decision.ts";

const setting = (name: BoundSetting["name"], text: string): BoundSetting => ({ name, bounds: bounds(text) });
const GUEST: GuestFacts = { vmid: 103, type: "qemu", node: "pve1", pool: "lab/one", tags: ["Prod", "web"] };
const guest = (how: "read" | "save" | "change"): Settled => ({ kind: "guest", guest: GUEST, how });

describe("which guests a bound covers", () => {
  test.each<[bound: string, isProtected: boolean, isAllowed: boolean]>([
    ["103", true, true],
    ["100-103", true, true],
    ["104-200", false, false],
    // What is to be protected is so in any case; what is let in is named exactly.
    ["tag:prod", true, false],
    ["tag:Prod", true, true],
    ["tag:pro", false, false],
    ["pool:lab", true, true],
    ["pool:LAB/ONE", true, false],
    ["pool:lab/one", true, true],
    ["pool:la", false, false],
    ["pool:lab/one/deep", false, false],
    ["node:pve1", true, true],
    ["node:PVE1", true, false],
    ["storage:nas", false, false],
  ])("%s", (bound, isProtected, isAllowed) => {
    expect(decideObject(setting("PVE_PROTECTED", bound), guest("change")) !== undefined).toBe(isProtected);
    expect(decideObject(setting("PVE_ALLOWED", bound), guest("change")) === undefined).toBe(isAllowed);
  });
});

describe("what may happen all the same", () => {
  const on = (object: Settled, text: string) =>
    decideObject(setting("PVE_PROTECTED", text), object) === undefined;
  test("a protected guest is read and saved, nothing else", () => {
    expect([on(guest("read"), "103"), on(guest("save"), "103"), on(guest("change"), "103")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("a protected storage is used and written backups to", () => {
    const hows = ["read", "use", "save", "allocate", "volumes", "content", "definition"] as const;
    const admitted = hows.filter((how) => on({ kind: "storage", name: "nas", how }, "storage:nas"));
    expect(admitted).toEqual(["read", "use", "save"]);
    // As a member of a protected pool its definition and contents are.
    const member = hows.filter((how) =>
      on({ kind: "storage", name: "nas", how, pools: ["lab/one"] }, "pool:lab"),
    );
    expect(member).toEqual(["read", "use", "save", "allocate", "volumes"]);
  });

  test("guests inside may be put anywhere; what is not named is not read", () => {
    const allowed = setting("PVE_ALLOWED", "103");
    const hows = ["read", "use", "save", "allocate", "volumes", "content", "definition"] as const;
    const admitted = hows.filter(
      (how) => decideObject(allowed, { kind: "storage", name: "nas", how }) === undefined,
    );
    expect(admitted).toEqual(["use", "save", "allocate", "volumes"]);
    const nodes = (["read", "place", "change"] as const).filter(
      (how) => decideObject(allowed, { kind: "node", name: "pve1", how }) === undefined,
    );
    expect(nodes).toEqual(["place"]);
  });

  test("the cluster is nobody's: protected it never is, inside neither", () => {
    const all = "100-999999999,node:pve1,pool:lab,storage:nas,tag:x";
    expect(decideObject(setting("PVE_PROTECTED", all), { kind: "cluster" })).toBeUndefined();
    expect(decideObject(setting("PVE_ALLOWED", all), { kind: "cluster" })?.message).toBe(
      "What belongs to the whole cluster is outside PVE_ALLOWED (100-999999999, node:pve1, pool:lab, storage:nas, tag:x).",
    );
    expect(decideObject(setting("PVE_PROTECTED", all), { kind: "every-node" })).toBeDefined();
    expect(decideObject(setting("PVE_ALLOWED", all), { kind: "every-node" })).toBeDefined();
  });
});

test("what may be anything is refused by any bound", () => {
  for (const name of ["PVE_PROTECTED", "PVE_ALLOWED"] as const)
    for (const text of ["103", "storage:nas", "node:pve1"])
      expect(decideObject(setting(name, text), { kind: "everything", why: "vmid cannot be read" })).toEqual({
        message: `This call may reach anything (vmid cannot be read), which ${name} (${text}) does not admit.`,
        allows: `It would be allowed if ${name} were not set.`,
      });
});

test("long settings are cut", () => {
  const many = Array.from({ length: 20 }, (_, at) => String(200 + at)).join(",");
  expect(decideObject(setting("PVE_ALLOWED", many), guest("read"))?.message).toBe(
    "VM 103 is outside PVE_ALLOWED (200, 201, 202, 203, 204, 205, 206, 207, …).",
  );
});

test("only tags, pools and nodes need a look at the guest", () => {
  expect(needsLook(setting("PVE_PROTECTED", "103,storage:nas"))).toBe(false);
  for (const text of ["103,tag:x", "pool:x", "node:x1"])
    expect(needsLook(setting("PVE_ALLOWED", text))).toBe(true);
});
