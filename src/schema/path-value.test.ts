import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPathValue } from "./path-value.ts";

const STATUS = "GET /nodes/{node}/qemu/{vmid}/status/current";
const VOLUME = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";
const CIDR = "DELETE /cluster/firewall/ipset/{name}/{cidr}";

describe("checkPathValue", () => {
  it.each(["pve1", "100", "root@pam!mcp", "UPID:pve:00000001:00000001:00000001:x:1:root@pam:", "a b", "50%"])(
    "takes %j",
    (value) => expect(checkPathValue(STATUS, "node", value)).toBeUndefined(),
  );

  it.each([
    "",
    ".",
    "..",
    "%2e%2e",
    "%2E.",
    "%252e%252e",
    "a/b",
    "a%2fb",
    "a%252Fb",
    "a%25252fb",
    "a\\b",
    "a%5cb",
    "a?b",
    "a#b",
    "a%23b",
    "a\nb",
    "a%00b",
    "\u007f",
    "\ud800",
    "..%2f..%2faccess",
    `%${"25".repeat(20)}2f`,
  ])("refuses %j", (value) => expect(checkPathValue(STATUS, "node", value)).toMatch(/\S/));

  it.each([
    [VOLUME, "volume", "local:iso/debian 12.iso", true],
    [VOLUME, "volume", "local:190/vm-190-disk-0.raw", true],
    [VOLUME, "volume", "local:iso//x", false],
    [VOLUME, "volume", "local:../x", true],
    [VOLUME, "volume", "local:iso/../x", false],
    [VOLUME, "volume", "local:iso/%2e%2e/x", false],
    [VOLUME, "volume", "local:iso%2fx", false],
    [VOLUME, "volume", "/x", false],
    [VOLUME, "storage", "a/b", false],
    [CIDR, "cidr", "10.0.0.0/8", true],
    [CIDR, "cidr", "2001:db8::/32", true],
    [CIDR, "cidr", "10.0.0.0/8/9", false],
    [CIDR, "cidr", "10.0.0.0/..", false],
    [CIDR, "name", "a/b", false],
    ["GET /nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}", "cidr", "10.0.0.0/8", true],
  ])("%s %s %j: %s", (route, name, value, allowed) => {
    expect(checkPathValue(route, name, value) === undefined).toBe(allowed);
  });

  it("tells what is too long, and takes what is not", () => {
    expect(checkPathValue(STATUS, "node", "a".repeat(512))).toBeUndefined();
    expect(checkPathValue(STATUS, "node", "a".repeat(513))).toBe("it is too long");
  });

  it("lets nothing pass that moves the call elsewhere", () => {
    const nasty = fc.constantFrom(
      ".",
      "..",
      "/",
      "%2f",
      "%252f",
      "%2e",
      "\\",
      "?",
      "#",
      ";",
      "a",
      "%",
      " ",
      "\t",
      "é",
      "\0",
    );
    const values = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(nasty).map((parts) => parts.join("")),
    );
    const places = fc.constantFrom([STATUS, "node"], [STATUS, "vmid"], [VOLUME, "volume"], [CIDR, "cidr"]);
    fc.assert(
      fc.property(values, places, (value, [route = "", name = ""]) => {
        if (checkPathValue(route, name, value) !== undefined) return;
        const template = route.split(" ")[1] ?? "";
        const path = template.replace(/\{(\w+)\}/g, (_, other: string) =>
          encodeURIComponent(other === name ? value : "x"),
        );
        const url = new URL(`https://h/api2/json${path}`);
        expect(url.pathname.split("/")).toHaveLength(`/api2/json${template}`.split("/").length);
        expect(url.pathname.startsWith(`/api2/json${template.slice(0, template.indexOf("{"))}`)).toBe(true);
        expect(url.search + url.hash).toBe("");
        // The server undoes the encoding once and drops empty segments before it looks the path up.
        const seen = decodeURIComponent(url.pathname).split("/").slice(1);
        expect(seen.some((segment) => segment === "" || segment === "." || segment === "..")).toBe(false);
        if (name !== "volume" && name !== "cidr")
          expect(seen).toHaveLength(url.pathname.split("/").length - 1);
      }),
      { numRuns: 3000 },
    );
  });
});
