import { describe, expect, test } from "vitest";
import { CLUSTER, type Env, load, refused, UUID } from "../../../tests/support/config-file.ts";
import { CATEGORIES } from "../categories.ts";

type Block = Readonly<Record<string, unknown>>;
const loadOne = async (cluster: Block, env: Env = {}) =>
  (await load({ clusters: { prod: { ...CLUSTER, ...cluster } } }, env)).clusters[0];

describe("a good file", () => {
  test("several clusters, their record and what answers look like", async () => {
    const config = await load(
      `
default: prod
clusters:
  prod:
    url: [https://pve1:8006, "https://pve2:8006"]
    token_id: root@pam!mcp
    token_secret: file:/run/prod
    tier: read-only
    categories: [qemu, lxc]
    protected: [100, "200-299", "tag:prod"]
    timeout: 2.5
    verify_ssl: false
  lab:
    url: https://lab:8006
    token_id: lab@pve!mcp
    token_secret: env:LAB_SECRET
    confirm: off
record: {file: /var/log/changes.jsonl, max_mb: 2, key: file:/run/key}
output: json
structured: true
`,
      { LAB_SECRET: "lab-secret-1", DEBUG: "1" },
    );
    const record = { path: "/var/log/changes.jsonl", maxBytes: 2 * 1024 ** 2, key: config.record?.key };
    expect(config).toMatchObject({
      defaultCluster: "prod",
      record,
      output: "json",
      structured: true,
      debug: true,
      warnings: [],
      clusters: [
        {
          name: "prod",
          connection: {
            baseUrls: ["https://pve1:8006", "https://pve2:8006"],
            tokenId: "root@pam!mcp",
            tls: { mode: "off" },
            timeout: 2.5,
            maxRequests: 12,
          },
          surface: { tier: "read-only", selection: { categories: ["qemu", "lxc"] } },
          safety: {
            record,
            protected: [
              { kind: "vmid", from: 100, to: 100 },
              { kind: "vmid", from: 200, to: 299 },
              { kind: "tag", name: "prod" },
            ],
          },
        },
        { name: "lab", surface: { tier: "full" }, safety: { confirm: "off", record } },
      ],
    });
    expect(config.record?.key?.reveal()).toBe("0123456789abcdef");
    const secrets = config.clusters.map(({ connection }) => connection.tokenSecret?.reveal());
    expect(secrets).toEqual([UUID, "lab-secret-1"]);
  });

  test("JSON, indented by tabs, with the least there can be", async () => {
    const config = await load(JSON.stringify({ clusters: { prod: CLUSTER } }, undefined, "\t"));
    expect(config).toEqual({
      clusters: [
        {
          name: "prod",
          connection: {
            baseUrls: ["https://pve:8006"],
            tokenId: "root@pam!mcp",
            tokenSecret: config.clusters[0].connection.tokenSecret,
            tls: { mode: "system" },
            discover: false,
            timeout: 30,
            maxRequests: 12,
          },
          surface: { tier: "full", selection: { categories: CATEGORIES, core: false }, excludeTools: [] },
          safety: { confirm: "loss", confirmBy: "any", wait: 25, protected: [] },
        },
      ],
      output: "text",
      structured: false,
      debug: false,
      warnings: [],
    });
  });

  test("clusters share settings by an alias", async () => {
    const config = await load(`
clusters:
  a: {url: "https://a", token_id: &id root@pam!mcp, token_secret: &secret file:/run/prod, protected: &p [100]}
  b: {url: "https://b", token_id: *id, token_secret: *secret, protected: *p}
`);
    expect(config.clusters[1]?.safety.protected).toEqual([{ kind: "vmid", from: 100, to: 100 }]);
  });

  test("a login, its password and one-time secret in the file", async () => {
    const { connection } = await loadOne({
      user: "root@pam",
      password: " 'with blanks' ",
      totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DP",
    });
    expect(connection.login?.password.reveal()).toBe(" 'with blanks' ");
    expect(connection.login?.totp?.reveal()).toContain("JBSWY3DPEHPK3PXPJBSWY3DP");
    expect(connection.tokenSecret?.reveal()).toBe(UUID);
  });

  test("the environment's proxy is that of clusters that say none", async () => {
    const env = { HTTPS_PROXY: "http://env:3128", no_proxy: "a.test" };
    const config = await load({ clusters: { a: CLUSTER, b: { ...CLUSTER, proxy: "http://own:1" } } }, env);
    expect(config.clusters.map(({ connection }) => connection.proxy)).toEqual([
      { url: "http://env:3128", except: ["a.test"] },
      { url: "http://own:1", except: ["a.test"] },
    ]);
    expect((await loadOne({ no_proxy: "*" }, env)).connection.proxy?.except).toEqual(["*"]);
    const { proxy } = (await loadOne({ proxy: "file:/run/proxy" })).connection;
    expect(proxy?.credentials?.reveal()).toBe("user:opensesame");
    expect(
      (await refused({ clusters: { a: CLUSTER, b: CLUSTER } }, { HTTPS_PROXY: "ftp://x" })).problems,
    ).toEqual(["HTTPS_PROXY must be the address of an HTTP proxy, as in http://proxy.example.com:3128"]);
  });

  test("warnings name the cluster", async () => {
    const config = await load(
      { clusters: { prod: { ...CLUSTER, tools: "pve_delete_qemu_vm", tier: "read-only" } } },
      { PVE_LAB: "1" },
    );
    expect(config.warnings).toEqual([
      "PVE_LAB is not a variable of mcp-pve and has no effect.",
      "clusters.prod.tools names a tool that stays hidden: pve_delete_qemu_vm needs clusters.prod.tier: full; the tier is read-only.",
      "clusters.prod: These settings leave no tool to offer.",
    ]);
  });

  test("a variable that the file refers to is not warned about", async () => {
    const config = await load(
      { clusters: { prod: { ...CLUSTER, token_secret: "env:PVE_PROD_SECRET" } } },
      { PVE_PROD_SECRET: UUID },
    );
    expect(config.warnings).toEqual([]);
  });
});

test("all problems come in one message, by the names of keys", async () => {
  const error = await refused({
    default: "prdo",
    clusters: {
      prod: { tokn_id: "x", tier: "readonly", timeout: "30", tools: ["pve_list_node"] },
      lab: { ...CLUSTER, user: "root@pam", verify_ssl: false, ca_file: "/run/prod" },
    },
    record: { key: "file:/run/key" },
    outptu: "json",
  });
  expect(error.message).toBe(`The configuration has 11 problems:
- the file has an unknown key: "outptu" (nearest: output)
- default has an unknown cluster: "prdo" (nearest: prod); valid: prod, lab
- record.key has no use without record.file
- clusters.prod has an unknown key: "tokn_id" (nearest: token_id)
- clusters.prod.timeout must be a number, without quotes
- Not set: clusters.prod.url, clusters.prod.token_id, clusters.prod.token_secret. They name the PVE and the API token to use; without a PVE at hand, try "mcp-pve demo".
- clusters.prod.tier has an unknown tier: "readonly" (nearest: read-only); valid: read-only, read-execute, full
- clusters.prod.tools has an unknown tool: "pve_list_node" (nearest: pve_list_nodes)
- clusters.lab.user and clusters.lab.password go together: set both, or none
- clusters.lab.verify_ssl: false contradicts clusters.lab.ca_file: leave clusters.lab.verify_ssl unset to have the certificate checked
- clusters.lab.ca_file names a file without a PEM certificate (-----BEGIN CERTIFICATE-----)
The keys of the file:
  default, clusters, record, output, structured
The keys of a cluster:
  url, token_id, token_secret, user, password, totp_secret, verify_ssl, ca_file, fingerprint,
  client_cert_file, client_key, discover_nodes, proxy, no_proxy, timeout, max_requests, tier,
  categories, tools, exclude_tools, confirm, confirm_by, protected, allowed, freeze_file, wait
The 2 tools:
  pve_delete_qemu_vm, pve_list_nodes
docs/configuration.md describes every variable.`);
});
