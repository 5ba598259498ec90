import { Readable, type Writable } from "node:stream";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { App } from "../mcp/app.ts";
import { createMcpServer } from "../mcp/server.ts";
import { RunningCalls } from "./calls.ts";

/** How long running reads may take to answer after the client has closed our input. */
const DRAIN_MS = 1_000;

/** Whoever started the process; there is nobody else on this wire. */
const CALLER = { name: "stdio" };

/** Standard input whose end reaches the SDK only when we say so: the SDK drops what still runs. */
class HeldInput extends Readable {
  constructor(source: Readable) {
    super();
    source.on("data", (chunk: Buffer) => this.push(chunk));
  }
  override _read(): void {}
  finish(): void {
    this.push(null);
  }
}

/** MCP as it is served over a pair of streams. */
export interface StdioSession {
  /** Cancels what runs and closes the connection. */
  readonly close: () => Promise<void>;
}

/**
 * Serves MCP over a pair of streams, in both protocol eras.
 * @param ended called once, when the client has gone and its running reads are answered
 */
export function serveStreams(
  app: App,
  streams: { stdin: Readable; stdout: Writable },
  events: { ended: () => void; error: (error: Error) => void },
): StdioSession {
  const calls = new RunningCalls();
  const input = new HeldInput(streams.stdin);
  const wire = new StdioServerTransport(input, streams.stdout);
  const handle = serveStdio(() => createMcpServer(app, calls, CALLER), {
    transport: wire,
    onerror: events.error,
  });
  let closing = false;
  const clientGone = async () => {
    if (closing) return;
    closing = true;
    await calls.drain(DRAIN_MS);
    // The answers of the reads leave in the turn after they settle.
    await new Promise((done) => setImmediate(done));
    input.finish();
    await handle.close();
    events.ended();
  };
  // The SDK closes the wire by itself when a message is too large to be read; nothing would ever be answered then.
  const closed = wire.onclose;
  wire.onclose = () => {
    closed?.();
    void clientGone();
  };
  streams.stdin.once("end", () => void clientGone());
  streams.stdin.once("close", () => void clientGone());
  streams.stdout.once("error", () => void clientGone());
  return {
    close: async () => {
      closing = true;
      calls.cancel();
      await handle.close();
    },
  };
}
