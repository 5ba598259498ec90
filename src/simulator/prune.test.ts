import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markPruned, type PruneEntry, parseRetention } from "./prune.ts";

const DAY = 86400;
const nights = (count: number, vmid = 100): PruneEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    volid: `b:${vmid}-${n}`,
    ctime: 1_800_000_000 - n * DAY,
    vmid,
    type: "qemu",
  }));
const kept = (entries: PruneEntry[], retention: string) =>
  markPruned(entries, parseRetention(retention))
    .filter(({ mark }) => mark !== "remove")
    .map(({ volid }) => volid);

describe("retention", () => {
  it("keeps the newest", () => {
    expect(kept(nights(5), "keep-last=2")).toEqual(["b:100-0", "b:100-1"]);
  });

  it("counts weeks besides the days already kept", () => {
    expect(kept(nights(20), "keep-last=1,keep-weekly=2")).toHaveLength(3);
  });

  it.each(["", "keep-all=1", "keep-last=0"])("keeps everything with '%s'", (retention) => {
    expect(kept(nights(4), retention)).toHaveLength(4);
  });

  it("counts each guest alone and leaves protected backups out", () => {
    const entries: PruneEntry[] = [...nights(3), ...nights(3, 101)];
    const [first] = entries;
    if (first) first.mark = "protected";
    expect(kept(entries, "keep-last=1")).toEqual(["b:100-0", "b:100-1", "b:101-0"]);
  });

  it("never keeps more than the sum of its rules", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2_000_000_000 })),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        (times, last, daily) => {
          const entries = times.map(
            (ctime, n): PruneEntry => ({ volid: String(n), ctime, vmid: 1, type: "lxc" }),
          );
          expect(kept(entries, `keep-last=${last},keep-daily=${daily}`).length).toBeLessThanOrEqual(
            last + daily,
          );
        },
      ),
    );
  });
});
