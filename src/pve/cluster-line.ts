import type { Connection } from "../config/config.ts";
import { type ClusterNode, type FailOver, failOver } from "./fail-over.ts";
import { httpsTransport } from "./https-transport.ts";
import { joinedReads } from "./joined-reads.ts";
import { queued } from "./request-queue.ts";
import type { Transport } from "./transport.ts";

/** The way to a cluster, and what may be done with it besides sending. */
export interface ClusterLine {
  readonly transport: Transport;
  /** Takes further nodes, by their addresses. */
  readonly add: FailOver["add"];
}

/** How the line reports. */
export interface LineParts {
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Put around what reaches the nodes: sees each exchange once. */
  readonly traced?: (transport: Transport) => Transport;
}

/**
 * The line to a cluster as the operator set it: reads that equal each other are joined, what is left waits for its
 * turn, and goes to the first node that answers.
 */
export function clusterLine(connection: Connection, { log, traced = (one) => one }: LineParts): ClusterLine {
  const nodes = failOver(
    connection.baseUrls.map((url) => nodeAt(connection, url)),
    { log },
  );
  return {
    transport: joinedReads(queued(traced(nodes), connection.maxRequests)),
    add: nodes.add,
  };
}

/** The node at an address. */
export function nodeAt({ tls: trust, maxRequests }: Connection, url: string): ClusterNode {
  return { name: url, transport: httpsTransport(url, { trust, maxConnections: maxRequests }) };
}
