import { createServer, type Server } from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CallObserver } from "../../mcp/parts.ts";
import type { Transport } from "../../pve/line/transport.ts";

/** Figures for Prometheus. */
export interface Metrics {
  readonly observer: CallObserver;
  /** The transport of a cluster with its requests counted. */
  watched(cluster: string, transport: Transport): Transport;
  /** Serves them at `/metrics` on loopback alone; resolves once it listens. Rejects when it cannot. */
  listen(port: number): Promise<Server>;
}

/** Bounds of the buckets in seconds: a read takes milliseconds, a followed job up to minutes. */
const BUCKETS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300];
const LOOPBACK = "127.0.0.1";

/** Figures of this process, all at zero. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  const calls = new Counter({
    name: "mcp_pve_calls_total",
    help: "Calls to tools by outcome: ok, failed (refusals included), asked, task.",
    labelNames: ["tool", "outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "mcp_pve_call_duration_seconds",
    help: "Time from a call to its answer.",
    labelNames: ["tool"],
    buckets: BUCKETS,
    registers,
  });
  const requests = new Counter({
    name: "mcp_pve_pve_requests_total",
    help: "Requests to PVE by the status of the answer; error: none came.",
    labelNames: ["cluster", "status"],
    registers,
  });
  const following = new Gauge({
    name: "mcp_pve_tasks_in_flight",
    help: "Jobs of PVE that calls are following.",
    registers,
  });
  return {
    observer: {
      called: (tool, outcome, took) => {
        calls.inc({ tool, outcome });
        seconds.observe({ tool }, took);
      },
      following: (change) => following.inc(change),
    },
    watched: (cluster, transport) => ({
      ...transport,
      close: () => transport.close(),
      send: async (request) => {
        let status = "error";
        try {
          const response = await transport.send(request);
          status = String(response.status);
          return response;
        } finally {
          requests.inc({ cluster, status });
        }
      },
    }),
    listen: (port) =>
      new Promise((resolve, reject) => {
        const server = createServer((request, response) => {
          // A page that a browser was lured to by another name gets nothing.
          const local = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? "");
          if (!local || request.method !== "GET" || request.url !== "/metrics") {
            response.writeHead(404).end();
            return;
          }
          registry?.metrics().then(
            (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
            () => response.writeHead(500).end(),
          );
        });
        server.once("error", reject);
        server.listen(port, LOOPBACK, () => {
          server.removeListener("error", reject);
          server.unref();
          resolve(server);
        });
      }),
  };
}
