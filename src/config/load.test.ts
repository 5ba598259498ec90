import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CATEGORIES, GROUPS } from "./categories.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig } from "./load.ts";
import { SETTINGS } from "./settings.ts";
import type { ToolRef } from "./surface.ts";

const PEM = `-----BEGIN CERTIFICATE-----
MIIBfDCCASGgAwIBAgIUGFnQCkBU6l1LWzx2dT9WcPS2xxwwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjIwODMyMThaGA8yMTI2MTAyOTA4
MzIxOFowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABOxn9e8Gf41T5EsW2g50pUq4eh0pKAcOZ2xXspImowJusy7nPmv4QEkTU5YH
G/AaF6MNsRHsDMQrasjgFc4WtpqjUzBRMB0GA1UdDgQWBBRY+3zGLzFNJ7lJ7zzO
seJutIw9LTAfBgNVHSMEGDAWgBRY+3zGLzFNJ7lJ7zzOseJutIw9LTAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCc2DCLsnZxWYpfvVSG7LWIDwoE
2dR6r6pGelgspvtERQIhAOY89qx03sFTW9Emt4UN0e+kLUahTe2L7XqaeMFGKzsr
-----END CERTIFICATE-----
`;
const UUID = "8c7e6d5a-1b2c-4d3e-9f80-a1b2c3d4e5f6";
const SHA256 = "0123456789abcdef".repeat(4);
const SHA256_COLONS = (SHA256.toUpperCase().match(/../g) ?? []).join(":");

const TOOLS: readonly ToolRef[] = [
  { name: "pve_list_nodes", tier: "read-only", category: "nodes" },
  { name: "pve_start_qemu_vm", tier: "read-execute", category: "qemu" },
  { name: "pve_delete_qemu_vm", tier: "full", category: "qemu" },
];

const FILES: Readonly<Record<string, string>> = {
  "/run/secret": `${UUID}\n`,
  "/run/two-lines": `${UUID}\nnote\n`,
  "/run/empty": "\n",
  "/etc/ca.pem": `Test CA\n${PEM}`,
  "/etc/no.pem": "hello",
  "/etc/key.pem": "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n",
  "/etc/bad.pem": `${PEM}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
};

function readFile(path: string): string {
  const content = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (content !== undefined) return content;
  const code = path === "/root/locked" ? "EACCES" : "ENOENT";
  throw Object.assign(new Error(`${code}: open '${path}'`), { code });
}

type Env = Record<string, string>;
const BASE: Env = {
  PVE_BASE_URL: "https://pve.example.com:8006",
  PVE_TOKEN_ID: "root@pam!mcp",
  PVE_TOKEN_SECRET: UUID,
};
const deps = { tools: TOOLS, readFile };
const load = (env: Env = {}) => loadConfig({ ...BASE, ...env }, deps);
const warnings = (env: Env) => load(env).warnings;

function message(env: Env): string {
  try {
    loadConfig(env, deps);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "accepted";
}

/** The lines about a single fault in an otherwise good environment. */
function fault(env: Env): string {
  const lines = message({ ...BASE, ...env }).split("\n");
  expect(lines[0]).toBe("The configuration has 1 problem:");
  expect(lines.at(-1)).toBe("docs/configuration.md describes every variable.");
  return lines.slice(1, -1).join("\n");
}

describe("a good configuration", () => {
  test("three variables are enough", () => {
    const config = load();
    expect(config).toEqual({
      connection: {
        baseUrls: ["https://pve.example.com:8006"],
        tokenId: "root@pam!mcp",
        tokenSecret: config.connection.tokenSecret,
        tls: { mode: "system" },
        discover: false,
        timeout: 30,
        maxRequests: 12,
      },
      surface: { tier: "full", selection: { categories: CATEGORIES, core: false }, excludeTools: [] },
      safety: { confirm: "loss", confirmBy: "any", wait: 25, protected: [] },
      output: "text",
      structured: false,
      debug: false,
      warnings: [],
    });
    expect(config.connection.tokenSecret?.reveal()).toBe(UUID);
  });

  test("an empty value counts as unset", () => {
    const names = Object.keys(SETTINGS.shape).filter((name) => !(name in BASE));
    const empty = Object.fromEntries([...names, "PVE_OTHER"].map((name) => [name, ""]));
    expect(JSON.stringify(load(empty))).toBe(JSON.stringify(load()));
  });

  test("every setting is honoured", () => {
    const config = load({
      PVE_ACCESS_TIER: " read-execute ",
      PVE_CATEGORIES: "qemu, nodes,,qemu",
      PVE_TOOLS: "pve_list_nodes,pve_start_qemu_vm",
      PVE_EXCLUDE_TOOLS: "pve_delete_qemu_vm",
      PVE_TOOL_BLACKLIST: "pve_delete_qemu_vm,pve_start_qemu_vm",
      PVE_TIMEOUT: "2.5",
      PVE_OUTPUT: "json",
      PVE_STRUCTURED: "ON",
      DEBUG: "0",
    });
    expect(config.surface).toEqual({
      tier: "read-execute",
      selection: { categories: ["nodes", "qemu"], core: false, reach: ["nodes", "qemu"] },
      tools: ["pve_list_nodes", "pve_start_qemu_vm"],
      excludeTools: ["pve_delete_qemu_vm", "pve_start_qemu_vm"],
    });
    expect([config.connection.timeout, config.output, config.structured, config.debug]).toEqual([
      2.5,
      "json",
      true,
      true,
    ]);
  });

  test("the secret prints nowhere", () => {
    const config = load();
    expect(`${config.connection.tokenSecret}`).toBe("[secret]");
    expect(JSON.stringify(config)).toContain('"tokenSecret":"[secret]"');
    expect(inspect(config, { depth: 9, showHidden: true })).not.toContain(UUID);
  });

  test("the tools are asked for only when a setting names some", () => {
    let asked = 0;
    const tools = () => {
      asked += 1;
      return TOOLS;
    };
    loadConfig({ ...BASE, PVE_CATEGORIES: "qemu" }, { tools, readFile });
    expect(asked).toBe(0);
    loadConfig({ ...BASE, PVE_TOOLS: "pve_list_nodes" }, { tools, readFile });
    expect(asked).toBe(1);
  });

  test("the demo needs no connection and ignores a bad one", () => {
    const demo = loadConfig(
      { PVE_BASE_URL: "nonsense", PVE_CA_FILE: "/nowhere", PVE_ACCESS_TIER: "read-only" },
      { ...deps, demo: true },
    );
    expect("connection" in demo).toBe(false);
    expect(demo.surface.tier).toBe("read-only");
    expect(() => loadConfig({ PVE_ACCESS_TIER: "admin" }, { ...deps, demo: true })).toThrow(ConfigError);
  });
});

test("all problems come in one message, all missing variables in one line", () => {
  expect(message({ PVE_ACCESS_TIER: "readonly", PVE_VERIFY_SSL: "maybe", PVE_TIMOUT: "5" })).toBe(
    `The configuration has 3 problems:
- Not set: PVE_BASE_URL, PVE_TOKEN_ID, PVE_TOKEN_SECRET (or PVE_TOKEN_SECRET_FILE). They name the PVE and the API token to use; without a PVE at hand, try "mcp-pve demo".
- PVE_VERIFY_SSL must be one of true, false, 1, 0, yes, no, on, off; it is "maybe"
- PVE_ACCESS_TIER has an unknown tier: "readonly" (nearest: read-only); valid: read-only, read-execute, full
  Also: PVE_TIMOUT is not a variable of mcp-pve and has no effect. Nearest: PVE_TIMEOUT.
docs/configuration.md describes every variable.`,
  );
});

describe("PVE_BASE_URL", () => {
  test.each([
    ["https://pve.example.com:8006///", "https://pve.example.com:8006"],
    ["https://pve.example.com", "https://pve.example.com"],
    ["HTTPS://PVE.example.com:8006", "https://pve.example.com:8006"],
    ["https://[fd00::1]:8006", "https://[fd00::1]:8006"],
    ["https://pve:8006/api2/json/", "https://pve:8006"],
    ["https://proxy.example.com/pve/one/api2/json", "https://proxy.example.com/pve/one"],
    ["http://localhost:8006", "http://localhost:8006"],
    ["http://127.3.2.1:80/", "http://127.3.2.1"],
    ["http://[::1]:8006", "http://[::1]:8006"],
  ])("%s is taken", (given, taken) => {
    expect(load({ PVE_BASE_URL: given }).connection.baseUrls).toEqual([taken]);
  });

  const HTTPS =
    "must be https: http would send the token in clear (http is accepted for localhost, 127.0.0.0/8 and [::1])";
  const BEGIN = "must begin with https://, as in https://pve.example.com:8006";
  const CREDENTIALS =
    "must not contain a user or password: the token goes into PVE_TOKEN_ID and PVE_TOKEN_SECRET";
  const TAIL = "must end before the first ? or # (take the address without that part)";
  test.each([
    ["http://pve.example.com:8006", HTTPS],
    ["http://localhost.example.com", HTTPS],
    ["http://127.0.0.1.example.com", HTTPS],
    ["pve.example.com:8006", BEGIN],
    ["ftp://pve.example.com", BEGIN],
    [UUID, BEGIN],
    ["https://root:hunter2@pve:8006", CREDENTIALS],
    ["https://root@pam!mcp:8006", CREDENTIALS],
    ["https://pve:8006/#v1:0:18", TAIL],
    ["https://pve:8006/#", TAIL],
    [`https://root:${UUID}@pve:8006/?a=1`, `${CREDENTIALS}; ${TAIL}`],
    ["https://pve\\example", "must not contain blanks, control characters or backslashes"],
    ["https://pve:80060", "is not a valid URL: check host and port, as in https://pve.example.com:8006"],
    [
      "https://pve:8006/a%2fb",
      "has a path that no reverse proxy prefix needs: letters, digits and . _ ~ - between single slashes",
    ],
  ])("%s is refused", (given, problem) => {
    expect(fault({ PVE_BASE_URL: given })).toBe(`- PVE_BASE_URL ${problem}`);
  });
});

describe("token", () => {
  test.each(["root@pam!mcp", "a.b@my-realm!x.y_z-1", "user@example.com@ldap!mcp"])("%s is an id", (id) => {
    expect(load({ PVE_TOKEN_ID: id }).connection.tokenId).toBe(id);
  });

  const FORM = "user@realm!name, as in root@pam!mcp";
  test.each([
    ["root@pam", `has no token name behind a "!": it is ${FORM}`],
    ["root!mcp", `has no realm between "@" and "!": it is ${FORM}`],
    ["root@pam!", `is not a token id: it is ${FORM}`],
    ["ro ot@pam!mcp", `is not a token id: it is ${FORM}`],
    [UUID, `looks like the secret, which belongs into PVE_TOKEN_SECRET; this one is ${FORM}`],
    [
      `root@pam!mcp=${UUID}`,
      `must be split at the "=": the part before it, ${FORM}, stays here; the part behind it goes into PVE_TOKEN_SECRET`,
    ],
  ])("%s is no id", (id, problem) => {
    expect(fault({ PVE_TOKEN_ID: id })).toBe(`- PVE_TOKEN_ID ${problem}`);
  });

  test.each([
    [`${UUID} `, "contains blanks, line breaks or control characters: give the secret alone"],
    [`${UUID}\n`, "contains blanks, line breaks or control characters: give the secret alone"],
    ["abc\u0007", "contains blanks, line breaks or control characters: give the secret alone"],
    ["geheim\u00e4", "contains characters that no token secret has"],
    [`root@pam!mcp=${UUID}`, 'contains the token id too: give only the part behind the "="'],
  ])("secret %j is refused", (secret, problem) => {
    expect(fault({ PVE_TOKEN_SECRET: secret })).toBe(`- PVE_TOKEN_SECRET ${problem}`);
  });

  test("the secret may be in a file", () => {
    const config = load({ PVE_TOKEN_SECRET: "", PVE_TOKEN_SECRET_FILE: "/run/secret" });
    expect(config.connection.tokenSecret?.reveal()).toBe(UUID);
  });

  test.each([
    ["/nowhere", ': cannot read "/nowhere": there is no such file (ENOENT)'],
    ["/root/locked", ': cannot read "/root/locked": permission denied (EACCES)'],
    [UUID, ": cannot read (36 characters, not shown: it may be a secret): there is no such file (ENOENT)"],
    ["/run/empty", " names a file that is empty"],
    [
      "/run/two-lines",
      " names a file whose text contains blanks, line breaks or control characters: give the secret alone",
    ],
  ])("secret file %s is refused", (path, problem) => {
    expect(fault({ PVE_TOKEN_SECRET: "", PVE_TOKEN_SECRET_FILE: path })).toBe(
      `- PVE_TOKEN_SECRET_FILE${problem}`,
    );
  });

  test("value and file together are refused", () => {
    expect(fault({ PVE_TOKEN_SECRET_FILE: "/run/secret" })).toBe(
      "- PVE_TOKEN_SECRET and PVE_TOKEN_SECRET_FILE are both set: choose one",
    );
  });
});

describe("certificate", () => {
  test("the four ways", () => {
    expect(load({ PVE_VERIFY_SSL: "yes" }).connection.tls).toEqual({ mode: "system" });
    expect(load({ PVE_VERIFY_SSL: "No" }).connection.tls).toEqual({ mode: "off" });
    expect(load({ PVE_CA_FILE: "/etc/ca.pem" }).connection.tls).toEqual({ mode: "ca", pem: PEM });
    for (const given of [SHA256, SHA256_COLONS, `sha256:${SHA256}`, `SHA256 Fingerprint=${SHA256_COLONS}`]) {
      const { tls } = load({ PVE_FINGERPRINT: given }).connection;
      expect(tls).toEqual({ mode: "fingerprint", sha256: [SHA256_COLONS] });
    }
  });

  test("several fingerprints, while one certificate follows another", () => {
    const other = "0F".repeat(32);
    expect(load({ PVE_FINGERPRINT: `${SHA256}, ${other},` }).connection.tls).toEqual({
      mode: "fingerprint",
      sha256: [SHA256_COLONS, other.match(/../g)?.join(":")],
    });
    expect(fault({ PVE_FINGERPRINT: `${SHA256},my-pin` })).toBe(
      "- PVE_FINGERPRINT has an entry 2 that must be hexadecimal digits, colons between the bytes optional",
    );
  });

  test.each([
    [
      { PVE_FINGERPRINT: SHA256.slice(0, 40) },
      "PVE_FINGERPRINT must be a SHA-256 fingerprint of 64 hexadecimal digits, and has 40 (that is the length of SHA-1)",
    ],
    [
      { PVE_FINGERPRINT: `${SHA256}00` },
      "PVE_FINGERPRINT must be a SHA-256 fingerprint of 64 hexadecimal digits, and has 66",
    ],
    [
      { PVE_FINGERPRINT: "my-pin" },
      "PVE_FINGERPRINT must be hexadecimal digits, colons between the bytes optional",
    ],
    [{ PVE_CA_FILE: "/nowhere" }, 'PVE_CA_FILE: cannot read "/nowhere": there is no such file (ENOENT)'],
    [
      { PVE_CA_FILE: "/etc/no.pem" },
      "PVE_CA_FILE names a file without a PEM certificate (-----BEGIN CERTIFICATE-----)",
    ],
    [
      { PVE_CA_FILE: "/etc/key.pem" },
      "PVE_CA_FILE names a file with a private key: give the CA's certificate in PEM form",
    ],
    [{ PVE_CA_FILE: "/etc/bad.pem" }, "PVE_CA_FILE names a file whose certificate 2 of 2 is damaged"],
    [
      { PVE_VERIFY_SSL: "false", PVE_FINGERPRINT: SHA256 },
      "PVE_VERIFY_SSL=false contradicts PVE_FINGERPRINT: leave PVE_VERIFY_SSL unset to have the certificate checked",
    ],
    [
      { PVE_VERIFY_SSL: "off", PVE_CA_FILE: "/etc/ca.pem" },
      "PVE_VERIFY_SSL=false contradicts PVE_CA_FILE: leave PVE_VERIFY_SSL unset to have the certificate checked",
    ],
    [
      { PVE_CA_FILE: "/etc/ca.pem", PVE_FINGERPRINT: SHA256 },
      "PVE_CA_FILE and PVE_FINGERPRINT are both set: choose one",
    ],
  ] satisfies [Env, string][])("%j is refused", (env, problem) => {
    expect(fault(env)).toBe(`- ${problem}`);
  });
});

describe("values", () => {
  test.each([
    ["true", true],
    ["FALSE", false],
    ["1", true],
    ["0", false],
    ["Yes", true],
    ["no", false],
    ["on", true],
    ["off", false],
  ])("boolean %s", (given, value) => {
    expect(load({ PVE_STRUCTURED: given }).structured).toBe(value);
  });

  const BOOLEAN = "must be one of true, false, 1, 0, yes, no, on, off; it is";
  const TIERS = "valid: read-only, read-execute, full";
  const SECONDS = "must be a number of seconds above 0 and at most 3600, without a unit";
  const LIST = "is a list without an entry: name at least one, or leave the variable unset";
  const ALL = `valid: ${[...CATEGORIES, ...GROUPS].join(", ")}`;
  const MASK = "(36 characters, not shown: it may be a secret)";
  test.each([
    ["PVE_VERIFY_SSL", "flase", `${BOOLEAN} "flase"`],
    ["PVE_VERIFY_SSL", "constructor", `${BOOLEAN} "constructor"`],
    ["PVE_STRUCTURED", UUID, `${BOOLEAN} ${MASK}`],
    ["PVE_ACCESS_TIER", "READ-ONLY", `has an unknown tier: "READ-ONLY" (nearest: read-only); ${TIERS}`],
    ["PVE_ACCESS_TIER", "admin", `has an unknown tier: "admin"; ${TIERS}`],
    ["PVE_ACCESS_TIER", UUID, `has an unknown tier: ${MASK}; ${TIERS}`],
    ["PVE_ACCESS_TIER", "  ", "contains nothing but blanks"],
    ["PVE_CATEGORIES", "qemu,vm,nods", `has an unknown category: "vm"; "nods" (nearest: nodes); ${ALL}`],
    ["PVE_CATEGORIES", `lxc,${UUID}`, `has an unknown category: ${MASK}; ${ALL}`],
    ["PVE_CATEGORIES", ",", LIST],
    ["PVE_CATEGORIES", " ", "contains nothing but blanks"],
    ["PVE_TOOLS", " , ,", LIST],
    ["PVE_EXCLUDE_TOOLS", ",", LIST],
    ["PVE_TOOL_BLACKLIST", ",", LIST],
    ["PVE_TIMEOUT", "0", SECONDS],
    ["PVE_TIMEOUT", "3600.5", SECONDS],
    ["PVE_TIMEOUT", "30s", SECONDS],
    ["PVE_TIMEOUT", "-1", SECONDS],
    ["PVE_TIMEOUT", "Infinity", SECONDS],
    ["PVE_TIMEOUT", ".", SECONDS],
    ["PVE_OUTPUT", "jsno", 'has an unknown output format: "jsno" (nearest: json); valid: text, json'],
    [
      "PVE_TOOL_WHITELIST",
      "pve_list_nodes",
      "is not supported, because it lifted tools past the tier: use PVE_TOOLS, which names the only tools to offer, and raise PVE_ACCESS_TIER if they need it",
    ],
  ])("%s=%s is refused", (name, value, problem) => {
    expect(fault({ [name]: value })).toBe(`- ${name} ${problem}`);
  });

  test("unknown tools: the nearest ones, and the full list once", () => {
    expect(message({ ...BASE, PVE_TOOLS: "pve_list_node", PVE_TOOL_BLACKLIST: "delete_qemu_vm" })).toBe(
      `The configuration has 2 problems:
- PVE_TOOLS has an unknown tool: "pve_list_node" (nearest: pve_list_nodes)
- PVE_TOOL_BLACKLIST has an unknown tool: "delete_qemu_vm" (nearest: pve_delete_qemu_vm)
The 3 tools:
  pve_delete_qemu_vm, pve_list_nodes, pve_start_qemu_vm
docs/configuration.md describes every variable.`,
    );
  });
});

describe("warnings", () => {
  test("unknown variables, with the nearest one", () => {
    expect(
      warnings({ PVE_BASEURL: "x", PVE_TIER: "full", PVE_XYZZY: "1", MCP_SERVER: "1", DEBUGG: "1" }),
    ).toEqual([
      "PVE_BASEURL is not a variable of mcp-pve and has no effect. Nearest: PVE_BASE_URL.",
      "PVE_TIER is not a variable of mcp-pve and has no effect. Nearest: PVE_ACCESS_TIER.",
      "PVE_XYZZY is not a variable of mcp-pve and has no effect.",
    ]);
    expect(warnings({ [`PVE_${UUID}`]: "1" }).join()).not.toContain(UUID);
  });

  test("named tools that another setting hides", () => {
    expect(
      warnings({ PVE_TOOLS: "pve_list_nodes,pve_delete_qemu_vm", PVE_ACCESS_TIER: "read-execute" }),
    ).toEqual([
      "PVE_TOOLS names a tool that stays hidden: pve_delete_qemu_vm needs PVE_ACCESS_TIER=full; the tier is read-execute.",
    ]);
    expect(
      warnings({
        PVE_TOOLS: "pve_list_nodes,pve_start_qemu_vm",
        PVE_CATEGORIES: "qemu",
        PVE_EXCLUDE_TOOLS: "pve_start_qemu_vm",
      }),
    ).toEqual([
      "PVE_TOOLS names a tool that stays hidden: pve_list_nodes is in category nodes, which PVE_CATEGORIES leaves out.",
      "PVE_TOOLS names a tool that stays hidden: pve_start_qemu_vm is left out by PVE_EXCLUDE_TOOLS.",
      "These settings leave no tool to offer.",
    ]);
  });
});

describe("no message contains a secret", () => {
  const names = [...Object.keys(SETTINGS.shape), "PVE_UNKNOWN"];
  const around = fc.constantFrom(
    "",
    "qemu,",
    "read-only ",
    "https://",
    "https://pve/",
    "root@pam!x=",
    "/",
    "PVE",
    "\t",
  );
  const uuid = fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase(), id.replaceAll("-", "")));

  test("a UUID anywhere", () => {
    const misplaced = fc.tuple(fc.constantFrom(...names), around, uuid, around);
    fc.assert(
      fc.property(fc.array(misplaced, { minLength: 1, maxLength: 3 }), fc.boolean(), (faults, bare) => {
        const env: Env = bare ? {} : { ...BASE, PVE_ACCESS_TIER: "wrong" };
        for (const [name, before, id, after] of faults) env[name] = before + id + after;
        const text = message({ ...env, PVE_OUTPUT: "neither" }).toLowerCase();
        expect(text).not.toBe("accepted");
        for (const [, , id] of faults) {
          expect(text).not.toContain(id.toLowerCase());
          expect(text).not.toContain(id.slice(-12).toLowerCase());
          expect(text).not.toContain(id.slice(0, 8).toLowerCase());
        }
      }),
      { numRuns: 500 },
    );
  });

  test("the given secret in another variable, whatever it looks like", () => {
    const env = {
      ...BASE,
      PVE_TOKEN_SECRET: "opensesame",
      PVE_ACCESS_TIER: "opensesame",
      PVE_CA_FILE: "/opensesame",
    };
    expect(message(env)).toContain("[secret]");
    expect(message(env)).not.toContain("opensesame");
  });

  test("whatever is thrown is a ConfigError", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 12 })),
        (env) => {
          expect(typeof message({ ...env })).toBe("string");
        },
      ),
    );
  });
});
