import { type Row, record } from "../pve/data.ts";
import type { ToolCall } from "./tool.ts";

/** What a call says of one of PVE's parameters that the tool does not list, as PVE takes it: it stands in `params`. */
export const argument = (call: ToolCall, name: string): Row[string] | undefined =>
  record(call.input.params)[name];
