import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The bin as it is published. */
export const BIN = fileURLToPath(new URL("../../dist/main.cjs", import.meta.url));

/** Shaped like a real one; no output may ever contain it. */
export const SECRET = "5c1e7d0a-93b4-4f6e-8a21-b7d40f9c6e35";
export const TOKEN_ID = "mcp@pve!helper";

const cache = mkdtempSync(join(tmpdir(), "mcp-pve-test-"));

/** The environment of a test: nothing of the developer's own PVE settings gets in. */
export const cleanEnv = (): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? "/",
  XDG_CACHE_HOME: cache,
});

/** The settings of a connection to `url`, complete. */
export const connection = (url: string): Record<string, string> => ({
  PVE_BASE_URL: url,
  PVE_TOKEN_ID: TOKEN_ID,
  PVE_TOKEN_SECRET: SECRET,
});

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Message = Readonly<Record<string, unknown>>;

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the end of the process; rejects, and kills it, when that takes longer than `ms`. */
  readonly ended: (ms?: number) => Promise<Ended>;
  /** Resolves when stderr has the text. */
  readonly says: (text: string) => Promise<void>;
  readonly send: (message: Message) => void;
  /** Resolves with the answer to the request of this id. */
  readonly answer: (id: number) => Promise<Message>;
}

const POLL_MS = 5;
const PATIENCE_MS = 8_000;

async function until<T>(find: () => T | undefined, what: () => string): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Starts the bundle. */
export function start(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  return watch(spawn(process.execPath, [BIN, ...args], { env: { ...cleanEnv(), ...env } }));
}

/** Follows a process that speaks JSON-RPC on stdout. */
export function watch(child: ChildProcessWithoutNullStreams): Running {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A test that ends the process may be writing to it still.
  child.stdin.on("error", () => {});
  const end = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: async (ms = PATIENCE_MS) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          child.kill("SIGKILL");
          reject(new Error(`still running after ${ms} ms; stderr: ${stderr}`));
        }, ms);
      });
      try {
        return await Promise.race([end, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    says: async (text) => {
      await until(
        () => (stderr.includes(text) ? true : undefined),
        () => `${JSON.stringify(text)} on stderr: ${stderr}`,
      );
    },
    send: (message) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    },
    answer: (id) =>
      until(
        () => messagesOf(stdout).find((message) => message.id === id),
        () => `answer ${id}; stdout: ${stdout}; stderr: ${stderr}`,
      ),
  };
}

/** The messages on a stdout, every line of which must be JSON-RPC; an unfinished last line is left out. */
export function messagesOf(stdout: string): Message[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const message = JSON.parse(line) as Message;
      if (message.jsonrpc !== "2.0") throw new Error(`not JSON-RPC: ${line}`);
      return message;
    });
}

/** The opening of the 2025 protocol era, with the two messages that come before any call. */
export function initialize(server: Running): Promise<Message> {
  server.send({
    id: 0,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    },
  });
  server.send({ method: "notifications/initialized" });
  return server.answer(0);
}

/** Asks for a tool call; the answer comes under the same id. */
export function callTool(
  server: Running,
  id: number,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): void {
  server.send({ id, method: "tools/call", params: { name, arguments: args } });
}

/** The text of a tool's answer. */
export function textOf(message: Message): string {
  const { content } = message.result as { content: readonly { text: string }[] };
  return content.map(({ text }) => text).join("\n");
}
