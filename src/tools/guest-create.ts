import { str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { isUpid } from "../pve/jobs/upid.ts";
import type { Reply } from "../pve/reply.ts";
import type { Answer } from "../render/answer.ts";
import { taskAnswer } from "./answers.ts";
import { type GuestType, guestLabel, guestPlace } from "./guest-kinds.ts";
import type { ToolCall, ToolSpec } from "./tool.ts";

const NEXT_ID = "GET /cluster/nextid";
/** How often a VMID that someone else took in the meantime is replaced by the next. */
const ATTEMPTS = 5;

interface Created {
  readonly vmid: string;
  readonly reply: Reply;
}

/**
 * Sends the call with the VMID it names, or with the cluster's next free one. A free one that is taken before PVE has
 * it is replaced, five times at most; a VMID the caller chose never is.
 */
async function withVmid(call: ToolCall, param: "vmid" | "newid"): Promise<Created> {
  const chosen = call.input[param];
  if (chosen !== undefined && chosen !== null) return { vmid: String(chosen), reply: await call.send() };
  let last: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const { data } = await call.pve.call(NEXT_ID, {});
    const vmid = String(data);
    try {
      return { vmid, reply: await call.send({ [param]: Number(vmid) }) };
    } catch (error) {
      // The same VMID again: it is not a guest that is in the way.
      if (attempt === ATTEMPTS || vmid === last || !taken(error)) throw error;
      last = vmid;
    }
  }
}

const taken = (error: unknown): boolean =>
  error instanceof PveError && (error.kind === "exists" || /already exists/.test(error.message));

function createdAnswer({ vmid, reply }: Created, what: string): Answer {
  const facts = [{ key: "vmid", label: "VMID", value: Number(vmid) }];
  return isUpid(reply.data)
    ? taskAnswer(reply.data, what, { facts })
    : { headline: what, blocks: [{ kind: "facts", facts }] };
}

/** A tool that makes a guest under `param`'s VMID, one that is found when none is given; `what` it says of it. */
function making(
  type: GuestType,
  param: "vmid" | "newid",
  what: (call: ToolCall, guest: string) => string,
): Pick<ToolSpec, "reads" | "run" | "more"> {
  const nameKey = type === "qemu" ? "name" : "hostname";
  return {
    reads: [NEXT_ID],
    more: true,
    run: async (call) => {
      const created = await withVmid(call, param);
      const guest = guestLabel({ type, vmid: created.vmid, name: str(call.input, nameKey) });
      return createdAnswer(created, what(call, guest));
    },
  };
}

/** How a guest of a type is created, with a VMID that is found when none is given. */
export const creation = (type: GuestType) =>
  making(type, "vmid", (call, guest) => `Creation of ${guest} on ${str(call.input, "node")}.`);

/** How a guest of a type is cloned, to a VMID that is found when none is given. */
export const cloning = (type: GuestType) =>
  making(type, "newid", (call, guest) => {
    const target = str(call.input, "target");
    return `Clone of ${guestPlace(call)} to ${guest}${target === undefined ? "" : ` on ${target}`}.`;
  });
