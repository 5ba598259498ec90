import type { ClusterConfig, Connection } from "../config/config.ts";
import type { ClusterParts } from "../mcp/parts.ts";
import { clusterLine } from "../pve/line/cluster-line.ts";
import type { Transport } from "../pve/line/transport.ts";
import { noPrivilegesText, type StartupCall } from "../pve/startup.ts";
import { watchPrivileges } from "./privileges.ts";
import { traced } from "./traced.ts";

/** A cluster with its line. */
export interface OpenCluster {
  readonly parts: ClusterParts;
  readonly startup: StartupCall;
  /** For when it answers: takes its other nodes if that is wanted, and warns of a token without privileges. Never throws. */
  readonly arrived: () => Promise<void>;
}

/** How the line reports. */
interface OpenParts {
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  readonly debug: boolean;
  /** Put around what reaches the nodes; absent: nothing is. */
  readonly watched?: (transport: Transport) => Transport;
}

/** The line to a cluster as the operator set it; nothing is sent yet. */
export function openCluster(
  cluster: ClusterConfig,
  { log, debug, watched = (one) => one }: OpenParts,
): OpenCluster {
  const { name, connection, surface, safety } = cluster;
  const { baseUrls, tokenId, login, timeout } = connection;
  const { transport, authorization, discover } = clusterLine(connection, {
    log,
    traced: (inner) => watched(traced(inner, debug, log)),
  });
  const startup = { transport, authorization, timeoutMs: timeout * 1000 };
  const privileges = watchPrivileges(startup, tokenId, log);
  const warn = (what: string) => (error: unknown) =>
    log(`Warning: ${what} could not be read: ${error instanceof Error ? error.message : String(error)}`);
  const nodes = async () => {
    const found = await discover();
    log(`Further nodes of the cluster: ${found.join(", ") || "none"}.`);
  };
  const grants = async () => {
    if (await privileges.check()) log(`Warning: ${noPrivilegesText(tokenId)}`);
  };
  return {
    startup,
    parts: {
      ...startup,
      name,
      address: baseUrls[0],
      tokenId,
      ...(login ? { login: login.user } : {}),
      surface,
      safety,
      emptyReason: privileges.emptyReason,
    },
    arrived: async () => {
      await Promise.all([
        connection.discover ? nodes().catch(warn("the cluster's nodes")) : undefined,
        grants().catch(warn("the token's permissions")),
      ]);
    },
  };
}

/** Values that must appear nowhere. */
export function secretsOf({ tokenSecret, login, proxy }: Connection): readonly string[] {
  const totp = login?.totp?.reveal();
  return [
    tokenSecret?.reveal(),
    login?.password.reveal(),
    totp,
    totp && /[?&]secret=([A-Za-z2-7]+)/.exec(totp)?.[1],
    proxy?.credentials?.reveal(),
    proxy?.credentials?.reveal().split(/:(.*)/s)[1],
  ].filter((secret): secret is string => secret !== undefined && secret !== "");
}
