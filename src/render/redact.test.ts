import { describe, expect, it } from "vitest";
import { redactCloudInit, redactData } from "./redact.ts";
import { createRedactor } from "./redactor.ts";

const R = "[redacted]";
const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----";

describe("redactData", () => {
  it.each<[string, unknown, unknown]>([
    [
      "GET /cluster/acme/plugins",
      [{ plugin: "cf", type: "dns", api: "cf", data: "Q0ZfVG9rZW49YWJj" }],
      [{ plugin: "cf", type: "dns", api: "cf", data: R }],
    ],
    ["GET /cluster/acme/plugins/{id}", { data: "x=y", digest: "da39" }, { data: R, digest: "da39" }],
    [
      "GET /cluster/acme/challenge-schema",
      [{ schema: { fields: { CF_Secret: { description: "the key" } } } }],
      [{ schema: { fields: { CF_Secret: { description: "the key" } } } }],
    ],
    ["GET /nodes/{node}/tasks", [{ data: "kept" }], [{ data: "kept" }]],
    [
      "POST /access/users/{userid}/token/{tokenid}",
      { "full-tokenid": "a@pve!ci", value: "00000000-1111-2222-3333-444444444444", info: { privsep: "1" } },
      { "full-tokenid": "a@pve!ci", value: R, info: { privsep: "1" } },
    ],
    ["PUT /access/users/alice@pve/token/ci", { value: "uuid-like" }, { value: R }],
    [
      "GET /nodes/{node}/qemu/{vmid}/config",
      { cipassword: "**********", sshkeys: "ssh-ed25519%20AAAA%20me", hotplug: "disk", name: "web" },
      { cipassword: R, sshkeys: "ssh-ed25519%20AAAA%20me", hotplug: "disk", name: "web" },
    ],
    [
      "GET /nodes/{node}/qemu/{vmid}/pending",
      [
        { key: "cipassword", value: "old", pending: "new" },
        { key: "memory", value: "512", pending: "1024" },
      ],
      [
        { key: "cipassword", value: R, pending: R },
        { key: "memory", value: "512", pending: "1024" },
      ],
    ],
    [
      "POST /access/ticket",
      { username: "root@pam", ticket: "T", CSRFPreventionToken: "C", cap: { vms: { "VM.Audit": 1 } } },
      { username: "root@pam", ticket: R, CSRFPreventionToken: R, cap: { vms: { "VM.Audit": 1 } } },
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/vncproxy",
      { port: 5900, ticket: "PVEVNC:x", password: 12345678, cert: "public" },
      { port: 5900, ticket: R, password: R, cert: "public" },
    ],
    [
      "GET /nodes/{node}/ceph/cfg/db",
      [
        { name: "mgr/dashboard/PASSWORD", value: "p", section: "mgr" },
        { name: "osd_pool_default_size", value: "3", section: "global" },
      ],
      [
        { name: "mgr/dashboard/PASSWORD", value: R, section: "mgr" },
        { name: "osd_pool_default_size", value: "3", section: "global" },
      ],
    ],
    [
      "GET /access/domains/{realm}",
      { realm: "sso", "client-id": "id", "client-key": "k", password: "p", secret: "s" },
      { realm: "sso", "client-id": "id", "client-key": R, password: R, secret: R },
    ],
    [
      "POST /storage",
      {
        storage: "pbs",
        config: { "encryption-key": "{}", keyring: "k", "master-pubkey": "pub", password: "" },
      },
      { storage: "pbs", config: { "encryption-key": R, keyring: R, "master-pubkey": "pub", password: "" } },
    ],
    [
      "GET /cluster/notifications/endpoints/webhook",
      [
        {
          name: "w",
          secret: [{ name: "key" }, { name: "b", value: "c2Vj" }],
          header: [{ name: "Auth", value: "eA" }],
        },
      ],
      [
        {
          name: "w",
          secret: [{ name: "key" }, { name: "b", value: R }],
          header: [{ name: "Auth", value: R }],
        },
      ],
    ],
    [
      "POST /cluster/notifications/endpoints/webhook",
      { secret: ["name=a,value=c2VjcmV0", "opaque"] },
      { secret: [`name=a,value=${R}`, R] },
    ],
    [
      "GET /cluster/metrics/server/{id}",
      { server: "10.0.0.1", token: "t", bucket: "b", "otel-headers": "x" },
      { server: "10.0.0.1", token: R, bucket: "b", "otel-headers": R },
    ],
    ["GET /access/users/{userid}", { email: "a@b", keys: "v2-0x41" }, { email: "a@b", keys: R }],
    [
      "POST /access/tfa/{userid}",
      { id: "1", recovery: ["aaaa-bbbb", "cccc-dddd"], challenge: "c" },
      { id: "1", recovery: [R, R], challenge: R },
    ],
    ["GET /access/acl", [{ type: "token", ugid: "a@pve!t" }], [{ type: "token", ugid: "a@pve!t" }]],
    [
      "POST /x",
      { "generate-password": 1, password: false, "lock-token": "l" },
      { "generate-password": 1, password: false, "lock-token": "l" },
    ],
    ["GET /x", ["a", null, 3, { __proto__: null, note: PEM }], ["a", null, 3, { note: R }]],
  ])("%s", (route, data, expected) => {
    expect(redactData(route, data)).toEqual(expected);
  });

  it("leaves its input alone and runs the further rule on every text", () => {
    const data = { a: ["my-configured-secret here"], password: "p" };
    const out = redactData("GET /x", data, createRedactor(["my-configured-secret"]));
    expect(out).toEqual({ a: [`${R} here`], password: R });
    expect(data.password).toBe("p");
  });
});

describe("redactCloudInit", () => {
  it("takes out password lines and lists", () => {
    const dump = [
      "#cloud-config",
      "hostname: web",
      "user: admin",
      "password: $5$abc$def",
      "ssh_authorized_keys:",
      "  - ssh-ed25519 AAAA me",
      "chpasswd:",
      "  expire: False",
      "  list: |",
      "    root:hunter2",
      "    - admin:letmein",
      "  users:",
      "  - {name: root, password: abc, type: text}",
      "users:",
      "  - name: bob",
      '    "hashed_passwd": "$6$xyz"',
      "package_upgrade: true",
    ].join("\n");
    const expected = [
      "#cloud-config",
      "hostname: web",
      "user: admin",
      `password: ${R}`,
      "ssh_authorized_keys:",
      "  - ssh-ed25519 AAAA me",
      "chpasswd:",
      "  expire: False",
      "  list: |",
      `    ${R}`,
      `    ${R}`,
      "  users:",
      `  - {name: root, password: ${R}`,
      "users:",
      "  - name: bob",
      `    "hashed_passwd": ${R}`,
      "package_upgrade: true",
    ].join("\n");
    expect(redactCloudInit(dump)).toBe(expected);
    expect(redactData("GET /nodes/{node}/qemu/{vmid}/cloudinit/dump", dump)).toBe(expected);
    expect(redactData("GET /nodes/pve/qemu/901/cloudinit/dump", "password: x")).toBe(`password: ${R}`);
  });

  it("knows lists in other shapes", () => {
    expect(redactCloudInit("chpasswd: { expire: False, list: [a:b] }")).toBe(`chpasswd: ${R}`);
    expect(redactCloudInit("chpasswd:\n  list: ['root:x']\nend: 1")).toBe(`chpasswd:\n  list: ${R}\nend: 1`);
    expect(redactCloudInit("chpasswd:\n  list:\n  - root:x\nend: 1")).toBe(
      `chpasswd:\n  list:\n  ${R}\nend: 1`,
    );
    expect(redactCloudInit("packages:\n  list:\n  - vim")).toBe("packages:\n  list:\n  - vim");
  });
});
