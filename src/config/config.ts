import type { Bound } from "./bounds.ts";
import type { Selection } from "./categories.ts";
import type { HttpConfig } from "./http/http-config.ts";
import type { Secret } from "./secret.ts";
import type { Confirmation, Confirmer, Tier } from "./settings.ts";

/** How the server's certificate is judged: by the system's CAs, by one CA, by its fingerprint, not at all. */
export type Tls =
  | { readonly mode: "system" }
  | { readonly mode: "ca"; readonly pem: string }
  /** Of the leaf certificates that are trusted: upper-case hexadecimal pairs joined by colons. */
  | { readonly mode: "fingerprint"; readonly sha256: readonly string[] }
  | { readonly mode: "off" };

/** A user's login, for what PVE takes from no token, or in place of one. */
export interface Login {
  /** `user@realm` */
  readonly user: string;
  readonly password: Secret;
  /** The secret of its one-time passwords, as an `otpauth://totp/` address. */
  readonly totp?: Secret;
}

/** A certificate that we show, in PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: Secret;
}

/** An HTTP proxy, and what is reached without it. */
export interface HttpProxy {
  /** Scheme, host and port, without credentials. */
  readonly url: string;
  /** `user:password`, as the proxy wants it. */
  readonly credentials?: Secret;
  /** Entries of `NO_PROXY`: hosts, domains, addresses, networks, `*`; a port may follow. */
  readonly except: readonly string[];
}

/** Which PVE is called, as whom, and how long a call may take. */
export interface Connection {
  /** The nodes' addresses, the preferred one first: scheme, host, port as written and a reverse proxy's path; no trailing slash, no `/api2/json`. */
  readonly baseUrls: readonly [string, ...string[]];
  /** Who we are to PVE: the token's id, or without a token the user who logs in. */
  readonly tokenId: string;
  /** Absent: there is no token, and every call is the login's. */
  readonly tokenSecret?: Secret;
  readonly login?: Login;
  readonly tls: Tls;
  /** For a reverse proxy in front of PVE. */
  readonly client?: ClientCertificate;
  readonly proxy?: HttpProxy;
  /** Take the cluster's other nodes as PVE names them. */
  readonly discover: boolean;
  /** Time limit of a whole call in seconds. */
  readonly timeout: number;
  /** Requests that may be under way at once. */
  readonly maxRequests: number;
}

/** Which tools are offered. */
export interface Surface {
  readonly tier: Tier;
  readonly selection: Selection;
  /** Only these, within tier and categories; absent: all of them. */
  readonly tools?: readonly string[];
  readonly excludeTools: readonly string[];
}

/** The file that changes are recorded in. */
export interface RecordSettings {
  readonly path: string;
  /** Size at which a new file begins. */
  readonly maxBytes: number;
  /** Makes the chain an HMAC. */
  readonly key?: Secret;
}

/** What must not happen by mistake, and what is kept of what happened. */
export interface Safety {
  readonly confirm: Confirmation;
  readonly confirmBy: Confirmer;
  /** Default of the argument `wait`, in seconds. */
  readonly wait: number;
  readonly protected: readonly Bound[];
  /** Absent: everything is. */
  readonly allowed?: readonly Bound[];
  readonly freezeFile?: string;
  /** Absent: nothing is recorded. */
  readonly record?: RecordSettings;
  /** Absent: MCP is served over stdio. */
  readonly http?: HttpConfig;
}

/** What holds with any PVE, the simulated one included. */
export interface DemoConfig {
  readonly surface: Surface;
  readonly safety: Safety;
  readonly output: "text" | "json";
  readonly structured: boolean;
  readonly debug: boolean;
  /** Absent: MCP is served over stdio. */
  readonly http?: HttpConfig;
  /** For stderr, a line each, without secrets. */
  readonly warnings: readonly string[];
}

/** Everything the server needs to serve a real PVE. */
export interface Config extends DemoConfig {
  readonly connection: Connection;
}

/** One of several clusters. */
export interface ClusterConfig {
  /** As the configuration file calls it; of the environment's one cluster, host and port. */
  readonly name: string;
  readonly connection: Connection;
  readonly surface: Surface;
  /** Its `record` is the one of all clusters. */
  readonly safety: Safety;
}

/** Everything the server needs to serve several PVE clusters. */
export interface FleetConfig extends Pick<DemoConfig, "output" | "structured" | "debug" | "warnings"> {
  /** Each name once. */
  readonly clusters: readonly [ClusterConfig, ...ClusterConfig[]];
  /** The name of the cluster that a call without one means; absent: the file names none. */
  readonly defaultCluster?: string;
  /** Absent: nothing is recorded. */
  readonly record?: RecordSettings;
  /** Absent: MCP is served over stdio. */
  readonly http?: HttpConfig;
}
