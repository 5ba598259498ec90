import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { parseList } from "../config/values.ts";
import { hashOfToken } from "../transports/http/auth/static-tokens.ts";
import { parseTokenEntry } from "../transports/http/auth/token-list.ts";
import { printLines } from "./print.ts";
import type { ProcessLike } from "./process.ts";
import { addToTokensFile, TokensFileError } from "./tokens-file.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = `mcp-pve token NAME [--tier TIER] [--categories A,B] [--clusters A,B] [--expires DATE] [--file FILE]
    Makes a token for a caller over HTTP and prints it, this once, and the entry with its hash for the file that
    MCP_TOKENS_FILE names.
    --tier        read-only (the default), read-execute or full
    --categories  only these, as PVE_CATEGORIES takes them; default: all that are offered
    --clusters    only these; default: all
    --expires     2027-01-01, to its end in UTC, or 2027-01-01T00:00:00Z; default: never
    --file        add the entry to FILE, which is made if need be; a server that uses it takes the token at once`;

const OPTIONS = {
  tier: { type: "string" },
  categories: { type: "string" },
  clusters: { type: "string" },
  expires: { type: "string" },
  file: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const PREFIX = "mcp_";
const TOKEN_BYTES = 32;
const TIER = "read-only";

/** `mcp-pve token NAME`: a new token, shown once, and its entry for the tokens file. */
export async function token(proc: ProcessLike): Promise<void> {
  try {
    await run(proc);
  } catch (error) {
    if (error instanceof UsageError) proc.log(`${error.message}\n\n${USAGE}`);
    else if (error instanceof TokensFileError) proc.log(error.message);
    else throw error;
    return proc.exit(1);
  }
}

/** Runs the command. Throws a UsageError or a TokensFileError. */
async function run(proc: ProcessLike): Promise<void> {
  const { values, positionals } = parsed(proc.args.slice(1));
  if (values.help) return printLines(proc.stdout, [USAGE]);
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0)
    throw new UsageError("Which NAME? One, of whoever gets the token.");
  const made = `${PREFIX}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const entry = {
    name,
    sha256: Buffer.from(hashOfToken(made)).toString("hex"),
    tier: values.tier ?? TIER,
    ...(values.categories === undefined ? {} : { categories: listOf("--categories", values.categories) }),
    ...(values.clusters === undefined ? {} : { clusters: listOf("--clusters", values.clusters) }),
    ...(values.expires === undefined ? {} : { expires: values.expires }),
  };
  const checked = parseTokenEntry(entry);
  if ("problem" in checked) throw new UsageError(`That would be an entry ${checked.problem}.`);
  const { expires } = checked.value;
  if (expires !== undefined && expires <= Date.now()) throw new UsageError("--expires is in the past.");
  if (values.file === undefined) {
    proc.log("The token, which is not shown again, and its entry for the file that MCP_TOKENS_FILE names:");
    return printLines(proc.stdout, [made, JSON.stringify(entry)]);
  }
  addToTokensFile(values.file, entry);
  proc.log("Its entry is in the file. The token, which is not shown again:");
  return printLines(proc.stdout, [made]);
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Its own message repeats the argument, which may be a secret that was put in the wrong place.
    throw new UsageError("An option is unknown or lacks its value.", { cause: error });
  }
}

function listOf(option: string, text: string): readonly string[] {
  const list = parseList(text);
  if ("problem" in list) throw new UsageError(`${option} is a list without an entry.`);
  return list.value;
}
