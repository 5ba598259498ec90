import { stat } from "node:fs/promises";
import type { Safety } from "../../config/config.ts";
import type { BoundSetting, Refused } from "../../policy/bounds-decision.ts";
import { classify, isClassified } from "../../policy/effect.ts";
import { LISTS } from "../../policy/touches/touch-rows.ts";
import { touches } from "../../policy/touches/touches.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { type Json, rows } from "../data.ts";
import { PveError } from "../errors.ts";
import type { Guard } from "../guard.ts";
import type { Reply } from "../reply.ts";
import { type Court, firstRefusal, type Verdict } from "./bounds-guests.ts";
import { judgeAll } from "./bounds-judge.ts";
import { LookUps } from "./bounds-look-up.ts";

/** What a guard needs from outside. */
export interface BoundsGuardOptions {
  /** Resolves when the file exists and rejects with Node's error otherwise; absent: the file system is asked. */
  readonly stat?: (path: string) => Promise<unknown>;
  /** `user@realm!name` of the token: its own tasks may be followed whatever PVE_ALLOWED says. */
  readonly tokenId?: string;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * What PVE_PROTECTED, PVE_ALLOWED and PVE_FREEZE_FILE make of every call, by its route and arguments; undefined when
 * none of them is set. Its refusals are PveErrors of kind "refused"; a call that cannot be judged is refused, too.
 */
export function createBoundsGuard(
  safety: Pick<Safety, "protected" | "allowed" | "freezeFile">,
  options: BoundsGuardOptions = {},
): Guard | undefined {
  const { freezeFile, allowed } = safety;
  if (safety.protected.length === 0 && allowed === undefined && freezeFile === undefined) return undefined;
  const protecting: BoundSetting | undefined =
    safety.protected.length > 0 ? { name: "PVE_PROTECTED", bounds: safety.protected } : undefined;
  const allowing: BoundSetting | undefined = allowed && { name: "PVE_ALLOWED", bounds: allowed };
  const exists = options.stat ?? stat;
  const court = (setting: BoundSetting, look: LookUps): Court => ({
    setting,
    look,
    ...(options.tokenId === undefined ? {} : { tokenId: options.tokenId }),
  });

  return {
    async admit(read, route, params, signal, beyond = false) {
      const reads = !beyond && classify(route, params).effect === "read";
      if (!reads && freezeFile !== undefined && (await isFrozen(freezeFile, exists)))
        throw refusal(route, FROZEN);
      const settings = [...(protecting && !reads ? [protecting] : []), ...(allowing ? [allowing] : [])];
      if (settings.length === 0) return;
      if (beyond || !isClassified(route)) throw refusal(route, unclassified(settings));
      const look = new LookUps(read, signal);
      const touched = touches(route, params);
      const refused = await firstRefusal(
        settings.map((setting) => looking(setting, () => judgeAll(court(setting, look), touched))),
      );
      if (refused) throw refusal(route, refused);
    },

    async filter(read, route, params, reply, signal) {
      if (!allowing) return reply;
      return withinBounds(
        court(allowing, new LookUps(read, signal, seenIn(route, params, reply))),
        route,
        params,
        reply,
      );
    },
  };
}

const FROZEN: Refused = {
  message: "The operator has frozen changes (PVE_FREEZE_FILE exists).",
  allows: "The operator would have to remove the file.",
};

const unclassified = (settings: readonly BoundSetting[]): Refused => ({
  message: `What this operation reaches is not known, and ${settings.map(({ name }) => name).join(" and ")} bounds what may be reached.`,
  allows: "It would be allowed if neither PVE_PROTECTED nor PVE_ALLOWED were set.",
});

/** Only a file that certainly does not exist leaves changes alone. */
async function isFrozen(path: string, exists: (path: string) => Promise<unknown>): Promise<boolean> {
  try {
    await exists(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

const refusal = (route: string, { message, allows }: Refused): PveError =>
  new PveError("refused", message, { route, allows });

/** A look-up that fails is a refusal; only a call that was cancelled is no longer anybody's question. */
async function looking(setting: BoundSetting, judged: () => Verdict): Verdict {
  try {
    return await judged();
  } catch (error) {
    if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
    return couldNotCheck(setting, error);
  }
}

const couldNotCheck = ({ name }: BoundSetting, { message }: PveError): Refused => ({
  message: `${name} could not be checked: ${message}`,
  allows: "It is looked up anew at the next call.",
});

/** An answer that shows the guests is the inventory of the decision about it. */
function seenIn(route: string, params: Params, { data }: Reply): Json | undefined {
  const type = params.type;
  return route === "GET /cluster/resources" && (type === undefined || type === null || type === "vm")
    ? data
    : undefined;
}

/** A list without the lines that tell of anything outside; everything else has been admitted as a whole. */
async function withinBounds(court: Court, route: string, params: Params, reply: Reply): Promise<Reply> {
  const objects = LISTS[route as Route];
  if (!objects || reply.data === null) return reply;
  if (!Array.isArray(reply.data))
    throw refusal(route, {
      message: "The answer is no list, so PVE_ALLOWED cannot be checked.",
      allows: "It would be allowed if PVE_ALLOWED were not set.",
    });
  const lines = rows(reply.data);
  const refused = await Promise.all(lines.map((line) => judgeAll(court, objects(line, params)))).catch(
    (error: unknown) => {
      if (!(error instanceof PveError) || error.kind === "cancelled") throw error;
      throw refusal(route, couldNotCheck(court.setting, error));
    },
  );
  const data = lines.filter((_, at) => refused[at] === undefined);
  const hidden = reply.data.length - data.length;
  if (hidden === 0) return reply;
  // Its length would tell of what is not shown.
  const { total: _, ...rest } = reply;
  return { ...rest, data, hidden };
}
