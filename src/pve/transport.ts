/** One HTTP exchange. `path` starts with `/api2/json` and carries the query, or names a file that pveproxy serves. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** A longer answer is an error; absent: there is no limit. */
  readonly maxBytes?: number;
}

/** The whole answer to an exchange; header names are in lower case. */
export interface WireResponse {
  readonly status: number;
  /** The reason phrase: PVE puts its message there too. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** How a request reaches PVE: over HTTPS, or a function call into the simulator. Throws the connection's error. */
export interface Transport {
  send(request: WireRequest): Promise<WireResponse>;
  close(): void;
  /** The address of this machine on the newest connection, as far as there was one; behind NAT PVE sees another. */
  ownAddress?(): string | undefined;
}
