import type { App } from "../mcp/app.ts";
import type { Host } from "../mcp/host.ts";
import type { HostParts } from "../mcp/parts.ts";
import { cleanLine } from "../render/clean.ts";
import type { ProcessLike } from "./process.ts";

/** How often a server looks whether the process that started it is still there, in milliseconds. */
const PARENT_CHECK_MS = 2_000;

/** Parts that serving over stdio needs, loaded together and after the first request has left. */
export async function loadStdio() {
  const [{ createHost }, { serveStreams }] = await Promise.all([
    import("../mcp/host.ts"),
    import("../transports/stdio.ts"),
  ]);
  return { createHost: createHost as (parts: HostParts) => Host, serveStreams };
}

/** Serves over stdio until the client goes, a signal comes or the parent vanishes. */
export function runStdio(program: Awaited<ReturnType<typeof loadStdio>>, host: Host, proc: ProcessLike): App {
  const app = host.appFor();
  const end = () => {
    host.close();
    proc.exit(0);
  };
  const session = program.serveStreams(app, proc, {
    ended: end,
    error: (error) => proc.log(`MCP: ${cleanLine(error.message)}`),
  });
  const stop = () => void session.close().then(end);
  proc.onSignal(stop);
  const parent = proc.parentId();
  setInterval(() => {
    if (proc.parentId() !== parent) stop();
  }, PARENT_CHECK_MS).unref();
  return app;
}
