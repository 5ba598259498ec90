import { describe, expect, it } from "vitest";
import type { Pve } from "../client.ts";
import type { Row } from "../data.ts";
import { lockHolder } from "./lock-holder.ts";

const NODE = "pve1";
const task = (type: string, id = "100"): Row => ({
  upid: `UPID:${NODE}:00000001:00000001:6B000000:${type}:${id}:root@pam:`,
  type,
  id,
  starttime: 1_795_162_112,
});

/** Who holds a lock of guest 100 while these tasks run. */
async function holderOf(lock: string | undefined, ...active: readonly Row[]) {
  const pve: Pve = { call: async () => ({ data: active }) };
  return lockHolder(pve, { node: NODE, vmid: 100 }, lock, new AbortController().signal);
}

describe("a lock without a name", () => {
  it.each(["vncproxy", "spiceproxy", "vncshell", "vzdump", "vzclone", "hastart", "hamigrate", "qmsnapshot"])(
    "is held by no %s, which takes the guest's lock for moments at most",
    async (type) => {
      expect(await holderOf(undefined, task(type))).toEqual({});
      expect((await holderOf(undefined, task(type), task("qmconfig"))).task).toMatchObject({
        type: "qmconfig",
      });
    },
  );

  it.each(["qmstart", "qmshutdown", "qmmove", "qmigrate", "resize", "vzcreate", "vzreboot", "qmdelsnapshot"])(
    "is held by a %s",
    async (type) => {
      expect((await holderOf(undefined, task("vncproxy"), task(type))).task).toMatchObject({ type });
    },
  );

  it("is not held by another guest's task", async () => {
    expect(await holderOf(undefined, task("qmstart", "101"))).toEqual({});
  });
});

describe("a lock with a name", () => {
  it.each([
    ["backup", "vzdump"],
    ["migrate", "qmigrate"],
    ["snapshot-delete", "qmdelsnapshot"],
    ["suspending", "qmsuspend"],
    ["disk", "vzclone"],
    ["destroyed", "qmdestroy"],
  ])("%s is held by a %s", async (lock, type) => {
    expect((await holderOf(lock, task("vncproxy"), task(type))).task).toMatchObject({ type });
  });

  it("is held by a job of several guests, which carries no VMID", async () => {
    expect((await holderOf("backup", task("vzdump", ""))).task).toMatchObject({ type: "vzdump" });
  });

  it.each(["suspended", "anything", "constructor"])("%s is held by nobody's task", async (lock) => {
    expect(await holderOf(lock, task("vncproxy"), task("qmsuspend"), task("vzdump"))).toEqual({});
  });

  it.each([
    ["clone", "qmclone"],
    ["create", "vzclone"],
  ])("%s is perhaps held by a %s, which carries the VMID of its source", async (lock, type) => {
    expect(await holderOf(lock, task(type, "9000"))).toEqual({ unread: true });
  });

  it("of which nothing could be read is told so", async () => {
    const pve: Pve = {
      call: async () => {
        const { PveError } = await import("../errors.ts");
        throw new PveError("network", "gone");
      },
    };
    expect(await lockHolder(pve, { node: NODE, vmid: 100 }, "backup", new AbortController().signal)).toEqual({
      unread: true,
    });
  });
});
