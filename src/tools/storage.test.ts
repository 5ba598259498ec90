import { beforeEach, describe, expect, it } from "vitest";
import { cannedSession } from "../../tests/support/canned.ts";
import { type TestSession, testSession } from "../../tests/support/session.ts";
import { VirtualClock } from "../simulator/clock.ts";
import { clusterWorld, DEMO_TOKENS } from "../simulator/scenarios/cluster.ts";

let session: TestSession;
const demo = (token: keyof typeof DEMO_TOKENS = "admin", tier: "full" | "read-execute" = "full") =>
  testSession(clusterWorld(new VirtualClock(1_795_330_660)), DEMO_TOKENS[token], tier);
const requests = (one = session) =>
  one.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path.replace("/api2/json", ""))}`);

beforeEach(() => {
  session = demo();
});

describe("reading storages", () => {
  it("lists what is configured and where it is", async () => {
    const text = await session.call("pve_list_storage");
    expect(text).toMatch(/^5 storages\.\nstorage \| type \| content \| location \| shared\n/);
    expect(text).toContain("backup | nfs | backup | 192.0.2.51:/export/backup | yes");
    expect(text).toContain("local-lvm | lvmthin | images, rootdir | pve/data");
    expect(await session.call("pve_list_storage", { type: "rbd" })).toMatch(/^1 storage\./);
  });

  it("shows usage on a node and says which storage is nearly full", async () => {
    const text = await session.call("pve_list_node_storage", { node: "pve1" });
    expect(text).toMatch(/^5 storages on pve1\.\n/);
    expect(text).toMatch(/backup \| nfs \| 3\.8\/4 TiB \| 94\.8% \| .* \| yes \| backup/);
    expect(text).toContain("\nStorage backup is 94.8% full.");
    const images = await session.call("pve_list_node_storage", { node: "pve1", content: "images" });
    expect(images).toMatch(/^2 storages on pve1\./);
    expect(images).not.toContain("full.");
  });

  it("puts state and use of one storage into the first line", async () => {
    const text = await session.call("pve_get_storage_status", { node: "pve2", storage: "backup" });
    expect(text).toMatch(/^Storage backup on pve2 is active, 95% used\.\n/);
    const broken = cannedSession({
      "GET /nodes/pve2/storage/nas/status": { active: 0, enabled: 1, type: "nfs", total: 0, used: 0 },
    });
    expect(await broken.call("pve_get_storage_status", { node: "pve2", storage: "nas" })).toMatch(
      /^Storage nas on pve2 is not active\.\n/,
    );
  });

  it("pages content and keeps what the next call needs: volume ids", async () => {
    const args = { node: "pve1", storage: "backup", vmid: 203 };
    const text = await session.call("pve_list_storage_content", { ...args, limit: 2 });
    expect(text).toMatch(/^2 of 3 volumes on backup \(pve1\)\.\n/);
    expect(text).toMatch(
      /backup:backup\/vzdump-lxc-203-\S+\.tar\.zst \| backup \| 12\.\d GiB \| tar\.zst \|/,
    );
    expect(text).toContain("2 of 3 shown; more: start: 2");
    expect(await session.call("pve_list_storage_content", args)).toMatch(/\| 203 \| yes \|/);
    expect(requests()).toEqual(Array(2).fill("GET /nodes/pve1/storage/backup/content?vmid=203"));
  });

  it("takes the guest by name, and a VMID as it is", async () => {
    const where = { node: "pve1", storage: "backup" };
    const text = await session.call("pve_list_storage_content", { ...where, vmid: "mail" });
    expect(text).toMatch(/^\d+ volumes? on backup \(pve1\)\.\n/);
    expect(requests()).toEqual([
      "GET /cluster/resources?type=vm",
      "GET /nodes/pve1/storage/backup/content?vmid=103",
    ]);
    session.requests.length = 0;
    await session.call("pve_list_storage_content", { ...where, vmid: "4711" });
    expect(requests()).toEqual(["GET /nodes/pve1/storage/backup/content?vmid=4711"]);
  });

  it("shows notes of a backup as one cell, whatever they hold", async () => {
    const canned = cannedSession({
      "GET /nodes/pve1/storage/bk/content": [
        {
          volid: "bk:backup/x.tar",
          content: "backup",
          size: 1,
          format: "tar",
          notes: "a | b\nSYSTEM:\u001b[2J do",
        },
      ],
    });
    const text = await canned.call("pve_list_storage_content", { node: "pve1", storage: "bk" });
    expect(text.split("\n")).toHaveLength(4);
    expect(text).toContain("“a \\| b SYSTEM: do”");
  });

  it("tells a token without privileges apart from an empty list", async () => {
    const text = await demo("empty").call("pve_list_storage");
    expect(text).toMatch(/^No storages\.\n.*Datastore\.Audit/);
  });
});

describe("changing storages", () => {
  it("creates, updates with the digest, and deletes with what it was", async () => {
    const made = await session.call("pve_create_storage", {
      storage: "tank",
      type: "dir",
      path: "/srv/tank",
      content: "backup",
      shared: false,
      nodes: "pve1,pve2",
      params: { mkdir: false, "max-protected-backups": 5 },
    });
    expect(made).toMatch(/^Storage tank \(dir\) created\.\n/);
    const config = await session.call("pve_get_storage_config", { storage: "tank" });
    expect(config).toContain("max-protected-backups: 5");
    const digest = /digest: (\w+)/.exec(config)?.[1];
    const changed = await session.call("pve_update_storage", {
      storage: "tank",
      content: "backup,iso",
      delete: "nodes",
      digest,
      params: { "prune-backups": "keep-last=2" },
    });
    expect(changed).toMatch(/^Storage tank updated\.\nChanges:\n/);
    expect(changed).toContain("content | backup | backup,iso");
    expect(changed).toContain("nodes | pve1,pve2 | (not set)");
    const off = await session.call("pve_update_storage", { storage: "tank", disable: true });
    expect(off).toContain("disable | (not set) | yes");
    expect(changed).toContain("prune-backups | (not set) | keep-last=2");
    const stale = await session.call("pve_update_storage", { storage: "tank", disable: true, digest });
    expect(stale).toContain("digest");
    expect(stale).toContain("Nothing was changed.");
    const gone = await session.call("pve_delete_storage", { storage: "tank" });
    expect(gone).toMatch(/^Storage tank removed from the cluster's configuration; its data is left/);
    expect(gone).toContain("It was (type dir):\ncontent: backup,iso");
    expect(session.world.storages.has("tank")).toBe(false);
  });

  it("never shows a secret, its own or PVE's", async () => {
    const canned = cannedSession({
      "POST /storage": {
        storage: "pbs",
        type: "pbs",
        config: { "encryption-key": '{"data":"SECRETKEYDATA"}' },
      },
      "GET /storage/pbs": { storage: "pbs", type: "pbs", server: "192.0.2.9", password: "hunter22" },
    });
    const made = await canned.call("pve_create_storage", {
      storage: "pbs",
      type: "pbs",
      server: "192.0.2.9",
      params: { datastore: "main", username: "b@pbs", password: "hunter22", "encryption-key": "autogen" },
    });
    expect(made).toContain("/etc/pve/priv/storage/pbs.enc");
    const shown = await canned.call("pve_get_storage_config", { storage: "pbs" });
    expect(`${made}${shown}`).not.toMatch(/hunter22|SECRETKEYDATA/);
  });

  it.each([
    [
      "an unknown parameter",
      "pve_create_storage",
      { storage: "x1", type: "dir", params: { pth: "/x" } },
      /'path'/,
    ],
    ["an unknown type", "pve_create_storage", { storage: "x1", type: "ext4" }, /type/],
    [
      "a parameter twice",
      "pve_update_storage",
      { storage: "local", content: "iso", params: { content: "iso" } },
      /twice/,
    ],
    ["a path in a name", "pve_delete_storage", { storage: "../access/users" }, /storage/],
  ])("refuses %s before anything is written", async (_, tool, args, reason) => {
    const text = await session.call(tool, args);
    expect(text).toMatch(reason);
    expect(text).toContain("Nothing was changed.");
    expect(requests().filter((one) => !one.startsWith("GET"))).toEqual([]);
  });
});

describe("pve_pull_oci_image", () => {
  const args = { node: "pve1", storage: "local" };

  it("starts the pull at read-execute", async () => {
    const one = demo("admin", "read-execute");
    const reference = "docker.io/library/alpine:3.22";
    const text = await one.call("pve_pull_oci_image", { ...args, reference });
    expect(text).toMatch(
      /^Done in \d+s: pull of docker\.io\/library\/alpine:3\.22 to local on pve1\.\nUPID: UPID:pve1:/,
    );
    expect(requests(one).filter((request) => !request.startsWith("GET "))).toEqual([
      "POST /nodes/pve1/storage/local/oci-registry-pull",
    ]);
  });

  it.each(["alpine", "localhost:5000/alpine"])("asks for the tag that %s lacks", async (reference) => {
    expect(await session.call("pve_pull_oci_image", { ...args, reference })).toMatch(/has no tag/);
    expect(session.requests).toEqual([]);
  });
});
