import { parseArgs } from "node:util";
import { RecordError } from "../record/record-error.ts";
import { printLines } from "./print.ts";
import type { ProcessLike } from "./process.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = `mcp-pve audit verify FILE [--expect HASH] [--after HASH] [--key-file PATH]
    Checks the chain of a record, FILE.1 and so on before FILE, and prints its head.
    --expect    this hash (12 digits or more), a head printed before, must still be in it
    --after     older files are archived elsewhere, and this is the hash of their last line
    --key-file  the key of the chain; default PVE_AUDIT_KEY_FILE
    Exit: 0 intact, 1 broken, 2 cannot tell.

mcp-pve audit show FILE [--last N] [--tool NAME] [--guest VMID] [--failed] [--since TIME] [--json]
    Prints the changes of a record, the newest last; does not check the chain.
    --last      how many; default 50
    --failed    what did not end well, or was never completed; a job that still ran (running) is neither
    --since     2026-11-22, "2026-11-22 06:59", or so long ago: 30m, 1h, 2d, 1w
    --json      a line of JSON for each`;

/** The exit code of what cannot be told or was asked wrongly. */
const CANNOT_TELL = 2;

const VERIFY = {
  expect: { type: "string" },
  after: { type: "string" },
  "key-file": { type: "string" },
} as const;
const SHOW = {
  last: { type: "string" },
  tool: { type: "string" },
  guest: { type: "string" },
  failed: { type: "boolean" },
  since: { type: "string" },
  json: { type: "boolean" },
} as const;

/** `mcp-pve audit verify FILE` and `mcp-pve audit show FILE`: the record of changes, checked and printed. */
export async function audit(proc: ProcessLike): Promise<void> {
  try {
    const code = await run(proc);
    if (code !== 0) return proc.exit(code);
  } catch (error) {
    if (error instanceof UsageError) proc.log(`${error.message}\n\n${USAGE}`);
    else if (error instanceof RecordError) proc.log(error.message);
    else throw error;
    return proc.exit(CANNOT_TELL);
  }
}

/** Runs the command; its exit code. Throws a UsageError or a RecordError. */
async function run(proc: ProcessLike): Promise<number> {
  const [, command, ...args] = proc.args;
  switch (command) {
    case "verify": {
      const { values, positionals } = parsed(() =>
        parseArgs({ args, options: VERIFY, allowPositionals: true }),
      );
      const { verify } = await import("./audit-verify.ts");
      return verify(proc, oneFile(positionals), values);
    }
    case "show": {
      const { values, positionals } = parsed(() =>
        parseArgs({ args, options: SHOW, allowPositionals: true }),
      );
      const { show } = await import("./audit-show.ts");
      return show(proc, oneFile(positionals), values);
    }
    case "--help":
    case "-h":
    case "help":
      await printLines(proc.stdout, [USAGE]);
      return 0;
    default:
      throw new UsageError("audit is followed by verify or show.");
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Its own message repeats the argument, which may be a secret that was put in the wrong place.
    throw new UsageError("An option is unknown or lacks its value.", { cause: error });
  }
}

function oneFile(positionals: readonly string[]): string {
  const [file, ...rest] = positionals;
  if (file === undefined || file === "")
    throw new UsageError("Which FILE? The one that PVE_AUDIT_LOG names.");
  if (rest.length > 0) throw new UsageError("One FILE at a time: FILE.1 and so on are read with it.");
  return file;
}
