import type { Point } from "./point.ts";
import type { Hidden, ReadRoute } from "./topic.ts";
import { counted, listed } from "./wording.ts";

/** What the lines of a list are; "object" where they are of several kinds. */
const NOUNS: { readonly [R in ReadRoute]?: string } = {
  "GET /cluster/backup": "backup job",
  "GET /cluster/backup-info/not-backed-up": "guest",
  "GET /cluster/ha/resources": "HA resource",
  "GET /cluster/ha/rules": "HA rule",
  "GET /cluster/replication": "replication job",
  "GET /cluster/tasks": "task",
  "GET /nodes": "node",
  "GET /nodes/{node}/lxc": "guest",
  "GET /nodes/{node}/qemu": "guest",
  "GET /nodes/{node}/replication": "replication job",
  "GET /nodes/{node}/storage": "storage",
  "GET /nodes/{node}/storage/{storage}/content": "volume",
  "GET /nodes/{node}/storage/{storage}/prunebackups": "backup",
  "GET /nodes/{node}/tasks": "task",
  "GET /pools": "pool",
  "GET /storage": "storage",
};
const RESOURCES: Readonly<Record<string, string>> = { vm: "guest", storage: "storage", node: "node" };

const nounOf = ({ route, params }: Hidden): string =>
  (route === "GET /cluster/resources" ? RESOURCES[String(params.type)] : NOUNS[route]) ?? "object";

/** The point that says what PVE_ALLOWED hides, before all others; the same may have been hidden in several lists. */
export function hiddenPoints(hidden: readonly Hidden[]): readonly Point[] {
  const most = new Map<string, number>();
  for (const one of hidden) most.set(nounOf(one), Math.max(one.count, most.get(nounOf(one)) ?? 0));
  if (most.size === 0) return [];
  const counts = [...most]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([noun, count]) => counted(count, noun));
  const [first] = most.values();
  const verb = most.size === 1 && first === 1 ? "is" : "are";
  return [
    `${listed(counts)} outside PVE_ALLOWED ${verb} not told here; what follows holds for the rest, and says nothing of them.`,
  ];
}
