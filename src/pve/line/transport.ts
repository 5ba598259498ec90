/** One HTTP exchange. `path` starts with `/api2/json` and carries the query, or names a file that pveproxy serves. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** A longer answer is an error; absent: the transport's own limit. */
  readonly maxBytes?: number;
  /** Whose request it is: where requests wait, callers take turns. Absent: all are one caller's. */
  readonly caller?: string;
  /** PVE takes it from no token: it is a login's, where there is one. */
  readonly login?: true;
  /** It takes long by what it does: a silent node is no sign of trouble. */
  readonly slow?: true;
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

/** The error of a connection that knows whether anything of the request may have left. */
export interface SendingError extends Error {
  readonly unsent: boolean;
}

/** The same error, which says from now on whether the request had surely not left; the first to say so is right. */
export function withSending(error: unknown, unsent: boolean): SendingError {
  const known = error instanceof Error ? error : new Error(String(error));
  return "unsent" in known ? (known as SendingError) : Object.assign(known, { unsent });
}

/** True when surely nothing of the request left this machine; undefined when the error does not say. */
export const wasUnsent = (error: unknown): boolean | undefined =>
  error instanceof Error && "unsent" in error ? error.unsent === true : undefined;
