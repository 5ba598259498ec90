import { str } from "../pve/data.ts";
import type { ToolCall } from "./tool.ts";

/** VM or container, as PVE's paths have it. */
export type GuestType = "qemu" | "lxc";

/** The words in which tools of VMs and of containers differ. */
export const KINDS = {
  qemu: { noun: "VM", plural: "VMs", an: "a VM", label: "VM", tool: "qemu_vm" },
  lxc: {
    noun: "container",
    plural: "containers",
    an: "a container",
    label: "CT",
    tool: "lxc_container",
  },
} as const;

/** "VM 101 (web1)" for sentences. */
export function guestLabel(guest: {
  readonly type: GuestType;
  readonly vmid: number | string;
  readonly name?: string | undefined;
}): string {
  const label = `${KINDS[guest.type].label} ${guest.vmid}`;
  return guest.name ? `${label} (${guest.name})` : label;
}

/** "VM 101 (web1) on pve1" for sentences. */
export const guestPlace = ({ guest, input }: ToolCall): string =>
  guest ? `${guestLabel(guest)} on ${guest.node}` : `guest ${str(input, "vmid") ?? ""}`.trim();

/** Where the call's guest is, as its routes want it. */
export function address(call: ToolCall): { node: string; vmid: number } {
  if (!call.guest) throw new Error(`${call.tool.name} was called without its guest`);
  return { node: call.guest.node, vmid: call.guest.vmid };
}
