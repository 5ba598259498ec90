import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../schema/endpoint.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import { PveError } from "./errors.ts";
import { buildPath, encodeParams } from "./path.ts";

/** What pveproxy makes of a path: unescaped once, then split, empty parts dropped (PVE::APIServer::AnyEvent). */
const segmentsOf = (path: string): string[] => decodeURIComponent(path).split("/").filter(Boolean);

/** What pveproxy makes of a query or form body (PVE::APIServer::AnyEvent decode_urlencoded). */
function decodeForm(text: string): [string, string][] {
  const plain = (part: string) => decodeURIComponent(part.replaceAll("+", " "));
  return text
    .split(/[&;]/)
    .filter((part) => part !== "")
    .map((part) => {
      // Perl's split without a limit: what follows a second "=" is lost.
      const [key = "", value = ""] = part.split("=");
      return [plain(key), plain(value)];
    });
}

const SERVICE = endpointOf("GET /nodes/{node}/services/{service}/state");
const VOLUME = endpointOf("GET /nodes/{node}/storage/{storage}/content/{volume}");
const CIDR = endpointOf("GET /cluster/firewall/ipset/{name}/{cidr}");

const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom("..", ".", "/", "%2e", "%2f", "%252f", "%", "\\", "?", "#", ";", "a", "\0", "\n", "+"),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join("")),
);

function built(endpoint: Endpoint, params: Record<string, unknown>): string | undefined {
  try {
    return buildPath(endpoint, params);
  } catch (error) {
    expect(error).toBeInstanceOf(PveError);
    expect(error).toMatchObject({ kind: "parameter", detail: { route: endpoint.route } });
    return undefined;
  }
}

describe("buildPath", () => {
  test("no value leaves its segment, for PVE nor for a URL parser on the way", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const path = built(SERVICE, { node: "pve1", service: value });
        if (path === undefined) return;
        const expected = ["api2", "json", "nodes", "pve1", "services", value, "state"];
        expect(segmentsOf(path)).toEqual(expected);
        const url = new URL(path, "https://pve:8006");
        expect(segmentsOf(url.pathname)).toEqual(expected);
        expect([url.search, url.hash, url.host]).toEqual(["", "", "pve:8006"]);
      }),
      { numRuns: 500 },
    );
  });

  test("a volume id has slashes and still stays below its storage", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const path = built(VOLUME, { node: "pve1", storage: "local", volume: value });
        if (path === undefined) return;
        const segments = segmentsOf(new URL(path, "https://pve:8006").pathname);
        expect(segments.slice(0, 7)).toEqual([
          "api2",
          "json",
          "nodes",
          "pve1",
          "storage",
          "local",
          "content",
        ]);
        expect(segments.slice(7).join("/")).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [
      VOLUME,
      { node: "a", storage: "local", volume: "local:iso/a b.iso" },
      "/nodes/a/storage/local/content/local%3Aiso%2Fa%20b.iso",
    ],
    [CIDR, { name: "lan", cidr: "10.0.0.0/8" }, "/cluster/firewall/ipset/lan/10.0.0.0%2F8"],
    [SERVICE, { node: "pve-1", service: "ssh+d" }, "/nodes/pve-1/services/ssh%2Bd/state"],
    [
      endpointOf("GET /nodes/{node}/tasks/{upid}/status"),
      { node: "pve", upid: "UPID:pve:0000C530:001C9BEC:52E0E53E:qmstart:100:mcp@pve!x:" },
      "/nodes/pve/tasks/UPID%3Apve%3A0000C530%3A001C9BEC%3A52E0E53E%3Aqmstart%3A100%3Amcp%40pve!x%3A/status",
    ],
    [
      endpointOf("GET /nodes/{node}/qemu/{vmid}/config"),
      { node: "pve", vmid: 100 },
      "/nodes/pve/qemu/100/config",
    ],
  ])("%#: ids as PVE uses them", (endpoint, params, path) => {
    expect(buildPath(endpoint, params)).toBe(`/api2/json${path}`);
  });

  test.each(["", ".", "..", "a/b", "%2e%2e", "a%2fb", "a%252fb", "a?b", "a#b", "a\\b", "a\nb", "a\0"])(
    "%j is refused by name",
    (service) => {
      expect(() => buildPath(SERVICE, { node: "pve1", service })).toThrow("'service' is not allowed");
    },
  );

  test.each([{ node: "pve1" }, { node: "pve1", service: null }, { node: "pve1", service: undefined }])(
    "%j: a missing placeholder is refused by name",
    (params) => {
      expect(() => buildPath(SERVICE, params)).toThrow("service is missing.");
    },
  );
});

describe("encodeParams", () => {
  const CONFIG = endpointOf("PUT /nodes/{node}/qemu/{vmid}/config");
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => !/\p{Cs}/u.test(value));

  test("what PVE decodes is what was given", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), text), (given) => {
        const { node: _, vmid: __, ...params } = given;
        expect(decodeForm(encodeParams(CONFIG, params))).toEqual(Object.entries(params));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["net0", "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,firewall=1"],
    ["tags", "a;b;c"],
    ["description", "1 + 1 = 2 & more; über\n100 %"],
    ["name", "=;+&%"],
  ])("%s=%s", (name, value) => {
    const encoded = encodeParams(CONFIG, { [name]: value });
    expect(encoded).toMatch(/^\w+=[^=;&\s]*$/);
    expect(decodeForm(encoded)).toEqual([[name, value]]);
  });

  test("booleans are 1 and 0, arrays repeat their key, nothing is left out by being false or empty", () => {
    expect(encodeParams(CONFIG, { onboot: true, kvm: false, memory: 0, name: "" })).toBe(
      "onboot=1&kvm=0&memory=0&name=",
    );
    expect(encodeParams(CONFIG, { command: ["sh", "-c", "a=b;c"] })).toBe(
      "command=sh&command=-c&command=a%3Db%3Bc",
    );
    expect(encodeParams(CONFIG, { command: [] })).toBe("");
  });

  test("what the path holds is not sent twice, and what is absent not at all", () => {
    expect(encodeParams(CONFIG, { node: "pve", vmid: 100, cores: 2, name: undefined, tags: null })).toBe(
      "cores=2",
    );
  });
});
