import { describe, expect, it } from "vitest";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import { loggedIn } from "../support/logged-in.ts";
import { simulated } from "../support/simulated.ts";

type Part = readonly [name: string, value: string, filename?: string];

/** An upload as a browser sends it. */
async function sendFile({ handle }: ReturnType<typeof simulated>, storage: string, parts: readonly Part[]) {
  const { id, secret } = DEMO_TOKENS.admin;
  const body = parts.map(
    ([name, value, filename]) =>
      `--cut\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}\r\n\r\n${value}\r\n`,
  );
  const response = await handle({
    method: "POST",
    path: `/api2/json/nodes/pve1/storage/${storage}/upload`,
    headers: {
      authorization: `PVEAPIToken=${id}=${secret}`,
      "content-type": "multipart/form-data; boundary=cut",
    },
    body: `${body.join("")}--cut--\r\n`,
  });
  return { status: response.status, ...JSON.parse(response.body) };
}

const SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("an upload", () => {
  it("becomes a volume once its checksum is right", async () => {
    const sim = simulated();
    const send = (filename: string, checksum = SHA256) =>
      sendFile(sim, "nas-iso", [
        ["content", "iso"],
        ["checksum-algorithm", "sha256"],
        ["checksum", checksum],
        ["filename", "hello", filename],
      ]);
    expect((await send("x.exe")).errors).toEqual({ filename: "wrong file extension" });
    expect((await sim.finish((await send("hello.iso", "00")).data)).exitstatus).toContain(
      "checksum mismatch: got '2cf24",
    );
    const { log } = await sim.finish((await send("hello.iso")).data);
    expect(log).toContain("calculating checksum...OK, checksum verified");
    expect(log).toContain("file size is: 5");
    const { data } = await sim.call("GET /nodes/pve2/storage/nas-iso/content/iso/hello.iso");
    expect(data).toMatchObject({ size: 5 });
  });

  it("is refused without a file, and where no files are", async () => {
    const sim = simulated();
    const upload = { content: "iso", filename: "x.iso" };
    expect((await sim.call("POST /nodes/pve1/storage/nas-iso/upload", upload)).message).toBe(
      "missing temporary file name\n",
    );
    expect((await sim.call("POST /nodes/pve1/storage/ceph-vm/upload", upload)).message).toBe(
      "can't upload to storage type 'rbd'\n",
    );
  });
});

describe("files of backups", () => {
  const volume = "backup/vm/100/2026-03-31T02:30:00Z";

  it("are restored from a backup server only", async () => {
    const { call } = simulated();
    const at = "/nodes/pve1/storage/backup/file-restore/list";
    expect((await call(`GET ${at}`, { volume: "x", filepath: "/" })).errors).toEqual({
      storage: "Only PBS storages supported for file-restore.",
    });
    expect((await call(`GET ${at}`, { volume: "other:backup/x", filepath: "/" })).errors).toEqual({
      volume: "storage ID mismatch (other != backup).",
    });
  });

  it("are listed and fetched", async () => {
    const sim = simulated();
    const { call, world } = sim;
    await call("POST /storage", {
      ...{ storage: "pbs", type: "pbs", datastore: "main", server: "192.0.2.60" },
      ...{ username: "u@pbs", password: "secret" },
    });
    world.volumes.set(`pbs:${volume}`, {
      ...{ volid: `pbs:${volume}`, storage: "pbs", content: "backup", format: "pbs-vm", vmid: 100 },
      ...{ size: 1, ctime: 1, subtype: "qemu" },
    });
    const base = "/nodes/pve1/storage/pbs/file-restore";
    const list = async (filepath: string) =>
      (await call(`GET ${base}/list`, { volume, filepath })).data as { filepath: string; text: string }[];
    const [disk] = await list("/");
    expect(disk?.text).toBe("drive-scsi0.img.fidx");
    const [etc] = await list(disk?.filepath ?? "");
    const [hostname] = await list(etc?.filepath ?? "");
    expect(hostname).toMatchObject({ text: "hostname", leaf: 1, type: "f" });
    const got = await call(`GET ${base}/download`, { volume, filepath: hostname?.filepath ?? "" });
    expect(got.status).toBe(200);
    expect([...world.tasks.values()].at(-1)?.type).toBe("pbs-download");
  });
});

describe("volumes", () => {
  it("are copied by root@pam", async () => {
    const sim = simulated();
    const copy = "POST /nodes/pve1/storage/local-lvm/content/vm-103-disk-0";
    expect((await sim.call(copy, { target: "vm-103-disk-9" })).status).toBe(403);
    const root = loggedIn(sim);
    await sim.finish((await root(copy, { target: "vm-103-disk-9" })).data);
    expect((await sim.call("GET /nodes/pve1/storage/local-lvm/content", { vmid: 103 })).data).toHaveLength(2);
    const again = await sim.finish((await root(copy, { target: "vm-103-disk-9" })).data);
    expect(again.exitstatus).toBe("volume 'local-lvm:vm-103-disk-9' already exists");
  });

  it("tell how an appliance is imported", async () => {
    const { call, world } = simulated();
    const at = "GET /nodes/pve1/storage/local/import-metadata";
    expect((await call(at, { volume: "iso/x.iso" })).message).toBe("invalid content type 'iso'\n");
    const volid = "local:import/app.ova";
    world.volumes.set(`pve1/${volid}`, {
      ...{ volid, node: "pve1", storage: "local", content: "import", format: "ova", size: 1, ctime: 1 },
    });
    expect((await call(at, { volume: "import/app.ova" })).data).toMatchObject({
      type: "vm",
      disks: { scsi0: { volid: "local:import/app.ova/app-disk1.vmdk" } },
      warnings: [{ type: "ova-needs-extracting" }],
    });
  });
});
