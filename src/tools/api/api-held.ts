import { record } from "../../pve/data.ts";
import { PveError } from "../../pve/errors.ts";
import type { ToolCall } from "../tool.ts";
import type { Held } from "./token-reach.ts";

/** What the token holds on all paths; undefined where PVE does not say. */
export async function heldBy(call: ToolCall): Promise<Held | undefined> {
  try {
    const { data } = await call.pve.call("GET /access/permissions", {});
    return record(data);
  } catch (error) {
    if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
    return undefined;
  }
}
