import { describe, expect, it } from "vitest";
import { Refused } from "../../tests/support/canned.ts";
import { guestSession } from "../../tests/support/canned-guests.ts";

/** An answer that never comes: only the call's own limit ends it. */
const silence = (_: URLSearchParams, signal: AbortSignal) =>
  new Promise((_resolve, fail) => signal.addEventListener("abort", fail));

describe("status", () => {
  const STATUS = "GET /nodes/pve1/qemu/101/status/current";
  const AGENT = "GET /nodes/pve1/qemu/101/agent/network-get-interfaces";
  const running = {
    status: "running",
    qmpstatus: "running",
    agent: 1,
    uptime: 90_061,
    cpu: 0.125,
    cpus: 2,
    mem: 2 ** 30,
    maxmem: 2 ** 32,
    balloon: 2 ** 32,
    disk: 0,
    maxdisk: 2 ** 35,
    netin: 2048,
    netout: 1024,
    pid: 4711,
    ha: { managed: 1, state: "started" },
    tags: "prod",
  };

  it("shows picked facts and the addresses the agent reports", async () => {
    const { call } = guestSession({
      [STATUS]: running,
      [AGENT]: { result: [{ name: "eth0", "ip-addresses": [{ "ip-address": "10.0.0.5", prefix: 24 }] }] },
    });
    const text = await call("pve_get_qemu_status", { vmid: 101 });
    expect(text.split("\n")).toEqual([
      "VM 101 (web1) on pve1 is running.",
      "IP addresses: eth0 10.0.0.5/24",
      "uptime: 1d 1h",
      "CPU: 12.5%",
      "cores: 2",
      "memory used: 1 GiB",
      "memory: 4 GiB",
      "root disk: 32 GiB",
      "network in: 2 KiB",
      "network out: 1 KiB",
      "HA: started",
      "tags: prod",
    ]);
  });

  it.each([
    [new Refused(500, "QEMU guest agent is not running"), "No IP addresses: guest agent not running."],
    [new Refused(500, "No QEMU guest agent configured"), "No IP addresses: guest agent not enabled."],
    [
      new Refused(403, "Permission check failed (/vms/101, VM.GuestAgent.Audit)"),
      "the token lacks VM.GuestAgent.Audit on /vms/101",
    ],
    [{ result: [] }, "No IP addresses: the guest reports none"],
  ])("never fails because of the agent (%#)", async (reply, said) => {
    const { call } = guestSession({ [STATUS]: running, [AGENT]: reply });
    const text = await call("pve_get_qemu_status", { vmid: 101 });
    expect(text).toMatch(/^VM 101 \(web1\) on pve1 is running\./);
    expect(text).toContain(said);
  });

  it("waits two seconds for an agent, no longer", async () => {
    const { call } = guestSession({ [STATUS]: running, [AGENT]: silence });
    const begun = Date.now();
    expect(await call("pve_get_qemu_status", { vmid: 101 })).toContain(
      "No IP addresses: guest agent not running (no answer within 2 s).",
    );
    expect(Date.now() - begun).toBeLessThan(2_800);
  });

  it("asks no agent of a VM that is stopped, paused or has none", async () => {
    for (const [state, headline] of [
      [
        { ...running, status: "stopped", qmpstatus: "stopped", lock: "suspended" },
        "is stopped, locked (suspended).",
      ],
      [{ ...running, qmpstatus: "paused" }, "is running, paused."],
      [{ ...running, agent: 0 }, "is running."],
    ] as const) {
      const { call, sent } = guestSession({ [STATUS]: state });
      expect(await call("pve_get_qemu_status", { vmid: 101 })).toContain(headline);
      expect(sent.some((line) => line.includes("/agent/"))).toBe(false);
    }
  });

  it("shows a container's addresses", async () => {
    const { call } = guestSession({
      "GET /nodes/pve2/lxc/201/status/current": {
        status: "running",
        cpu: 0,
        cpus: 1,
        mem: 0,
        maxmem: 2 ** 29,
        swap: 0,
        maxswap: 0,
        disk: 2 ** 30,
        maxdisk: 2 ** 33,
        uptime: 5,
      },
      "GET /nodes/pve2/lxc/201/interfaces": [{ name: "eth0", inet: "10.0.0.9/24" }],
    });
    const text = await call("pve_get_lxc_status", { vmid: "proxy" });
    expect(text).toContain("IP addresses: eth0 10.0.0.9/24");
    expect(text).toContain("root disk used: 1 GiB");
    expect(text).not.toContain("swap");
  });
});
