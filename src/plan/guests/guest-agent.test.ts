import { expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const agent = (name: string) => `POST /nodes/{node}/qemu/{vmid}/agent${name}` as never;
const WEB = { node: "pve1", vmid: 100 };

it("tells what is run in which guest", async () => {
  const { points } = planned();
  const line = async (name: string, params: object = {}) =>
    (await points(agent(name), { ...WEB, ...params })).slice(1);
  expect(await line("/exec", { command: ["rm", "-rf", "/tmp/x"], "input-data": "yes" })).toEqual([
    "Runs in VM 100 (web-01), as whoever the agent runs as (root, SYSTEM): “rm -rf /tmp/x”, with 3 bytes of input.",
  ]);
  expect(await line("/file-write", { file: "/etc/hosts", content: "x" })).toEqual([
    "Writes 1 byte to “/etc/hosts” in VM 100 (web-01); what is in that file now is lost.",
  ]);
  expect(await line("", { command: "ping" })).toEqual([
    "VM 100 (web-01) is only asked: nothing in it changes.",
  ]);
  expect(await line("/fsfreeze-freeze")).toEqual([
    "The file systems of VM 100 (web-01) take no writes until they are thawed: programs in it hang.",
  ]);
});

it("shows no password and no content", async () => {
  const { plan } = planned();
  const { points } = await plan(agent("/set-user-password"), {
    ...WEB,
    username: "root",
    password: "hunter22",
  });
  expect(points[1]).toBe("Sets the password of user “root” in VM 100 (web-01).");
  const written = await plan(agent("/file-write"), { ...WEB, file: "/root/key", content: "hunter22" });
  expect(written.points.join()).not.toContain("hunter22");
});

it("says that PVE refuses without an agent, and a guest that does not run", async () => {
  const { points } = planned();
  expect((await points(agent("/shutdown"), { node: "pve2", vmid: 108 }))[1]).toBe(
    "PVE would refuse this for VM 108 (dev), the plan ends there: no guest agent is configured.",
  );
  expect((await points(agent("/fstrim"), { node: "pve1", vmid: 103 }))[1]).toBe(
    "PVE would refuse this for VM 103 (mail), the plan ends there: it does not run.",
  );
});
