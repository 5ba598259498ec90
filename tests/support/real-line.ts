import type { Connection, Tls } from "../../src/config/config.ts";
import { Secret } from "../../src/config/secret.ts";
import { createPveClient, type PveClient } from "../../src/pve/client.ts";
import { type ClusterLine, clusterLine } from "../../src/pve/line/cluster-line.ts";
import type { Transport } from "../../src/pve/line/transport.ts";
import { ROOT_TOKEN } from "./small-world.ts";

export interface RealLine {
  readonly pve: PveClient;
  readonly transport: Transport;
  readonly log: readonly string[];
  readonly discover: ClusterLine["discover"];
}

/** A client of the small world over the line that the server uses, to one or several addresses. */
export function realLine(
  urls: readonly [string, ...string[]],
  { tls = { mode: "off" }, timeoutMs = 5_000, ...more }: Partial<Connection> & LineOptions = {},
): RealLine {
  const log: string[] = [];
  const { id, secret } = ROOT_TOKEN;
  const connection: Connection = {
    baseUrls: urls,
    tokenId: id,
    tokenSecret: new Secret(secret),
    tls,
    discover: false,
    timeout: timeoutMs / 1_000,
    maxRequests: 12,
    ...more,
  };
  const { transport, authorization, discover } = clusterLine(connection, { log: (line) => log.push(line) });
  const pve = createPveClient({ transport, authorization, timeoutMs, tier: "full" });
  return { pve, transport, log, discover };
}

interface LineOptions {
  readonly tls?: Tls;
  readonly timeoutMs?: number;
}
