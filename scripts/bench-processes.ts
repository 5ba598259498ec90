import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const BUNDLE = path("../dist/main.cjs");
export const CA_FILE = path("../tests/fixtures/tls/ca.pem");
/** The certificate that the fake PVE shows. */
export const LEAF_FILE = path("../tests/fixtures/tls/leaf.pem");
export const TOKEN = { id: "root@pam!bench", secret: "7c1f0a52-3b7e-4f0e-9d55-1f2c8a6b9e10" } as const;

/** How the server reaches the fake PVE, which has a certificate of a CA in a file. */
export const connectionTo = (port: number): Readonly<Record<string, string>> => ({
  PVE_BASE_URL: `https://127.0.0.1:${port}`,
  PVE_TOKEN_ID: TOKEN.id,
  PVE_TOKEN_SECRET: TOKEN.secret,
  PVE_CA_FILE: CA_FILE,
});

/** The environment that processes inherit here, without settings of the server. */
export function inheritedEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("PVE_") && name !== "DEBUG",
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

/** Ends a process of ours and waits until it has gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

export interface FakePve {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Starts the PVE that answers at once. */
export async function startFakePve(): Promise<FakePve> {
  const child = spawn(process.execPath, ["--import", "tsx", path("./bench-pve.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { port: Number(line), close: () => end(child) };
}

interface Answer {
  readonly result?: { readonly isError?: boolean; readonly tools?: readonly unknown[] };
  readonly error?: { readonly message: string };
}

/** The server as a client starts it, spoken to in JSON-RPC lines: the client's own share stays small. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  #nextId = 1;
  #rest = "";
  #log = "";

  /** @param env the whole environment: how it knows the cluster, and where compiled code is kept */
  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [BUNDLE], {
      stdio: ["pipe", "pipe", "pipe"],
      env,
    });
    this.child.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.#read(chunk));
    this.child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#log += chunk;
    });
    this.child.once("exit", (code) => {
      const error = new Error(`The server ended with ${code}: ${this.#log}`);
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  request(method: string, params: Readonly<Record<string, unknown>>): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ jsonrpc: "2.0", id, method, params });
    });
  }

  /** Shakes hands as the 2025 protocol does. */
  async initialize(): Promise<void> {
    await this.request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "bench", version: "1" },
    });
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** Calls a tool. Throws when the answer is an error. */
  async call(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const { result, error } = await this.request("tools/call", { name, arguments: input });
    if (error || !result || result.isError) throw new Error(`${name}: ${JSON.stringify(error ?? result)}`);
  }

  #send(message: unknown): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as Answer & { readonly id?: number };
      if (message.id === undefined) continue;
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    }
  }
}
