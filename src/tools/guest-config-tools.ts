import { flag, list, type Row, record, rows, str } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { configBlocks, type PendingEntry } from "../render/guest-config.ts";
import { lookAfter } from "./compare.ts";
import { tool } from "./define.ts";
import { address, type GuestType, guestPlace, KINDS } from "./guest-kinds.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

const pendingRoute = (type: GuestType) => `GET /nodes/{node}/${type}/{vmid}/pending` as const;

const entries = (data: Row[string]): readonly PendingEntry[] =>
  rows(data).map((row) => ({ ...row, key: str(row, "key") ?? "" }));

const waits = (entry: PendingEntry): boolean => entry.pending !== undefined || Number(entry.delete ?? 0) > 0;

async function showConfig(type: GuestType, call: ToolCall): Promise<Answer> {
  const where = address(call);
  // Without `current` PVE shows pending values as if they were in force.
  const [config, pending] = await Promise.all([
    call.send({ current: true }).then(({ data }) => record(data)),
    call.pve.call(pendingRoute(type), where).then(({ data }) => entries(data)),
  ]);
  const waiting = pending.filter(waits).length;
  const but = waiting > 0 ? `; ${waiting} pending ${waiting === 1 ? "change" : "changes"}` : "";
  const template = flag(config, "template") ? " (a template)" : "";
  return {
    headline: `Configuration of ${guestPlace(call)}${template}${but}.`,
    blocks: configBlocks(config, pending, { type, vmid: where.vmid }),
  };
}

/** The tool that shows a guest's configuration and the changes that wait for its next start. */
export function configTool(type: GuestType): ToolSpec {
  return tool({
    name: `pve_get_${type}_config`,
    title: `${type === "qemu" ? "VM" : "Container"} configuration`,
    tier: "read-only",
    description: `Configuration of ${KINDS[type].an} and its pending changes.`,
    route: `GET /nodes/{node}/${type}/{vmid}/config` as const,
    reads: [pendingRoute(type)],
    run: (call) => showConfig(type, call),
  });
}

/** Arguments of an update that are no settings of the guest. */
const NO_SETTING = new Set([
  "node",
  "vmid",
  "params",
  "digest",
  "delete",
  "revert",
  "force",
  "skiplock",
  "background_delay",
  "import-working-storage",
]);

interface Change {
  readonly set: readonly string[];
  readonly deleted: readonly string[];
  readonly reverted: readonly string[];
}

function changeOf(call: ToolCall): Change {
  const given = Object.keys({ ...call.input, ...record(call.input.params) });
  return {
    set: given.filter((name) => !NO_SETTING.has(name)),
    deleted: list(str(call.input, "delete")),
    reverted: list(str(record(call.input.params), "revert")),
  };
}

function sentence({ set, deleted, reverted }: Change, waiting: readonly string[]): string {
  const parts = [
    [set, "set"],
    [deleted, "deleted"],
    [reverted, "no longer pending"],
  ] as const;
  const done = parts
    .filter(([names]) => names.length > 0)
    .map(([names, what]) => `${names.join(", ")} ${what}`);
  if (waiting.length > 0)
    done.push(`${waiting.join(", ")} ${waiting.length === 1 ? "waits" : "wait"} for a restart`);
  return done.join("; ");
}

/** Why an update would change nothing, with what was given although it changes nothing by itself. */
function nothingToChange(call: ToolCall): string {
  const alone = Object.keys(record(call.input.params)).filter((name) => NO_SETTING.has(name));
  const wanted = "give a setting and its new value, or delete.";
  if (alone.length === 0) return `There is nothing to change: ${wanted}`;
  // PVE::API2::Qemu update_vm: skiplock is root's own.
  const root = alone.includes("skiplock")
    ? " PVE takes skiplock from root@pam itself alone, from no token."
    : "";
  return `${alone.join(", ")} alone ${alone.length === 1 ? "changes" : "change"} nothing: ${wanted}${root}`;
}

async function updateConfig(type: GuestType, call: ToolCall): Promise<Answer> {
  const change = changeOf(call);
  const concerned = new Set([...change.set, ...change.deleted, ...change.reverted]);
  if (concerned.size === 0) {
    throw new Refusal(nothingToChange(call));
  }
  await call.send();
  const where = address(call);
  const after = await lookAfter(async () => entries((await call.pve.call(pendingRoute(type), where)).data));
  if (!after) {
    return {
      headline: `${guestPlace(call)}: ${sentence(change, [])}.`,
      blocks: [{ kind: "note", text: "The configuration could not be read back." }],
    };
  }
  const mine = after.filter(({ key }) => concerned.has(key) && key !== "description");
  const waiting = mine.filter(waits);
  const now = Object.fromEntries(
    after
      .filter((entry) => entry.key === "digest" || (mine.includes(entry) && !waits(entry)))
      .map(({ key, value }) => [key, value]),
  );
  const blocks: readonly Block[] = configBlocks(now, waiting, { type, vmid: where.vmid });
  const keys = waiting.map(({ key }) => key);
  return {
    headline: `${guestPlace(call)}: ${sentence(change, keys)}.`,
    blocks,
    ...(keys.length > 0
      ? { next: [`pve_reboot_${KINDS[type].tool} restarts it with the pending changes.`] }
      : {}),
  };
}

/** How a guest's configuration is changed: by the endpoint that answers when it is done. */
export function updating(type: GuestType): Pick<ToolSpec, "reads" | "run" | "more" | "idempotent"> {
  return {
    reads: [pendingRoute(type)],
    more: true,
    // "scsi1: local-lvm:8" makes a new disk each time.
    idempotent: false,
    run: (call) => updateConfig(type, call),
  };
}
