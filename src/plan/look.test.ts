import { expect, it } from "vitest";
import { PveError } from "../pve/errors.ts";
import { createLook } from "./look.ts";

const look = (send: () => Promise<{ data: never; changes?: string }>) =>
  createLook({ send, guests: async () => [], tokenId: "root@pam!mcp" });

it("asks the same once, whoever wants it", async () => {
  let sent = 0;
  const one = look(async () => {
    sent += 1;
    return { data: [] as never };
  });
  await Promise.all([
    one.read("GET /nodes/{node}/network", { node: "pve1" }),
    one.tryRead("GET /nodes/{node}/network", { node: "pve1" }),
    one.pendingNetwork?.("pve1"),
  ]);
  expect(sent).toBe(1);
  await one.tryRead("GET /nodes/{node}/network", { node: "pve2" });
  expect(sent).toBe(2);
});

it("tells what waits in a node's network, and that nothing does", async () => {
  expect(await look(async () => ({ data: [] as never, changes: "+x" })).pendingNetwork?.("pve1")).toBe("+x");
  expect(await look(async () => ({ data: [] as never })).pendingNetwork?.("pve1")).toBe("");
});

it("does without what PVE refuses, and fails with anything else", async () => {
  const refused = look(async () => {
    throw new PveError("permission", "no");
  });
  expect(await refused.tryRead("GET /storage", {})).toBeUndefined();
  expect(await refused.pendingNetwork?.("pve1")).toBeUndefined();
  await expect(refused.read("GET /storage", {})).rejects.toThrow("no");
  const broken = look(async () => {
    throw new TypeError("a mistake");
  });
  await expect(broken.tryRead("GET /storage", {})).rejects.toThrow("a mistake");
});
