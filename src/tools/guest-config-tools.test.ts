import { describe, expect, it } from "vitest";
import { Refused } from "../../tests/support/canned.ts";
import { guestSession } from "../../tests/support/canned-guests.ts";

describe("configuration", () => {
  const CONFIG = "GET /nodes/pve1/qemu/101/config";
  const PENDING = "GET /nodes/pve1/qemu/101/pending";
  const PUT = "PUT /nodes/pve1/qemu/101/config";

  it("shows what is in force, what is pending, and the digest", async () => {
    const { call, sent } = guestSession({
      [CONFIG]: { cores: 2, memory: "2048", digest: "abc123", description: "notes" },
      [PENDING]: [
        { key: "cores", value: 2 },
        { key: "memory", value: "2048", pending: "4096" },
      ],
    });
    const text = await call("pve_get_qemu_config", { vmid: 101 });
    expect(text).toContain("Configuration of VM 101 (web1) on pve1; 1 pending change.");
    expect(text).toContain("memory | 2048 MiB | 4096 MiB");
    expect(text).toContain("digest: abc123");
    expect(sent).toContain(`${CONFIG} current=1`);
  });

  it("says what was set, what waits for a restart, and the new digest", async () => {
    const { call, sent } = guestSession({
      [PUT]: null,
      [PENDING]: [
        { key: "onboot", value: 1 },
        { key: "memory", value: "2048", pending: "4096" },
        { key: "net1", value: "virtio,bridge=vmbr1", delete: 1 },
        { key: "sockets", value: 1 },
        { key: "digest", value: "def456" },
      ],
    });
    const text = await call("pve_update_qemu_config", {
      vmid: 101,
      memory: 4096,
      onboot: true,
      delete: "net1,tags",
      digest: "abc123",
      params: { agent: "1" },
    });
    expect(sent[1]).toBe(`${PUT} memory=4096&onboot=1&delete=net1,tags&digest=abc123&agent=1`);
    expect(text).toContain(
      "VM 101 (web1) on pve1: memory, onboot, agent set; net1, tags deleted; memory, net1 wait for a restart.",
    );
    expect(text).toContain("onboot: yes");
    expect(text).toContain("memory | 2048 MiB | 4096 MiB");
    expect(text).toContain("net1 | virtio,bridge=vmbr1 | (removed)");
    expect(text).toContain("digest: def456");
    expect(text).not.toContain("sockets");
    expect(text).toContain("Next: pve_reboot_qemu_vm");
  });

  it("says what alone changes nothing", async () => {
    const { call, sent } = guestSession({ [PUT]: null, [PENDING]: [] });
    const text = await call("pve_update_qemu_config", { vmid: 101, params: { skiplock: 1 } });
    expect(text).toContain("skiplock alone changes nothing: give a setting and its new value, or delete.");
    expect(text).toContain("PVE takes skiplock from root@pam itself alone, from no token.");
    expect(sent.filter((request) => request.startsWith("PUT "))).toEqual([]);
    await call("pve_update_qemu_config", { vmid: 101, params: { skiplock: 1, cores: 2 } });
    expect(sent).toContain(`${PUT} cores=2&skiplock=1`);
  });

  it("takes every parameter of the endpoint in params, and no others", async () => {
    const { call, sent } = guestSession({ [PUT]: null, [PENDING]: [] });
    await call("pve_update_qemu_config", {
      vmid: 101,
      params: { hostpci0: "0000:01:00.0", cpulimit: 2, scsi7: "none,media=cdrom" },
    });
    expect(sent[1]).toBe(`${PUT} hostpci0=0000:01:00.0&cpulimit=2&scsi7=none,media=cdrom`);
    const text = await call("pve_update_qemu_config", { vmid: 101, params: { coers: 2 } });
    expect(text).toContain("did you mean 'cores'");
    expect(text).toContain("Nothing was changed.");
  });

  it("refuses an update of nothing, and never shows a password", async () => {
    const { call, sent } = guestSession({
      [PUT]: null,
      [PENDING]: [{ key: "cipassword", value: "**********" }],
    });
    expect(await call("pve_update_qemu_config", { vmid: 101 })).toContain("There is nothing to change");
    expect(sent).toHaveLength(1);
    expect(
      await call("pve_update_qemu_config", { vmid: 101, params: { cipassword: "hunter2!" } }),
    ).not.toContain("hunter2");
  });

  it("does not call a change that was made a failure because it cannot be read back", async () => {
    const { call } = guestSession({ [PUT]: null, [PENDING]: new Refused(500, "got timeout") });
    const text = await call("pve_update_qemu_config", { vmid: 101, cores: 4 });
    expect(text).toContain("VM 101 (web1) on pve1: cores set.");
    expect(text).toContain("could not be read back");
  });
});
