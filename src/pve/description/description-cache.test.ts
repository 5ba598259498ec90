import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { descriptionCache } from "./description-cache.ts";

const folder = () => join(mkdtempSync(join(tmpdir(), "mcp-pve-cache-")), "deep", "mcp-pve");
const DAY = 24 * 3_600_000;
const NOW = 1_795_330_000_000;

describe("the cache of API descriptions", () => {
  it("keeps a text by cluster and version, for its owner alone", async () => {
    const at = folder();
    const cache = descriptionCache(at, () => NOW);
    await cache.write("pve:8006", "9.2.11", "text\nof two lines");
    expect(await cache.read("pve:8006", "9.2.11")).toBe("text\nof two lines");
    expect(await cache.read("pve:8006", "9.2.12")).toBeUndefined();
    expect(await cache.read("other:8006", "9.2.11")).toBeUndefined();
    const [name = ""] = readdirSync(at);
    expect(statSync(join(at, name)).mode & 0o777).toBe(0o600);
    expect(statSync(at).mode & 0o777).toBe(0o700);
  });

  it.each<[string, (file: string) => void]>([
    ["cut short", (file) => truncateSync(file, 70)],
    ["changed", (file) => writeFileSync(file, `${"0".repeat(64)}\nother`)],
    ["empty", (file) => truncateSync(file, 0)],
    ["too old", (file) => utimesSync(file, NOW / 1000 - 8 * 86_400, NOW / 1000 - 8 * 86_400)],
    ["too large", (file) => truncateSync(file, 17 * 1024 * 1024)],
  ])("a file that is %s counts as none", async (_, damage) => {
    const at = folder();
    const cache = descriptionCache(at, () => NOW);
    await cache.write("a", "1", "text");
    const [name = ""] = readdirSync(at);
    damage(join(at, name));
    expect(await cache.read("a", "1")).toBeUndefined();
    await cache.write("a", "1", "new");
    expect(await cache.read("a", "1")).toBe("new");
  });

  it("lets go of what is too much, too old or half-written", async () => {
    const at = folder();
    let now = NOW;
    const cache = descriptionCache(at, () => now);
    for (let i = 0; i < 12; i += 1) {
      now += 1_000;
      await cache.write(`c${i}`, "1", "text");
    }
    expect(readdirSync(at)).toHaveLength(8);
    expect(await cache.read("c11", "1")).toBe("text");
    expect(await cache.read("c0", "1")).toBeUndefined();
    writeFileSync(join(at, "x.apidoc.77.tmp"), "half");
    utimesSync(join(at, "x.apidoc.77.tmp"), NOW / 1000 - 3600, NOW / 1000 - 3600);
    now += 8 * DAY;
    await cache.write("new", "1", "text");
    expect(readdirSync(at)).toHaveLength(1);
  });

  it("does without where it cannot write", async () => {
    const parent = mkdtempSync(join(tmpdir(), "mcp-pve-cache-"));
    writeFileSync(join(parent, "file"), "");
    chmodSync(parent, 0o700);
    const cache = descriptionCache(join(parent, "file", "below"), () => NOW);
    await cache.write("a", "1", "text");
    expect(await cache.read("a", "1")).toBeUndefined();
  });
});
