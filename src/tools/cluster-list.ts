import type { Answer, Block } from "../render/answer.ts";
import { tool } from "./define.ts";
import type { ClusterStanding, ToolCall } from "./tool.ts";

async function listClusters(call: ToolCall): Promise<Answer> {
  const all = await call.clusters();
  const lost = all.filter(({ trouble }) => trouble !== undefined);
  const names = lost.map(({ name }) => name).join(", ");
  const notes = lost.map(({ name, trouble }): Block => ({ kind: "note", text: `${name}: ${trouble}` }));
  return {
    headline: `${all.length} clusters${lost.length === 0 ? ", all answer" : `; no answer from ${names}`}.`,
    blocks: [
      {
        kind: "table",
        columns: [
          { key: "name", label: "cluster" },
          { key: "tier" },
          { key: "pve", label: "PVE" },
          { key: "state" },
          { key: "default", format: "flag" },
          { key: "address" },
          { key: "protected" },
        ],
        rows: all.map(row),
      },
      ...notes,
    ],
    next: ["Name one of them as cluster in a call."],
  };
}

const row = ({ name, tier, version, trouble, isDefault, address, protected: kept }: ClusterStanding) => ({
  name,
  tier,
  pve: version,
  state: trouble === undefined ? "answers" : "no answer",
  default: isDefault ? true : undefined,
  address,
  protected: kept.join(", "),
});

/** Which clusters there are, where there are several. */
export const listClustersTool = tool({
  name: "pve_list_clusters",
  title: "List clusters",
  tier: "read-only",
  description: "List the clusters that calls can name, with state and tier.",
  route: "GET /version",
  closes: [],
  needs: "clusters",
  run: listClusters,
});
