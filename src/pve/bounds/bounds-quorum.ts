import { decideObject } from "../../policy/bounds-decision.ts";
import { flag, num, rows, str } from "../data.ts";
import { PveError } from "../errors.ts";
import { type Court, judgeEveryGuest, judgeGuestsOfNode, type Verdict } from "./bounds-guests.ts";
import type { LookUps } from "./bounds-look-up.ts";

/** A node's votes, and whether it takes part now. */
interface Voter {
  readonly node: string;
  readonly votes: number;
  readonly online: boolean;
}

/** Every node's votes, none outside a cluster; undefined where they cannot be seen. */
async function votersOf(look: LookUps): Promise<readonly Voter[] | undefined> {
  try {
    const config = rows(await look.get("GET /cluster/config/nodes"));
    const online = new Set(
      rows(await look.get("GET /cluster/status"))
        .filter((row) => str(row, "type") === "node" && flag(row, "online"))
        .map((row) => str(row, "name")),
    );
    const voters = config.flatMap((row) => {
      const node = str(row, "node");
      return node === undefined
        ? []
        : [{ node, votes: num(row, "quorum_votes") ?? 1, online: online.has(node) }];
    });
    return voters.length === config.length ? voters : undefined;
  } catch (error) {
    if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
    return undefined;
  }
}

/**
 * A node drops out of the cluster, and so may every other one that the setting leaves open: not one after the other,
 * as their going does not show at once. Where the rest would not be quorate then, HA ends every guest's node.
 */
export async function judgeQuorum(court: Court): Verdict {
  const voters = await votersOf(court.look);
  if (voters !== undefined) {
    if (voters.length <= 1) return undefined;
    const open = await Promise.all(voters.map(({ node }) => isOpen(court, node)));
    const all = voters.reduce((sum, { votes }) => sum + votes, 0);
    const rest = voters.reduce((sum, { votes, online }, at) => (online && !open[at] ? sum + votes : sum), 0);
    if (rest > all / 2) return undefined;
  }
  const refused = await judgeEveryGuest(court, { kind: "every-guest", but: [], how: "change" });
  return refused && { ...refused, message: `${refused.message} ${LOST}` };
}

const LOST = "Without such nodes the cluster may lose its quorum, and HA then ends what runs.";

/** Could this node be taken out of the cluster, as far as the setting goes? */
async function isOpen(court: Court, name: string): Promise<boolean> {
  const asNode = decideObject(court.setting, { kind: "node", name, how: "change" });
  if (asNode) return false;
  return (
    (await judgeGuestsOfNode(court, { kind: "guests-of-node", name, but: [], how: "change" })) === undefined
  );
}
