import { config } from "zod/mini";
import { runCommand } from "./cli/run.ts";

// zod would compile a function for each schema at its first use: dear at start-up, and no call is faster for it.
config({ jitless: true });

const log = (line: string) => process.stderr.write(`${line}\n`);
// Nobody may be reading: a client that closes our stderr is served all the same.
process.stderr.on("error", () => {});

runCommand({
  args: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  log,
  exit: (code) => process.exit(code),
  onSignal: (handler) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, handler);
  },
  parentId: () => process.ppid,
}).catch((error: unknown) => {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
