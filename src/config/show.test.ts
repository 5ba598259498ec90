import { describe, expect, test } from "vitest";
import { show, showPath } from "./show.ts";

describe("show", () => {
  test.each(["container", "pve_list_nods", "READ-ONLY"])("%s is repeated", (value) => {
    expect(show(value)).toBe(`"${value}"`);
  });

  test.each([
    "8c7e6d5a-1b2c-4d3e-9f80-a1b2c3d4e5f6",
    "8C7E6D5A1B2C4D3E9F80A1B2C3D4E5F6",
    "8c7e6d5a-1b2c-4d3e-9f80",
    "root@pam!mcp",
    "a=b",
    "hunter2",
    "deadbeefdeadbeef",
    "a\nb",
    "a_".repeat(40),
  ])("%j is not", (value) => {
    expect(show(value)).toBe(`(${value.length} characters, not shown: it may be a secret)`);
  });

  test("what is nearly a name may have digits, but still be no secret", () => {
    expect(show("qemu2", true)).toBe('"qemu2"');
    expect(show("a=b", true)).not.toContain("a=b");
    expect(show("a\u001b[1m", true)).not.toContain("\u001b");
  });
});

test("paths are repeated unless they may be secrets", () => {
  expect(showPath("/etc/pve/pve-root-ca.pem")).toBe('"/etc/pve/pve-root-ca.pem"');
  expect(showPath("C:\\certs\\ca.pem")).toBe('"C:\\certs\\ca.pem"');
  expect(showPath("secretword")).not.toContain("secretword");
  expect(showPath("/x/8c7e6d5a-1b2c-4d3e-9f80-a1b2c3d4e5f6")).not.toContain("8c7e");
});
