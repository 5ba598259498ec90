import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bound, boundText, parseBounds } from "./bounds.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig } from "./load.ts";

const FILES: Readonly<Record<string, string>> = {
  "/run/key": "0123456789abcdef0123\n",
  "/run/short": "short\n",
};
const deps = {
  demo: true,
  tools: [],
  readFile: (path: string) => {
    const content = FILES[path];
    if (content === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
    return content;
  },
  checkFolder: (folder: string) => {
    if (folder === "/locked") throw Object.assign(new Error(folder), { code: "EACCES" });
  },
} as const;
const safety = (env: Record<string, string> = {}) => loadConfig(env, deps).safety;

/** The one problem of an environment. */
function problem(env: Record<string, string>): string {
  try {
    loadConfig(env, deps);
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(error.problems).toHaveLength(1);
      return String(error.problems[0]);
    }
    throw error;
  }
  return "accepted";
}

describe("safety settings", () => {
  test("without any", () => {
    expect(safety()).toEqual({ confirm: "loss", confirmBy: "any", wait: 25, protected: [] });
  });

  test("every one is honoured", () => {
    const read = safety({
      PVE_CONFIRM: "all",
      PVE_CONFIRM_BY: "person",
      PVE_PROTECTED: "100, 200-299,tag:prod,pool:lab/one,node:pve-1,storage:nas.1",
      PVE_ALLOWED: "300-399",
      PVE_FREEZE_FILE: "/run/mcp-pve.freeze",
      PVE_WAIT: "0",
      PVE_AUDIT_LOG: "/var/log/mcp-pve/audit.jsonl",
      PVE_AUDIT_KEY_FILE: "/run/key",
      PVE_AUDIT_MAX_MB: "2",
    });
    expect(read).toEqual({
      confirm: "all",
      confirmBy: "person",
      wait: 0,
      protected: [
        { kind: "vmid", from: 100, to: 100 },
        { kind: "vmid", from: 200, to: 299 },
        { kind: "tag", name: "prod" },
        { kind: "pool", name: "lab/one" },
        { kind: "node", name: "pve-1" },
        { kind: "storage", name: "nas.1" },
      ],
      allowed: [{ kind: "vmid", from: 300, to: 399 }],
      freezeFile: "/run/mcp-pve.freeze",
      record: { path: "/var/log/mcp-pve/audit.jsonl", maxBytes: 2 * 1024 ** 2, key: read.record?.key },
    });
    expect(read.record?.key?.reveal()).toBe("0123456789abcdef0123");
  });

  const BOUND = "an entry is a VMID, a range such as 200-299, tag:NAME, pool:NAME, node:NAME or storage:NAME";
  test.each([
    [
      "PVE_CONFIRM",
      "lose",
      'has an unknown kind of confirmation: "lose" (nearest: loss); valid: off, loss, write, all',
    ],
    ["PVE_CONFIRM", "true", 'has an unknown kind of confirmation: "true"; valid: off, loss, write, all'],
    [
      "PVE_CONFIRM_BY",
      "Person",
      'has an unknown way to confirm: "Person" (nearest: person); valid: any, person',
    ],
    ["PVE_WAIT", "-1", "must be a whole number from 0 to 3600, without a unit"],
    ["PVE_WAIT", "25s", "must be a whole number from 0 to 3600, without a unit"],
    ["PVE_WAIT", "3601", "must be a whole number from 0 to 3600, without a unit"],
    ["PVE_FREEZE_FILE", "freeze", "must be an absolute path"],
    ["PVE_AUDIT_LOG", "./audit.jsonl", "must be an absolute path"],
    ["PVE_AUDIT_MAX_MB", "0", "must be a whole number from 1 to 4096, without a unit"],
    ["PVE_PROTECTED", "99", `has an entry that is none: "99"; ${BOUND}`],
    ["PVE_PROTECTED", "300-200", `has an entry that is none: "300-200"; ${BOUND}`],
    ["PVE_PROTECTED", "prod", `has an entry that is none: "prod"; ${BOUND}`],
    ["PVE_ALLOWED", "tags:prod", `has an entry that is none: "tags:prod"; ${BOUND}`],
    ["PVE_ALLOWED", "tag:", `has an entry that is none: "tag:"; ${BOUND}`],
    ["PVE_ALLOWED", "100-", `has an entry that is none: "100-"; ${BOUND}`],
    ["PVE_ALLOWED", ",", "is a list without an entry: name at least one, or leave the variable unset"],
  ])("%s=%s is refused", (name, value, text) => {
    expect(problem({ [name]: value })).toBe(`${name} ${text}`);
  });

  test("a record whose folder cannot be written to", () => {
    expect(problem({ PVE_AUDIT_LOG: "/locked/audit.jsonl" })).toBe(
      "PVE_AUDIT_LOG: its folder cannot be written to: permission denied (EACCES)",
    );
  });

  test("a key without a record, one that is missing, one that is short", () => {
    expect(problem({ PVE_AUDIT_KEY_FILE: "/run/key" })).toBe(
      "PVE_AUDIT_KEY_FILE has no use without PVE_AUDIT_LOG",
    );
    const log = { PVE_AUDIT_LOG: "/var/log/audit.jsonl" };
    expect(problem({ ...log, PVE_AUDIT_KEY_FILE: "/run/none" })).toMatch(/^PVE_AUDIT_KEY_FILE: cannot read/);
    expect(problem({ ...log, PVE_AUDIT_KEY_FILE: "/run/short" })).toMatch(
      /names a file with less than 16 bytes: openssl rand -hex 32 makes a key$/,
    );
  });
});

describe("bounds", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/);
  const vmid = fc.integer({ min: 100, max: 999_999_999 });
  const bound: fc.Arbitrary<Bound> = fc.oneof(
    fc
      .tuple(vmid, vmid)
      .map(([a, b]) => ({ kind: "vmid" as const, from: Math.min(a, b), to: Math.max(a, b) })),
    fc.record({
      kind: fc.constantFrom("tag" as const, "pool" as const, "node" as const, "storage" as const),
      name,
    }),
  );

  test("are read as they are written", () => {
    fc.assert(
      fc.property(fc.uniqueArray(bound, { minLength: 1, selector: boundText }), (bounds) => {
        expect(parseBounds(bounds.map(boundText).join(" , "))).toEqual({ value: bounds });
      }),
    );
  });

  test("are never half understood: a list with a wrong entry is refused whole", () => {
    fc.assert(
      fc.property(fc.array(bound), fc.string(), (bounds, text) => {
        const parsed = parseBounds([...bounds.map(boundText), text].join(","));
        const entries = [...bounds.map(boundText), ...text.split(",")].map((entry) => entry.trim());
        const good = new Set(entries.filter((entry) => entry !== ""));
        if ("value" in parsed) expect(parsed.value).toHaveLength(good.size);
      }),
    );
  });
});
