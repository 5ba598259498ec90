import { describe, expect, it } from "vitest";
import { planned } from "../../../tests/support/guest-plan.ts";

const bulk = (verb: string) => `POST /cluster/bulk-action/guest/${verb}` as never;
const node = (verb: string) => `POST /nodes/{node}/${verb}` as never;

describe("an action on many guests", () => {
  it("that names none is about all of them, but what HA manages", async () => {
    expect(await planned().points(bulk("shutdown"), {})).toEqual([
      "Shuts down 9 guests (none are named, so all are meant): VM 100 (web-01) on pve1, VM 104 (build) on pve2, VM 105 (analytics) on pve3, VM 106 (win-desktop) on pve2, VM 107 (dev) on pve1, VM 108 (dev) on pve2, CT 200 (dns) on pve1, CT 202 (monitoring) on pve3, CT 203 (git) on pve1.",
      "What still runs after 180 s loses power, and what it has not written (force-stop is on unless the call says 0).",
      "Locked, so PVE refuses them: VM 104 (build) (backup).",
      "Left out as HA manages them: VM 101 (web-02) on pve2, VM 102 (db-01) on pve3, CT 201 (proxy) on pve2.",
      "Left out as they do not run: VM 103 (mail) on pve1, CT 204 (wiki) on pve3.",
      "Left out as templates: VM 9000 (debian-13), CT 9100 (alpine-template).",
    ]);
  });

  it("names what it does nothing to, and what is not there", async () => {
    expect(await planned().points(bulk("start"), { vms: ["103", "204", "100", "9000", "777"] })).toEqual([
      "Starts 2 guests: VM 103 (mail) on pve1, CT 204 (wiki) on pve3.",
      "Left out as they run already: VM 100 (web-01).",
      "Left out as templates: VM 9000 (debian-13).",
      "There is no such guest: 777.",
    ]);
  });

  it("suspends VMs only, and saves none to disk that HA manages", async () => {
    const { points } = planned();
    const vms = ["100", "200", "101"];
    expect(await points(bulk("suspend"), { vms, "to-disk": true })).toEqual([
      "Saves to disk and stops 2 guests: VM 100 (web-01) on pve1, VM 101 (web-02) on pve2.",
      "HA manages these, so PVE does not save them to disk: VM 101 (web-02).",
      "Left out as containers cannot be suspended: CT 200 (dns).",
    ]);
    expect(await points(bulk("suspend"), { vms: ["200"] })).toEqual([
      "Pauses no guest.",
      "Left out as containers cannot be suspended: CT 200 (dns).",
    ]);
    expect(await points(node("suspendall"), { node: "pve3" })).toEqual([
      "Saves to disk and stops 1 guest on pve3 (none are named, so all are meant): VM 105 (analytics).",
      "Left out as HA manages them: VM 102 (db-01).",
      "Left out as containers cannot be suspended: CT 202 (monitoring), CT 204 (wiki).",
    ]);
  });

  it("migrates what PVE's own check lets", async () => {
    const { points } = planned();
    expect(await points(node("migrateall"), { node: "pve1", target: "pve3" })).toEqual([
      "Migrates 7 guests on pve1 to pve3 (none are named, so all are meant): VM 100 (web-01), VM 103 (mail), VM 107 (dev), CT 200 (dns), CT 203 (git), VM 9000 (debian-13), CT 9100 (alpine-template).",
      "Restarted on the way: CT 200 (dns), CT 203 (git).",
      "PVE would refuse: VM 100 (web-01) (local disks local-lvm:vm-100-disk-0), VM 107 (dev) (local disks local-lvm:vm-107-disk-0).",
    ]);
    expect(await points(bulk("migrate"), { target: "pve2", vms: ["101", "102", "200"] })).toEqual([
      "Migrates 2 guests to pve2: VM 102 (db-01) on pve3, CT 200 (dns) on pve1.",
      "Refused, as they run and online is not set: CT 200 (dns).",
      "PVE would refuse: VM 102 (db-01) (runs and online is not set).",
      "HA moves: VM 102 (db-01).",
      "Left out as they are there already: VM 101 (web-02).",
    ]);
  });

  it("starts the guests of a node that start at boot", async () => {
    const { world, points } = planned();
    const dev = world.guests.get(107);
    if (dev) dev.status = "stopped";
    expect(await points(node("startall"), { node: "pve1" })).toEqual([
      "Starts 1 guest on pve1 (none are named, so all are meant): VM 103 (mail).",
      "Left out as they run already: VM 100 (web-01), CT 200 (dns), CT 203 (git).",
      "Left out as they do not start at boot (force starts them too): VM 107 (dev).",
      "Left out as templates: VM 9000 (debian-13), CT 9100 (alpine-template).",
    ]);
    expect((await points(node("startall"), { node: "pve1", force: true }))[0]).toBe(
      "Starts 2 guests on pve1 (none are named, so all are meant): VM 103 (mail), VM 107 (dev).",
    );
  });

  it("goes on without force where the call says so", async () => {
    expect(
      await planned().points(node("stopall"), {
        node: "pve2",
        vms: "108,101",
        "force-stop": false,
        timeout: 30,
      }),
    ).toEqual([
      "Shuts down 2 guests on pve2: VM 101 (web-02), VM 108 (dev).",
      "What still runs after 30 s runs on.",
      "HA stops, and keeps stopped: VM 101 (web-02).",
    ]);
  });

  it("names each of very many", async () => {
    const { world, points } = planned();
    const model = world.guests.get(103);
    if (!model) throw new Error("no guest");
    for (let vmid = 1000; vmid < 1150; vmid += 1)
      world.guests.set(vmid, { ...model, vmid, config: { ...model.config, name: `g${vmid}` } });
    const vms = Array.from({ length: 150 }, (_, n) => String(1000 + n));
    const [first] = await points(bulk("start"), { vms });
    expect(first).toBe(`Starts 150 guests: ${vms.map((vmid) => `VM ${vmid} (g${vmid})`).join(", ")}.`);
  });

  it("hangs on the guests that it acts on", async () => {
    const { world, state } = planned();
    const before = await state(bulk("start"), { vms: ["103", "204"] });
    const wiki = world.guests.get(204);
    if (wiki) wiki.status = "running";
    expect(await state(bulk("start"), { vms: ["103", "204"] })).not.toEqual(before);
  });
});
