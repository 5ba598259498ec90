import { describe, expect, it } from "vitest";
import { Refused } from "../../tests/support/canned.ts";
import { guestSession, upid } from "../../tests/support/canned-guests.ts";

describe("creating and cloning", () => {
  const CREATE = "POST /nodes/pve1/qemu";
  const taken = (vmid: string | null) =>
    new Refused(500, `unable to create VM ${vmid} - VM ${vmid} already exists on node 'pve1'`);

  it("picks the next free VMID and takes another when it is lost", async () => {
    const ids = ["105", "106"];
    const { call, sent } = guestSession({
      "GET /cluster/nextid": () => ids.shift(),
      [CREATE]: (params: URLSearchParams) =>
        params.get("vmid") === "105" ? taken("105") : upid("pve1", "qmcreate", 106),
    });
    const text = await call("pve_create_qemu_vm", { node: "pve1", name: "new", memory: 1024 });
    expect(text).toContain("Started: Creation of VM 106 (new) on pve1.");
    expect(text).toContain("VMID: 106");
    expect(sent).toEqual([
      "GET /cluster/nextid",
      `${CREATE} name=new&memory=1024&vmid=105`,
      "GET /cluster/nextid",
      `${CREATE} name=new&memory=1024&vmid=106`,
    ]);
  });

  it("gives up after five, and at once when the same VMID comes again", async () => {
    let next = 105;
    const losing = guestSession({
      "GET /cluster/nextid": () => String(next++),
      [CREATE]: (params: URLSearchParams) => taken(params.get("vmid")),
    });
    expect(await losing.call("pve_create_qemu_vm", { node: "pve1" })).toContain("VM 109 already exists");
    expect(losing.sent.filter((line) => line.startsWith("POST"))).toHaveLength(5);
    const stuck = guestSession({ "GET /cluster/nextid": "105", [CREATE]: taken("105") });
    await stuck.call("pve_create_qemu_vm", { node: "pve1" });
    expect(stuck.sent.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  it.each([{ vmid: 101 }, { params: { vmid: 101 } }])("keeps a VMID the caller chose: %j", async (chosen) => {
    const { call, sent } = guestSession({ [CREATE]: taken("101") });
    const text = await call("pve_create_qemu_vm", { node: "pve1", ...chosen });
    expect(text).toContain("It already exists");
    expect(text).toContain("Nothing was changed.");
    expect(sent).toEqual([`${CREATE} vmid=101`]);
  });

  it.each([100.5, -3, 99])("never sends the new VMID %j", async (vmid) => {
    const { call, sent } = guestSession();
    expect(await call("pve_create_qemu_vm", { node: "pve1", vmid })).toContain("Nothing was changed.");
    expect(await call("pve_clone_qemu_vm", { vmid: 900, newid: vmid })).toContain("Nothing was changed.");
    expect(sent.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  it("renames ssh_public_keys and takes further parameters for a container", async () => {
    const { call, sent } = guestSession({
      "GET /cluster/nextid": "105",
      "POST /nodes/pve2/lxc": upid("pve2", "vzcreate", 105),
    });
    const text = await call("pve_create_lxc_container", {
      node: "pve2",
      ostemplate: "local:vztmpl/alpine.tar.xz",
      hostname: "ct",
      password: "s3cret-pass",
      ssh_public_keys: "ssh-ed25519 AAAA me",
      params: { features: "nesting=1", mp0: "local:4,mp=/data" },
    });
    expect(text).toContain("Creation of CT 105 (ct) on pve2.");
    expect(text).not.toContain("s3cret");
    expect(sent.at(-1)).toBe(
      "POST /nodes/pve2/lxc ostemplate=local:vztmpl/alpine.tar.xz&hostname=ct&password=s3cret-pass&ssh-public-keys=ssh-ed25519 AAAA me&features=nesting=1&mp0=local:4,mp=/data&vmid=105",
    );
  });

  it("clones to the next free VMID", async () => {
    const { call, sent } = guestSession({
      "GET /cluster/nextid": "105",
      "POST /nodes/pve1/qemu/900/clone": upid("pve1", "qmclone", 900),
    });
    expect(await call("pve_clone_qemu_vm", { vmid: "base", name: "web5", target: "pve2" })).toContain(
      "Clone of VM 900 (base) on pve1 to VM 105 (web5) on pve2.",
    );
    expect(sent.at(-1)).toBe("POST /nodes/pve1/qemu/900/clone name=web5&target=pve2&newid=105");
  });
});
