import type { HttpConfig } from "../config/http/http-config.ts";
import type { Host } from "../mcp/host.ts";
import type { Readiness } from "../transports/http/front.ts";
import type { Metrics } from "../transports/http/metrics.ts";
import { serveHttp } from "../transports/http/serve-http.ts";
import type { ProcessLike } from "./process.ts";

/** What is served over HTTP besides MCP. */
interface HttpServing {
  readonly config: HttpConfig;
  readonly metrics?: Metrics | undefined;
  readonly ready: () => Promise<Readiness>;
}

/** Serves over HTTP until a signal comes; the end of the process where a port cannot be had. */
export async function runHttp(
  proc: ProcessLike,
  host: Host,
  { config, metrics, ready }: HttpServing,
): Promise<void> {
  const { log } = proc;
  const listening = async <T>(what: string, begin: () => Promise<T>): Promise<T> => {
    try {
      return await begin();
    } catch (error) {
      log(`${what} cannot be served: ${error instanceof Error ? error.message : String(error)}`);
      return proc.exit(1);
    }
  };
  const session = await listening("MCP over HTTP", () => serveHttp(host, config, { ready, log }));
  const port = config.metricsPort;
  if (metrics && port !== undefined) {
    await listening("Metrics", () => metrics.listen(port));
    log(`Metrics for Prometheus at http://127.0.0.1:${port}/metrics`);
  }
  proc.onSignal(() => {
    log("Ending: calls under way may finish.");
    void session.close().then(() => {
      host.close();
      proc.exit(0);
    });
  });
  const whose =
    config.auth.kind === "none" ? "without authentication (MCP_AUTH=none)" : "to callers with a token";
  log(`MCP over HTTP at ${session.url}, ${whose}.`);
}
