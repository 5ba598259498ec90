import * as crypto from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { findCaller, hashOfToken } from "./static-tokens.ts";
import type { TokenEntry } from "./token-list.ts";

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});
beforeEach(() => {
  vi.mocked(crypto.timingSafeEqual).mockClear();
});

const entry = (name: string, expires?: number): TokenEntry => ({
  name,
  sha256: hashOfToken(`mcp_${name}`),
  bounds: { tier: "full", clusters: [name] },
  ...(expires === undefined ? {} : { expires }),
});
const ENTRIES = [entry("alice"), entry("bob", 1_000), entry("carol")];

describe("a token", () => {
  test("is its owner's", () => {
    expect(hashOfToken("abc")).toEqual(
      Buffer.from("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "hex"),
    );
    expect(findCaller(ENTRIES, "mcp_carol", 0)).toEqual({
      name: "token:carol",
      bounds: { tier: "full", clusters: ["carol"] },
    });
  });

  test.each(["", "mcp_", "mcp_Alice", "mcp_alice ", ENTRIES[0]?.name ?? ""])("%j is nobody's", (token) => {
    expect(findCaller(ENTRIES, token, 0)).toBeUndefined();
  });

  test("expires when it says", () => {
    expect(findCaller(ENTRIES, "mcp_bob", 999)).toMatchObject({ name: "token:bob" });
    expect(findCaller(ENTRIES, "mcp_bob", 1_000)).toBe("expired");
  });

  test.each(["mcp_alice", "mcp_carol", "mcp_nobody"])("%s is compared with every entry", (token) => {
    findCaller(ENTRIES, token, 0);
    expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(ENTRIES.length);
  });
});
