import { capital, listed } from "../wording.ts";
import { remoteAddress } from "./address.ts";
import { type Decision, decide } from "./decision.ts";
import type { Firewall } from "./state.ts";

const PORTS: readonly (readonly [port: number, what: string])[] = [
  [8006, "port 8006 (API and web interface)"],
  [22, "SSH (port 22)"],
];

/** What a change comes to for one port of one node, as a sentence without its place. */
function verdict(before: Decision, after: Decision, what: string, from: string): string {
  const { verdict: then, why } = after;
  if (then === "unknown")
    return before.basis === after.basis
      ? `${what}: nothing changes for ${from}; whether it is let in cannot be told.`
      : `${what} from ${from}: cannot be told, ${why}.`;
  if (then === "accept") {
    const how =
      before.verdict === "accept"
        ? "stays reachable"
        : before.verdict === "block"
          ? "becomes reachable"
          : "is reachable";
    return `${what} ${how} from ${from}: ${why}.`;
  }
  return before.verdict === "block"
    ? `${what} is blocked from ${from}, before and after: ${why}.`
    : `${what} would be CUT OFF from ${from}: ${why}.`;
}

/**
 * Whether port 8006 and ssh of the nodes stay reachable from where this server calls, before and after a change; nodes
 * for which it is the same share a sentence. Cut-offs come first.
 */
export function reachPoints(
  before: Firewall,
  after: Firewall,
  address: string | undefined,
): readonly string[] {
  const own = remoteAddress(address);
  const from = own ?? "an address outside the cluster's own network";
  const said = PORTS.flatMap(([port, what]) => {
    const nodesBy = new Map<string, string[]>();
    for (const [at, node] of after.nodes.entries()) {
      const was = before.nodes[at] ?? node;
      const text = verdict(
        decide(before.cluster, was, own, port),
        decide(after.cluster, node, own, port),
        what,
        from,
      );
      nodesBy.set(text, [...(nodesBy.get(text) ?? []), node.node]);
    }
    return [...nodesBy].map(([text, nodes]) =>
      nodes.length === after.nodes.length && (nodes.length > 1 || before.nodes.length > 1)
        ? capital(text)
        : `On ${listed(nodes)}: ${text}`,
    );
  });
  const cut = said.filter((text) => text.includes("CUT OFF"));
  return [
    ...cut,
    ...(cut.length > 0 ? ["Connections that are open go on; new ones do not come through."] : []),
    ...said.filter((text) => !text.includes("CUT OFF")),
    ...(after.others.length > 0 ? [`Not looked at: ${listed(after.others)}.`] : []),
    ...(after.nodes.length === 0
      ? ["Whether the nodes stay reachable cannot be told: no node could be read."]
      : []),
  ];
}
