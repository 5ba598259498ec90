import { type Row, record } from "../pve/data.ts";
import type { ToolCall } from "./tool.ts";

/** What a call says of one of PVE's parameters, whether it is listed or stands in `params`. */
export const argument = (call: ToolCall, name: string): Row[string] | undefined =>
  call.input[name] ?? record(call.input.params)[name];
