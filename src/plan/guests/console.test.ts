import { expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const vm = (method: string, tail: string) => `${method} /nodes/{node}/qemu/{vmid}/${tail}` as never;
const WEB = { node: "pve1", vmid: 100 };

it("tells what a console, keys and the monitor reach", async () => {
  const { points } = planned();
  const line = async (method: string, tail: string, params: object = {}) =>
    (await points(vm(method, tail), { ...WEB, ...params })).slice(1);
  expect(await line("POST", "vncproxy")).toEqual([
    "Opens a console of VM 100 (web-01): who has the ticket sees its screen and types into it.",
  ]);
  expect(await line("POST", "termproxy", { serial: "serial0" })).toEqual([
    "Opens a console of VM 100 (web-01) on serial0: who has the ticket sees its screen and types into it.",
  ]);
  expect(await line("PUT", "sendkey", { key: "ctrl-alt-delete" })).toEqual([
    "Presses “ctrl-alt-delete” on the keyboard of VM 100 (web-01): what that does, the guest decides.",
  ]);
  expect(await line("POST", "monitor", { command: "system_reset" })).toEqual([
    "Runs in the QEMU monitor of VM 100 (web-01), past PVE's own checks: “system_reset”.",
  ]);
  expect(await line("POST", "dbus-vmstate", { action: "stop" })).toEqual([
    "Stops the helper that would carry the connections of VM 100 (web-01) along in a migration.",
  ]);
  expect(await line("POST", "mtunnel", { storages: "local" })).toEqual([
    "Opens the receiving end of a migration from another cluster: who has the ticket makes VM 100 (web-01) anew, with storages local.",
  ]);
  expect((await points(vm("PUT", "sendkey"), { node: "pve1", vmid: 103, key: "a" }))[1]).toBe(
    "PVE would refuse this for VM 103 (mail), the plan ends there: it does not run.",
  );
});

it("names the cloud-init drive that is made anew", async () => {
  const { points } = planned();
  expect((await points(vm("PUT", "cloudinit"), { node: "pve1", vmid: 107 })).slice(1)).toEqual([
    "The cloud-init image of VM 107 (dev) is made anew: ide2 local-lvm:vm-107-cloudinit (cloud-init); the guest reads it when it boots.",
  ]);
  expect((await points(vm("PUT", "cloudinit"), WEB)).slice(1)).toEqual([
    "VM 100 (web-01) has no cloud-init drive: nothing changes.",
  ]);
});
