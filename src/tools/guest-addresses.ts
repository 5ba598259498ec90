import { isIP } from "node:net";
import { flag, type Json, type Row, record, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { quoted } from "../render/foreign.ts";
import type { GuestType } from "./guest-kinds.ts";
import { address } from "./guest-kinds.ts";
import type { ToolCall } from "./tool.ts";

/** How long a guest may take to tell its addresses, in milliseconds: PVE itself waits 3 s for an agent. */
const PATIENCE_MS = 2_000;

/** Where a guest's addresses are asked for, by its type. */
export const ADDRESS_ROUTE = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces",
  lxc: "GET /nodes/{node}/lxc/{vmid}/interfaces",
} as const;

/** Addresses as `eth0 10.0.0.5/24`, or why there are none. */
export interface Addresses {
  readonly found: readonly string[];
  readonly problem?: string;
}

/** The addresses a running guest reports. Never throws for what PVE or the guest answers. */
export async function guestAddresses(type: GuestType, status: Row, call: ToolCall): Promise<Addresses> {
  if (type === "qemu") {
    if (!flag(status, "agent")) return none("guest agent not enabled");
    const qmp = str(status, "qmpstatus") ?? "running";
    if (qmp !== "running") return none(`the VM is ${qmp}`);
  }
  try {
    const { data } = await call.pve.call(ADDRESS_ROUTE[type], address(call), { timeoutMs: PATIENCE_MS });
    const found = addressesOf(data);
    return found.length > 0 ? { found } : none("the guest reports none but loopback and link-local");
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    return none(reason(type, error));
  }
}

const none = (problem: string): Addresses => ({ found: [], problem });

function reason(type: GuestType, { kind, message, detail }: PveError): string {
  if (/guest agent is not running/i.test(message)) return "guest agent not running";
  if (/no qemu guest agent configured/i.test(message)) return "guest agent not enabled";
  if (kind === "timeout") {
    const late = `no answer within ${PATIENCE_MS / 1000} s`;
    return type === "qemu" ? `guest agent not running (${late})` : late;
  }
  if (kind === "permission" && detail.privilege) {
    return `the token lacks ${detail.privilege.split("|").join(" or ")} on ${detail.aclPath}`;
  }
  // The agent words its errors itself.
  return quoted(message);
}

/**
 * Addresses out of the agent's `{ result: [...] }` or a container's list of interfaces; loopback and link-local ones
 * are left out. What is no address is dropped: a guest may report anything.
 */
export function addressesOf(data: Json): readonly string[] {
  const interfaces = Array.isArray(data) ? rows(data) : rows(record(data).result);
  return interfaces.flatMap((one) => {
    const name = (str(one, "name") ?? "").replace(/[^\w.:@ -]/g, "").slice(0, 24);
    return cidrs(one)
      .filter(isReachable)
      .map((cidr) => `${name} ${cidr}`.trim());
  });
}

/** Containers of PVE 8 name their addresses `inet` and `inet6`, as CIDRs. */
function cidrs(one: Row): readonly string[] {
  const listed = rows(one["ip-addresses"]).map((ip) => {
    const prefix = str(ip, "prefix");
    return `${str(ip, "ip-address") ?? ""}${prefix === undefined ? "" : `/${prefix}`}`;
  });
  return listed.length > 0 ? listed : ["inet", "inet6"].flatMap((key) => str(one, key) ?? []);
}

function isReachable(cidr: string): boolean {
  if (!/^[0-9A-Fa-f.:]+(\/\d{1,3})?$/.test(cidr)) return false;
  const ip = cidr.split("/")[0] ?? "";
  return isIP(ip) !== 0 && !/^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/i.test(ip);
}
