import { describe, expect, test } from "vitest";
import { parseProxy, usesProxy } from "./proxy.ts";

describe("HTTPS_PROXY", () => {
  test.each([
    ["http://proxy.example.com:3128", "http://proxy.example.com:3128"],
    ["proxy.example.com:3128", "http://proxy.example.com:3128"],
    ["https://proxy.example.com/", "https://proxy.example.com"],
    ["http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"],
  ])("%s", (text, url) => {
    expect(parseProxy(text)).toEqual({ value: { url } });
  });

  test("user and password are kept apart and are never shown", () => {
    const outcome = parseProxy("http://ann:p%40ss:w%rd@proxy:3128");
    expect(JSON.stringify(outcome)).not.toContain("ss:w");
    expect("value" in outcome && outcome.value.url).toBe("http://proxy:3128");
    expect("value" in outcome && outcome.value.credentials?.reveal()).toMatch(/^ann:/);
  });

  test.each(["socks5://proxy:1080", "http://", "http://proxy:3128/path", "http://proxy:port"])(
    "%s is refused",
    (text) => {
      expect(parseProxy(text)).toHaveProperty("problem");
      expect(JSON.stringify(parseProxy(text))).not.toContain("1080");
    },
  );
});

describe("NO_PROXY", () => {
  test.each<[string, string, boolean]>([
    ["", "pve.example.com", true],
    ["*", "pve.example.com", false],
    ["example.com", "pve.example.com", false],
    [".example.com", "pve.example.com", false],
    ["*.example.com", "PVE.example.com", false],
    ["ample.com", "pve.example.com", true],
    ["pve.example.com:8006", "pve.example.com", false],
    ["pve.example.com:443", "pve.example.com", true],
    ["192.0.2.7", "192.0.2.7", false],
    ["192.0.2.0/24", "192.0.2.7", false],
    ["192.0.3.0/24", "192.0.2.7", true],
    ["192.0.2.0/99", "192.0.2.7", true],
    ["2001:db8::/32", "2001:db8::7", false],
    ["2001:db8::7", "2001:db8::7", false],
    ["[2001:db8::7]:8006", "2001:db8::7", false],
    ["[2001:db8::7]:443", "2001:db8::7", true],
    ["2001:db8::/32", "192.0.2.7", true],
    ["", "localhost", false],
    ["", "127.0.0.1", false],
    ["", "::1", false],
  ])("%s and %s: through the proxy %s", (entry, host, through) => {
    const proxy = { url: "http://proxy:3128", except: entry === "" ? [] : ["other", entry] };
    expect(usesProxy(proxy, host, 8006)).toBe(through);
  });
});
