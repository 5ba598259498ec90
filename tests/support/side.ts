import type { ClientSide } from "../../src/mcp/client-side.ts";

/** A client that can be told and asked nothing. */
export const plainSide = (signal: AbortSignal = AbortSignal.timeout(60_000)): ClientSide => ({
  signal,
  caller: "test",
  person: { kind: "none" },
  takesTasks: false,
});
