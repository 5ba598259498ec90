import type { Route } from "../routes.gen.ts";
import { AGENT_SUMMARIES } from "./summaries-agent.ts";
import { CEPH_SUMMARIES } from "./summaries-ceph.ts";
import { LXC_SUMMARIES } from "./summaries-lxc.ts";
import { NODE_FIREWALL_SUMMARIES } from "./summaries-node-firewall.ts";
import { NODE_NETWORK_SUMMARIES } from "./summaries-node-network.ts";
import { NODE_STORAGE_SUMMARIES } from "./summaries-node-storage.ts";
import { NODE_SYSTEM_SUMMARIES } from "./summaries-node-system.ts";
import { QEMU_SUMMARIES } from "./summaries-qemu.ts";

/** One line of what it does for every operation under /nodes: the compiler demands each. */
export const NODE_SUMMARIES = {
  ...NODE_SYSTEM_SUMMARIES,
  ...NODE_NETWORK_SUMMARIES,
  ...NODE_FIREWALL_SUMMARIES,
  ...NODE_STORAGE_SUMMARIES,
  ...CEPH_SUMMARIES,
  ...QEMU_SUMMARIES,
  ...AGENT_SUMMARIES,
  ...LXC_SUMMARIES,
} as const satisfies Record<Extract<Route, `${string} /nodes${string}`>, string>;
