import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { runCommand } from "./run.ts";

/** What a command line that is refused says, and its exit code. */
async function refused(...args: string[]) {
  const lines: string[] = [];
  let code: number | undefined;
  const exit = (given: number): never => {
    code = given;
    throw new Error("exit");
  };
  const streams = { stdin: new PassThrough(), stdout: new PassThrough() };
  const process = { args, env: {}, ...streams, exit, onSignal: () => {}, parentId: () => 1 };
  await expect(runCommand({ ...process, log: (line) => lines.push(line) })).rejects.toThrow("exit");
  return { code, said: lines.join("\n") };
}

describe("demo", () => {
  it.each([["--pve", "6.4"], ["--pve", ""], ["--pve=9"], ["--pve"]])(
    "names the releases it can be: %s %s",
    async (...args) => {
      const { code, said } = await refused("demo", ...args.filter((arg) => arg !== undefined));
      expect(code).toBe(1);
      expect(said).toMatch(/^--pve is followed by a release: 7\.4, 8\.4, 9\.0, 9\.1, 9\.2\.\n\nmcp-pve /);
    },
  );

  it.each([
    [["--fast"], "Unknown argument: --fast\n"],
    [["--pve", "8.4", "more"], "Unknown argument: more\n"],
    [["d3b07384-d9a0-4c9b"], "Unknown argument\n"],
  ])("refuses what it does not know: %j", async (args, says) => {
    const { code, said } = await refused("demo", ...args);
    expect(code).toBe(1);
    expect(said.startsWith(says)).toBe(true);
    expect(said).toContain("mcp-pve demo [--pve RELEASE]");
  });
});
