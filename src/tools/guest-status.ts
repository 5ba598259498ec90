import { flag, list, num, type Row, record, str } from "../pve/data.ts";
import type { Answer, Block, Fact } from "../render/answer.ts";
import { factsOf } from "./answers.ts";
import { tool } from "./define.ts";
import { ADDRESS_ROUTE, type Addresses, guestAddresses } from "./guest-addresses.ts";
import { type GuestType, guestPlace, KINDS } from "./guest-kinds.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

type Wanted = Omit<Fact, "value"> & {
  /** What means nothing for a stopped guest. */
  readonly live?: true;
  readonly only?: GuestType;
};

const FACTS: readonly Wanted[] = [
  { key: "uptime", format: "duration", live: true },
  { key: "cpu", label: "CPU", format: "percent", live: true },
  { key: "cpus", label: "cores" },
  { key: "mem", label: "memory used", format: "bytes", live: true },
  { key: "maxmem", label: "memory", format: "bytes" },
  { key: "balloon", label: "balloon", format: "bytes", live: true },
  { key: "swap", label: "swap used", format: "bytes", live: true },
  { key: "maxswap", label: "swap", format: "bytes" },
  { key: "disk", label: "root disk used", format: "bytes", live: true, only: "lxc" },
  { key: "maxdisk", label: "root disk", format: "bytes" },
  { key: "diskread", label: "disk read", format: "bytes", live: true },
  { key: "diskwrite", label: "disk written", format: "bytes", live: true },
  { key: "netin", label: "network in", format: "bytes", live: true },
  { key: "netout", label: "network out", format: "bytes", live: true },
];

/** Many interfaces (a container host) say little more than the first of them. */
const MOST_ADDRESSES = 16;

function state(status: Row): string {
  const words = [str(status, "status") ?? "in an unknown state"];
  const qmp = str(status, "qmpstatus");
  const lock = str(status, "lock");
  if (flag(status, "template")) words.push("a template");
  if (qmp !== undefined && qmp !== words[0]) words.push(qmp);
  if (lock !== undefined) words.push(`locked (${lock})`);
  return words.join(", ");
}

function statusAnswer(
  type: GuestType,
  status: Row,
  addresses: Addresses | undefined,
  call: ToolCall,
): Answer {
  const running = addresses !== undefined;
  const wanted = FACTS.filter(
    ({ key, live, only }) =>
      (running || !live) &&
      (only === undefined || only === type) &&
      !(key === "balloon" && num(status, "balloon") === num(status, "maxmem")) &&
      !(key.endsWith("swap") && num(status, "maxswap") === 0),
  );
  const ha = record(status.ha);
  const found = addresses?.found ?? [];
  const facts: Fact[] = [
    ...(found.length > 0
      ? [
          {
            key: "addresses",
            label: "IP addresses",
            value: found.slice(0, MOST_ADDRESSES),
            long: true,
          } as const,
        ]
      : []),
    ...factsOf(
      status,
      wanted.map(({ live: _live, only: _only, ...fact }) => fact),
    ),
    { key: "ha", label: "HA", value: flag(ha, "managed") ? (str(ha, "state") ?? "managed") : undefined },
    { key: "tags", value: list(str(status, "tags")) },
  ];
  const blocks: Block[] = [{ kind: "facts", facts }];
  if (addresses?.problem) blocks.push({ kind: "note", text: `No IP addresses: ${addresses.problem}.` });
  if (found.length > MOST_ADDRESSES)
    blocks.push({ kind: "note", text: `${found.length - MOST_ADDRESSES} more IP addresses.` });
  return { headline: `${guestPlace(call)} is ${state(status)}.`, blocks };
}

async function guestStatus(type: GuestType, call: ToolCall): Promise<Answer> {
  const status = record((await call.send()).data);
  const addresses =
    str(status, "status") === "running" ? await guestAddresses(type, status, call) : undefined;
  return statusAnswer(type, status, addresses, call);
}

/** The tool that tells a guest's state, load and addresses. */
export function statusTool(type: GuestType): ToolSpec {
  const { noun } = KINDS[type];
  return tool({
    name: `pve_get_${type}_status`,
    title: `${type === "qemu" ? noun : "Container"} status`,
    tier: "read-only",
    description: `State, load and IP addresses of ${KINDS[type].an}.`,
    route: `GET /nodes/{node}/${type}/{vmid}/status/current` as const,
    reads: [ADDRESS_ROUTE[type]],
    run: (call) => guestStatus(type, call),
  });
}
