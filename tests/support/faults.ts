import type { Transport, WireRequest, WireResponse } from "../../src/pve/line/transport.ts";

/** What happens to a request on its way: `undefined` lets it pass. */
export type Fault = (
  request: WireRequest,
  pass: () => Promise<WireResponse>,
) => Promise<WireResponse> | undefined;

/** A transport whose requests meet faults. */
export const faulty =
  (fault: Fault) =>
  (inner: Transport): Transport => ({
    close: () => inner.close(),
    send: (request) => fault(request, () => inner.send(request)) ?? inner.send(request),
  });

/** The error of a connection that broke. */
export const reset = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** pveproxy's answer when what is behind it is silent or gone. */
export const proxyError = (status: number, reason: string): WireResponse => ({
  status,
  reason,
  headers: {},
  body: "",
});
