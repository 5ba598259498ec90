import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const AGENT = "/nodes/pve1/qemu/107/agent";

describe("the guest agent", () => {
  it("tells addresses, system and processors", async () => {
    const { call } = simulated();
    const { data } = await call(`GET ${AGENT}/network-get-interfaces`);
    const [lo, eth0] = data.result;
    expect(lo.name).toBe("lo");
    expect(eth0["ip-addresses"][0]).toMatchObject({ "ip-address-type": "ipv4", prefix: 24 });
    expect(eth0["ip-addresses"].at(-1)["ip-address"]).toMatch(/^fe80::/);
    expect((await call(`GET ${AGENT}/get-vcpus`)).data.result.length).toBeGreaterThan(0);
    expect((await call(`POST ${AGENT}/ping`)).data).toEqual({ result: {} });
  });

  it("runs commands and hands out their result once", async () => {
    const { call } = simulated();
    const script = ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"];
    const { data } = await call(`POST ${AGENT}/exec`, { command: script });
    const status = () => call(`GET ${AGENT}/exec-status`, { pid: data.pid });
    expect((await status()).data).toEqual({
      exited: 1,
      exitcode: 3,
      "out-data": "out\n",
      "err-data": "err\n",
    });
    expect((await status()).message).toBe("Agent error: PID ld does not exist\n");
  });

  it("reads back what it wrote", async () => {
    const { call } = simulated();
    await call(`POST ${AGENT}/file-write`, { file: "/tmp/x", content: "grüße\n" });
    expect((await call(`GET ${AGENT}/file-read`, { file: "/tmp/x" })).data).toEqual({
      content: "grüße\n",
      "bytes-read": 8,
    });
    expect((await call(`GET ${AGENT}/file-read`, { file: "/none" })).status).toBe(500);
  });

  it.each([
    ["/nodes/pve2/qemu/108/agent", "No QEMU guest agent configured\n"],
    ["/nodes/pve1/qemu/103/agent", "VM 103 is not running\n"],
    ["/nodes/pve1/qemu/999/agent", "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist\n"],
  ])("%s: %s", async (path, message) => {
    expect((await simulated().call(`POST ${path}/ping`)).message).toBe(message);
  });

  it("answers only some time after the start", async () => {
    const { world, call, clock } = simulated();
    const guest = world.guests.get(107);
    if (!guest) throw new Error("no VM 107");
    guest.agentDelay = 8;
    await call("POST /nodes/pve1/qemu/107/status/reset");
    clock.advance(2);
    expect((await call(`POST ${AGENT}/ping`)).message).toBe("QEMU guest agent is not running\n");
    clock.advance(10);
    expect((await call(`POST ${AGENT}/ping`)).status).toBe(200);
  });
});
