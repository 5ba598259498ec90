import type { Route } from "../schema/routes.gen.ts";
import type { Reply } from "./reply.ts";

/** Reads that a guard makes to decide: straight to PVE, asked by nobody. */
export type GuardRead = (
  route: Extract<Route, `GET ${string}`>,
  params: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<Reply>;

/** What stands before every call to PVE, whatever tool makes it. */
export interface Guard {
  /**
   * Throws a PveError of kind "refused" when the call must not be sent. Parameters are coerced, the path's included.
   * @param beyond our tables do not know all of it
   */
  admit(
    read: GuardRead,
    route: string,
    params: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    beyond?: boolean,
  ): Promise<void>;
  /** The answer of a read without what must not be shown; `hidden` counts the rows that were left out. */
  filter(
    read: GuardRead,
    route: string,
    params: Readonly<Record<string, unknown>>,
    reply: Reply,
    signal?: AbortSignal,
  ): Promise<Reply>;
}
