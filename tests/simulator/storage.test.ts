import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

describe("storage configuration", () => {
  it("adds, changes and removes a storage", async () => {
    const { call } = simulated();
    const tank = { storage: "tank", type: "dir", path: "/tank", content: "images,backup" };
    expect((await call("POST /storage", tank)).data).toEqual({ storage: "tank", type: "dir" });
    expect((await call("POST /storage", tank)).message).toBe(
      "create storage failed: storage ID 'tank' already defined\n",
    );
    await call("PUT /storage/tank", { content: "backup", "prune-backups": "keep-last=3" });
    const { data } = await call("GET /storage/tank");
    expect(data).toMatchObject({ content: "backup", path: "/tank", "prune-backups": "keep-last=3" });
    expect((await call("PUT /storage/tank", { content: "iso", digest: "0".repeat(40) })).message).toContain(
      "detected modified configuration",
    );
    await call("PUT /storage/tank", { delete: "prune-backups", digest: data.digest });
    expect((await call("GET /storage/tank")).data["prune-backups"]).toBeUndefined();
    await call("DELETE /storage/tank");
    expect((await call("GET /storage/tank")).message).toBe("storage 'tank' does not exist\n");
    expect((await call("PUT /storage/tank", { content: "iso" })).message).toBe(
      "update storage failed: storage 'tank' does not exist\n",
    );
  });

  it("shows an unprivileged user the storages he may use", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve1/storage", {}, "operator");
    expect(data.map(({ storage }: { storage: string }) => storage)).toEqual(["backup"]);
  });

  it("has a backup storage that is nearly full", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve2/storage/backup/status");
    expect(data.used / data.total).toBeGreaterThan(0.9);
    expect(data.used).toBeLessThan(data.total);
    expect((await call("GET /nodes/pve2/storage/none/status")).errors).toEqual({
      storage: "No such storage.",
    });
  });
});

describe("volumes", () => {
  const backups = async (call: ReturnType<typeof simulated>["call"], vmid: number) =>
    (await call("GET /nodes/pve1/storage/backup/content", { content: "backup", vmid })).data as {
      volid: string;
      protected?: number;
    }[];

  it("protects a backup from deletion", async () => {
    const { call, finish } = simulated();
    const [first] = await backups(call, 100);
    const path = `/nodes/pve1/storage/backup/content/${encodeURIComponent(first?.volid ?? "")}`;
    await call(`PUT ${path}`, { notes: "kept\nsecond line", protected: 1 });
    expect((await call(`GET ${path}`)).data).toMatchObject({
      notes: "kept\nsecond line",
      protected: 1,
      format: "raw",
    });
    const refused = await finish((await call(`DELETE ${path}`)).data);
    expect(refused.exitstatus).toMatch(
      /^cannot remove protected volume 'backup\/vzdump-qemu-100-.*' on 'backup'$/,
    );
    await call(`PUT ${path}`, { protected: 0 });
    const gone = await finish((await call(`DELETE ${path}`)).data);
    expect(gone.log).toEqual([`Removed volume '${first?.volid}'`, "TASK OK"]);
    expect(await backups(call, 100)).toHaveLength(2);
  });

  it("hides a guest's backups from who may not back it up", async () => {
    const { call } = simulated();
    expect((await call("GET /nodes/pve1/storage/backup/content", {}, "auditor")).data).toEqual([]);
    const operator = await call("GET /nodes/pve1/storage/backup/content", {}, "operator");
    expect(operator.data.length).toBeGreaterThan(20);
  });

  it("says what retention would remove", async () => {
    const { call } = simulated();
    const { data } = await call("GET /nodes/pve1/storage/backup/prunebackups", {
      vmid: 203,
      "prune-backups": "keep-last=1",
    });
    expect(data.map(({ mark }: { mark: string }) => mark).sort()).toEqual(["keep", "protected", "remove"]);
  });

  it("downloads in a task and keeps the file", async () => {
    const { call, finish } = simulated();
    const from = (url: string, filename: string) =>
      call("POST /nodes/pve1/storage/nas-iso/download-url", { url, filename, content: "iso" });
    expect((await from("https://example.com/x.exe", "x.exe")).errors).toEqual({
      filename: "wrong file extension",
    });
    const lost = await finish((await from("http://192.0.2.1/x.iso", "x.iso")).data);
    expect(lost.exitstatus).toBe(
      "download failed: Connecting to 192.0.2.1:80... failed: Network is unreachable.",
    );
    const { data: upid } = await from("https://example.com/new.iso", "new.iso");
    const listed = async () =>
      (await call("GET /nodes/pve2/storage/nas-iso/content", { content: "iso" })).data.map(
        ({ volid }: { volid: string }) => volid,
      );
    expect(await listed()).not.toContain("nas-iso:iso/new.iso");
    expect((await finish(upid)).exitstatus).toBe("OK");
    expect(await listed()).toContain("nas-iso:iso/new.iso");
  });

  it("pulls an image from a registry once", async () => {
    const { call, finish } = simulated();
    const pull = () =>
      call("POST /nodes/pve1/storage/nas-iso/oci-registry-pull", {
        reference: "docker.io/library/nginx:latest",
      });
    expect((await finish((await pull()).data)).exitstatus).toBe("OK");
    expect((await pull()).message).toBe("refusing to override existing file 'nginx_latest.tar'\n");
    const block = await call("POST /nodes/pve1/storage/local-lvm/oci-registry-pull", {
      reference: "nginx:latest",
    });
    expect(block.message).toBe("can't upload to storage type 'lvmthin', not a file based storage!\n");
  });
});
