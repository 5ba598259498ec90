import type { Connection } from "../../config/config.ts";
import { otherNodes } from "./discovery.ts";
import { type ClusterNode, failOver } from "./fail-over.ts";
import { httpsTransport } from "./https-transport.ts";
import { joinedReads } from "./joined-reads.ts";
import { withLogin } from "./login.ts";
import { queued } from "./request-queue.ts";
import type { Transport } from "./transport.ts";

/** The way to a cluster. */
export interface ClusterLine {
  readonly transport: Transport;
  /** Value of the Authorization header; without a token, of no use to anybody: the login replaces it. */
  readonly authorization: string;
  /** Takes the cluster's other nodes, as PVE names them; returns their addresses. Throws like `otherNodes`. */
  readonly discover: () => Promise<readonly string[]>;
}

/** How the line reports. */
export interface LineParts {
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Put around what reaches the nodes: sees each exchange once. */
  readonly traced?: (transport: Transport) => Transport;
}

/**
 * The line to a cluster as the operator set it: a login's ticket where that is needed; reads that equal each other are
 * joined; what is left waits for its turn, and goes to the first node that answers.
 */
export function clusterLine(connection: Connection, { log, traced = (one) => one }: LineParts): ClusterLine {
  const { baseUrls, tokenId, tokenSecret, login, maxRequests } = connection;
  const nodes = failOver(
    baseUrls.map((url) => nodeAt(connection, url)),
    { log },
  );
  const line = joinedReads(queued(traced(nodes), maxRequests));
  const transport = login ? withLogin(line, { login, always: tokenSecret === undefined }) : line;
  const authorization = tokenSecret ? `PVEAPIToken=${tokenId}=${tokenSecret.reveal()}` : "";
  return {
    transport,
    authorization,
    discover: async () => {
      const found = await otherNodes(transport, authorization, baseUrls[0]);
      nodes.add(found.map((url) => nodeAt(connection, url)));
      return found;
    },
  };
}

/** The node at an address. */
function nodeAt({ tls: trust, maxRequests, client, proxy }: Connection, url: string): ClusterNode {
  return { name: url, transport: httpsTransport(url, { trust, client, proxy, maxConnections: maxRequests }) };
}
