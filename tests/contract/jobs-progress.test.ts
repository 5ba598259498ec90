import { describe, expect, it } from "vitest";
import { demo, running } from "../support/jobs.ts";

describe("progress", () => {
  const followed = async (seconds: number, log: string[], type = "qmclone") => {
    const { connected, world } = await demo();
    const upid = running(world, seconds, { type, log });
    const seen: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
    const { content } = await connected.client.callTool(
      { name: "pve_wait_task", arguments: { upids: [upid], wait: 3_600 } },
      { onprogress: (one) => void seen.push(one) },
    );
    await connected.close();
    return { seen, text: JSON.stringify(content), looks: connected.requests.length };
  };

  it("tells the percent of the log, and only ever grows", async () => {
    const log = [0, 25, 50, 75, 100].map((n) => `transferred ${n} MiB of 100 MiB (${n}.00%)`);
    const { seen, text } = await followed(20, log);
    expect(text).toContain("Done in 20s");
    expect(seen.some(({ progress, total }) => total === 100 && Math.floor(progress) === 50)).toBe(true);
    const values = seen.map(({ progress }) => progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
  });

  it("tells the last line where the log has no percent", async () => {
    const { seen } = await followed(10, ["first step", "second step"]);
    expect(seen.map(({ message }) => message)).toContain("second step");
    expect(seen.every(({ total }) => total === undefined)).toBe(true);
  });

  it("tells the percent of a download, whose rows grow while they are read", async () => {
    const dots = "........ ........ ........ ........ ";
    const log = [25, 50, 75, 100].map((n) => `     0K ${dots} ${String(n).padStart(3)}%  1.6M 60s`);
    const { seen } = await followed(80, log, "download");
    const told = new Set(seen.flatMap(({ progress, total }) => (total ? [Math.floor(progress)] : [])));
    expect([...told]).toEqual([25, 50, 75, 100]);
  });

  it("tells no seconds as percent: before the log has some, and when it begins at 1 %", async () => {
    const log = [...Array(9).fill("preparing"), "transferred 1 MiB of 100 MiB (1.00%)"];
    const { seen } = await followed(200, log);
    const unknown = seen.filter(({ total }) => total === undefined);
    const known = seen.filter(({ total }) => total !== undefined);
    expect(unknown.length).toBeGreaterThan(60);
    expect(known.length).toBeGreaterThan(5);
    for (const { progress } of unknown) expect(progress).toBeLessThan(1);
    for (const { progress } of known) expect(Math.floor(progress)).toBe(1);
    const values = seen.map(({ progress }) => progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
  });

  it("goes on telling about once a second where nothing new is to be told", async () => {
    const { seen } = await followed(50, ["working"]);
    expect(seen.length).toBeGreaterThan(45);
  });

  it("asks less often the longer it takes", async () => {
    const hour = await followed(3_000, ["working"]);
    // Every second would be twice three thousand requests.
    expect(hour.looks).toBeLessThan(2_000);
  });
});
