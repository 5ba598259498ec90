import { isIP } from "node:net";
import { flag, rows, str } from "../data.ts";
import { API } from "../path.ts";
import { readReply } from "../reply.ts";
import type { Transport } from "./transport.ts";

/** For the one read. */
const TIMEOUT_MS = 10_000;

/**
 * Addresses of the cluster's other nodes, made like `baseUrl` (GET /cluster/status, `type: node`): the node that answers
 * is known already. Throws the connection's error or a PveError.
 */
export async function otherNodes(
  transport: Transport,
  authorization: string,
  baseUrl: string,
): Promise<readonly string[]> {
  const response = await transport.send({
    method: "GET",
    path: `${API}/cluster/status`,
    headers: { authorization, accept: "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const url = new URL(baseUrl);
  return rows(readReply("GET /cluster/status", response).data).flatMap((row) => {
    const ip = str(row, "ip") ?? "";
    if (row.type !== "node" || flag(row, "local") || isIP(ip) === 0) return [];
    const host = isIP(ip) === 6 ? `[${ip}]` : ip;
    const port = url.port === "" ? "" : `:${url.port}`;
    return [`${url.protocol}//${host}${port}${url.pathname.replace(/\/+$/, "")}`];
  });
}
