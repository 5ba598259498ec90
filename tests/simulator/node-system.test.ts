import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { simulated } from "../support/simulated.ts";

const file = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");

describe("certificates", () => {
  it("are replaced by one's own and come back", async () => {
    const { call } = simulated();
    const custom = "/nodes/pve1/certificates/custom";
    const names = async () =>
      (await call("GET /nodes/pve1/certificates/info")).data.map((one: { filename: string }) => one.filename);
    const certificates = file("leaf.pem");
    expect((await call(`POST ${custom}`, { certificates })).errors).toEqual({
      key: "Attempted to upload custom certificate without (existing) key.",
    });
    const wrong = await call(`POST ${custom}`, { certificates, key: file("expired.key") });
    expect(wrong.message).toContain("key does not match the certificate");
    const { data } = await call(`POST ${custom}`, { certificates, key: file("leaf.key") });
    expect(data).toMatchObject({
      filename: "pveproxy-ssl.pem",
      subject: "/O=PVE test/CN=pve1.test",
      issuer: "/O=PVE test/CN=Test CA",
      notbefore: Date.UTC(2020, 0, 1) / 1000,
    });
    expect(data.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(await names()).toEqual(["pve-root-ca.pem", "pve-ssl.pem", "pveproxy-ssl.pem"]);
    expect((await call(`POST ${custom}`, { certificates })).message).toBe(
      "Custom certificate file exists but force flag is not set.\n",
    );
    expect((await call(`POST ${custom}`, { certificates, force: 1 })).status).toBe(200);
    await call(`DELETE ${custom}`);
    expect(await names()).toEqual(["pve-root-ca.pem", "pve-ssl.pem"]);
  });

  it("are not to be had from an authority", async () => {
    const { call, finish } = simulated();
    const acme = "/nodes/pve1/certificates/acme/certificate";
    expect((await call(`POST ${acme}`)).message).toBe("ACME domain list in node configuration is missing!\n");
    expect((await call(`PUT ${acme}`)).message).toContain("please order a new certificate!");
    await call("PUT /nodes/pve1/config", { acme: "domains=pve1.example.com" });
    expect((await finish((await call(`POST ${acme}`)).data)).exitstatus).toBe(
      "ACME account config file 'default' does not exist.",
    );
    expect((await call("GET /cluster/acme/tos")).message).toContain("Temporary failure in name resolution");
  });
});

describe("ACME plugins", () => {
  it("are kept with what each type takes", async () => {
    const { call } = simulated();
    const plugins = "/cluster/acme/plugins";
    const add = (params: Record<string, string>) => call(`POST ${plugins}`, { id: "dns1", ...params });
    expect((await add({ type: "dns" })).message).toBe("missing value for required option 'api'\n");
    expect((await add({ type: "standalone", api: "cf" })).message).toBe("unexpected property 'api'\n");
    const data = Buffer.from("CF_Token=x").toString("base64");
    expect((await add({ type: "dns", api: "cf", data })).status).toBe(200);
    expect((await add({ type: "dns", api: "cf" })).message).toBe("ACME plugin ID 'dns1' already exists\n");
    const { data: shown } = await call(`GET ${plugins}/dns1`);
    expect(shown).toMatchObject({ plugin: "dns1", type: "dns", api: "cf", data: "CF_Token=x" });
    expect((await call(`PUT ${plugins}/dns1`, { disable: 1, digest: "0".repeat(40) })).status).toBe(500);
    await call(`PUT ${plugins}/dns1`, { disable: 1, delete: "data", digest: shown.digest });
    const changed = (await call(`GET ${plugins}/dns1`)).data;
    expect([changed.disable, changed.data]).toEqual([1, undefined]);
    expect((await call(`PUT ${plugins}/dns1`, { delete: "api" })).message).toBe(
      "unable to delete required option 'api'\n",
    );
    await call(`DELETE ${plugins}/dns1`);
    expect((await call(`GET ${plugins}/dns1`)).message).toBe("ACME plugin 'dns1' not defined\n");
    expect((await call(`GET ${plugins}`)).data).toHaveLength(1);
  });
});

describe("package repositories", () => {
  it("are added and switched", async () => {
    const { call } = simulated();
    const path = "/nodes/pve1/apt/repositories";
    const status = async () =>
      Object.fromEntries(
        (await call(`GET ${path}`)).data["standard-repos"].map((one: { handle: string; status: unknown }) => [
          one.handle,
          one.status,
        ]),
      );
    expect(await status()).toMatchObject({ enterprise: 0, "no-subscription": 1, test: null });
    await call(`PUT ${path}`, { handle: "test" });
    await call(`PUT ${path}`, { handle: "enterprise" });
    expect(await status()).toMatchObject({ enterprise: 1, test: 1 });
    const sources = "/etc/apt/sources.list.d/proxmox.sources";
    await call(`POST ${path}`, { path: sources, index: 1, enabled: 0 });
    expect(await status()).toMatchObject({ "no-subscription": 1, test: 0 });
    expect((await call(`POST ${path}`, { path: sources, index: 7, enabled: 0 })).message).toBe(
      "invalid index - 7\n",
    );
    expect((await call(`POST ${path}`, { path: "/x", index: 0 })).message).toBe("invalid path - /x\n");
    expect((await call(`PUT ${path}`, { handle: "own" })).message).toBe("unknown repository handle 'own'\n");
    expect((await call(`PUT ${path}`, { handle: "test", digest: "00" })).message).toContain(
      "detected modified configuration",
    );
  });
});

describe("scans", () => {
  it("find what the storages' servers offer, and nobody else", async () => {
    const { call } = simulated();
    const scan = "/nodes/pve1/scan";
    expect((await call(`GET ${scan}/nfs`, { server: "192.0.2.50" })).data).toEqual([
      { path: "/export/iso", options: "*" },
    ]);
    expect((await call(`GET ${scan}/nfs`, { server: "192.0.2.99" })).message).toBe(
      "command '/sbin/showmount --no-headers --exports 192.0.2.99' failed: exit code 1\n",
    );
    expect((await call(`GET ${scan}/nfs`, { server: "nas.example.com" })).message).toBe(
      "unable to resolve address for server 'nas.example.com'\n",
    );
    expect((await call(`GET ${scan}/iscsi`, { portal: "192.0.2.99" })).data).toEqual([]);
    const backup = { server: "192.0.2.99", username: "u@pbs", password: "secret" };
    expect((await call(`GET ${scan}/pbs`, backup)).message).toContain("error fetching datastores - 500");
    await call("POST /storage", { storage: "pbs", type: "pbs", datastore: "main", ...backup });
    expect((await call(`GET ${scan}/pbs`, backup)).data).toEqual([{ store: "main" }]);
  });
});

describe("custom CPU models", () => {
  it("go by their name with or without its prefix", async () => {
    const { call } = simulated();
    const path = "/cluster/qemu/custom-cpu-models";
    const add = { cputype: "fast", "reported-model": "EPYC-Rome", flags: "+aes" };
    await call(`POST ${path}`, add);
    expect((await call(`POST ${path}`, { ...add, cputype: "custom-fast" })).message).toBe(
      "custom CPU model 'fast' already exists\n",
    );
    const model = { cputype: "custom-fast", flags: "+aes" };
    expect((await call(`GET ${path}/custom-fast`)).data).toMatchObject(model);
    expect((await call(`GET ${path}`)).data).toMatchObject([model]);
    expect((await call(`GET ${path}`, {}, "operator")).data).toEqual([]);
    expect((await call("GET /nodes/pve1/capabilities/qemu/cpu")).data.at(-1)).toEqual({
      name: "custom-fast",
      custom: 1,
      vendor: "AuthenticAMD",
    });
    expect((await call(`PUT ${path}/fast`, { delete: "reported-model" })).message).toBe(
      "cannot delete 'reported-model'\n",
    );
    await call(`PUT ${path}/fast`, { hidden: 1, delete: "flags" });
    const changed = (await call(`GET ${path}/fast`)).data;
    expect([changed.hidden, changed.flags]).toEqual([1, undefined]);
    await call(`DELETE ${path}/fast`);
    expect((await call(`GET ${path}/fast`)).message).toBe("Custom cputype 'fast' not found\n");
  });
});
