import { flag, list, num, type Row, str } from "../pve/data.ts";
import type { Answer, Column } from "../render/answer.ts";
import { type Cells, listAnswer } from "./answers.ts";
import { tool } from "./define.ts";
import { type GuestType, KINDS } from "./guest-kinds.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

const INVENTORY = "GET /cluster/resources";

const COLUMNS: readonly Column[] = [
  { key: "vmid", label: "VMID" },
  { key: "name" },
  { key: "node" },
  { key: "status" },
  { key: "template", format: "flag" },
  { key: "lock" },
  { key: "cpu", label: "CPU", format: "percent" },
  { key: "cores" },
  { key: "mem", label: "memory", format: "bytes", of: "maxmem" },
  { key: "disk", format: "bytes", of: "maxdisk" },
  { key: "uptime", format: "duration" },
  { key: "tags" },
];

/** A row of GET /nodes/{node}/qemu or lxc, or of GET /cluster/resources; other guests are left out. */
function guestCells(type: GuestType, row: Row, everywhere: boolean): Cells | undefined {
  if (everywhere && str(row, "type") !== type) return undefined;
  const running = str(row, "status") === "running";
  const size = num(row, "maxdisk");
  return {
    vmid: num(row, "vmid"),
    name: str(row, "name"),
    node: everywhere ? str(row, "node") : undefined,
    status: str(row, "status"),
    template: flag(row, "template") || undefined,
    lock: str(row, "lock"),
    cpu: running ? num(row, "cpu") : undefined,
    cores: num(row, "cpus") ?? num(row, "maxcpu"),
    mem: num(row, "mem"),
    maxmem: num(row, "maxmem"),
    // PVE does not know how full a VM's disks are: its size stands alone.
    disk: type === "lxc" && running ? num(row, "disk") : size,
    maxdisk: type === "lxc" && running ? size : undefined,
    uptime: running ? num(row, "uptime") : undefined,
    tags: list(str(row, "tags")),
  };
}

async function listGuests(type: GuestType, call: ToolCall): Promise<Answer> {
  const node = str(call.input, "node");
  const { noun, plural } = KINDS[type];
  const reply = node === undefined ? await call.pve.call(INVENTORY, { type: "vm" }) : await call.send();
  const answer = listAnswer({
    one: noun,
    many: plural,
    sort: "vmid",
    where: () => (node === undefined ? "in the cluster" : `on ${node}`),
    columns: COLUMNS,
    row: (row) => guestCells(type, row, node === undefined),
    empty:
      node === undefined
        ? "A token sees only guests on which it has VM.Audit."
        : "Without node, those of all nodes are listed; a token sees only guests on which it has VM.Audit.",
  });
  return answer(reply, call);
}

/** The tool that lists the guests of one type, of a node or of all. */
export function listTool(type: GuestType): ToolSpec {
  const { plural } = KINDS[type];
  return tool({
    name: `pve_list_${type}_${type === "qemu" ? "vms" : "containers"}`,
    title: `List ${plural}`,
    tier: "read-only",
    description: `${type === "qemu" ? "VMs" : "Containers"} of a node, or of all nodes.`,
    route: `GET /nodes/{node}/${type}` as const,
    reads: [INVENTORY],
    params: { node: { required: false } },
    paged: true,
    run: (call) => listGuests(type, call),
  });
}
