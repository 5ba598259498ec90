import { flag, rows, str } from "../pve/data.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import { metricsOf, rawSeries, summariseSeries } from "../render/series.ts";
import { tool } from "./define.ts";
import { type GuestType, guestPlace, KINDS } from "./guest-kinds.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

/** Metrics worth a line, in this order; what PVE records besides (limits, "full" pressure) says little over time. */
const METRICS = [
  "cpu",
  "mem",
  "memhost",
  "disk",
  "diskread",
  "diskwrite",
  "netin",
  "netout",
  "pressurecpusome",
  "pressureiosome",
  "pressurememorysome",
];

function seriesAnswer({ data }: Reply, call: ToolCall): Answer {
  const points = rows(data);
  const known = new Set(metricsOf(points));
  // A VM's disk use is always 0: PVE does not know it.
  if (call.guest?.type === "qemu") known.delete("disk");
  // PVE 9 records what a guest costs its node besides; for a container that is the same.
  if (points.every(({ mem, memhost }) => mem === memhost)) known.delete("memhost");
  const metrics = METRICS.filter((metric) => known.has(metric));
  const span = `the last ${str(call.input, "timeframe")}`;
  if (metrics.length === 0) {
    return {
      headline: `No data of ${guestPlace(call)} for ${span}.`,
      blocks: [{ kind: "note", text: "Data is recorded once a minute while the guest runs." }],
    };
  }
  if (!flag(call.input, "raw")) {
    return {
      headline: `Use of ${guestPlace(call)} over ${span}.`,
      blocks: [summariseSeries(points, metrics)],
    };
  }
  const series = rawSeries(points, metrics);
  return {
    headline: `Use of ${guestPlace(call)} over ${span}: ${series.rows.length} points.`,
    blocks: [series.more === undefined ? series : { ...series, more: "a shorter timeframe" }],
  };
}

/** The tool that tells a guest's use of resources over time. */
export function rrdTool(type: GuestType): ToolSpec {
  const { noun, an } = KINDS[type];
  return tool({
    name: `pve_get_${type}_rrddata`,
    title: `${type === "qemu" ? noun : "Container"} statistics`,
    tier: "read-only",
    description: `CPU, memory, disk and network use of ${an} over time.`,
    route: `GET /nodes/{node}/${type}/{vmid}/rrddata` as const,
    params: { timeframe: "" },
    inputs: { raw: { schema: { type: "boolean" } } },
    answer: seriesAnswer,
  });
}
