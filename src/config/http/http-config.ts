import type { Selection } from "../categories.ts";
import type { Secret } from "../secret.ts";
import type { Tier } from "../settings.ts";

/** What a caller may do at most: the cluster's own settings bound it further. */
export interface CallerBounds {
  readonly tier: Tier;
  /** Absent: everything that the cluster offers. */
  readonly selection?: Selection;
  /** Names of the clusters it reaches; absent: all of them. */
  readonly clusters?: readonly string[];
}

/** Whoever makes requests, as authentication has found. */
export interface Caller {
  /** For the record, plans and the log: `token:alice`, `oauth:SUBJECT`, `anonymous`. */
  readonly name: string;
  readonly bounds: CallerBounds;
}

/** OAuth 2.1 as a resource server. */
export interface OAuthConfig {
  /** The authorization server's issuer identifier, exactly as tokens name it. */
  readonly issuer: string;
  /** What tokens for this server name as their audience. */
  readonly audience: string;
  /** Where its keys are; absent: where the issuer's metadata says. */
  readonly jwksUrl?: string;
  /** Which tier a scope grants. */
  readonly scopes: ReadonlyMap<string, Tier>;
}

/** How callers are told from each other. */
export type HttpAuth =
  /** Not at all: everybody who reaches the port is `anonymous`. */
  | { readonly kind: "none" }
  /** At least one of the two is there. */
  | { readonly kind: "bearer"; readonly tokensFile?: string; readonly oauth?: OAuthConfig };

/** Serving MCP over HTTP. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Paths of PEM files; absent: plain HTTP. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** A reverse proxy in front does TLS. */
  readonly behindProxy: boolean;
  /** The address that clients use, `https://mcp.example.com/mcp`. */
  readonly publicUrl?: string;
  /** Host names that a `Host` header may name, without ports. */
  readonly allowedHosts: readonly string[];
  /** Origins a browser may call from: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
  readonly auth: HttpAuth;
  /** Requests a minute that one caller may make. */
  readonly perMinute: number;
  /** Requests of one caller that may be under way at once. */
  readonly atOnce: number;
  /** A port on loopback that serves Prometheus metrics; absent: none does. */
  readonly metricsPort?: number;
  /** Makes codes and task ids good on every replica that has it. */
  readonly stateKey?: Secret;
}
