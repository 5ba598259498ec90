import { type Json, type Row, record, str } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { foreignMark } from "../render/foreign.ts";
import { cell } from "./answers.ts";
import { argument } from "./argument.ts";
import { changes, lookAfter } from "./compare.ts";
import { flat, propertyText } from "./flat.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

/** Datacenter options as PVE has them set; defaults are not listed. */
export function optionsAnswer(data: Json): Answer {
  // The tags allowed follow from registered-tags and user-tag-access.
  const { description, "allowed-tags": _, ...rest } = record(data);
  const facts = Object.entries(flat(rest)).flatMap(([key, value]) => {
    const shown = cell(value);
    return shown === undefined || (Array.isArray(shown) && shown.length === 0)
      ? []
      : [{ key, value: shown, ...foreignMark(key, shown) }];
  });
  const blocks: Block[] = [{ kind: "facts", facts }];
  if (typeof description === "string" && description !== "") {
    blocks.push({ kind: "untrusted", source: "notes of the datacenter", text: description });
  }
  return {
    headline: `${facts.length} datacenter ${facts.length === 1 ? "option is" : "options are"} set; the others have PVE's defaults.`,
    blocks,
  };
}

/** `migration_unsecure`, long replaced by `migration`: PVE ignores it where `migration` is set already. */
function migration(call: ToolCall, before: Row): Record<string, unknown> {
  const unsecure = call.input.migration_unsecure;
  if (unsecure === undefined) return {};
  if (argument(call, "migration") !== undefined) {
    throw new Refusal(
      "migration_unsecure and migration were both given; migration (type=secure or type=insecure) alone does.",
    );
  }
  const known = propertyText(before.migration);
  const network = typeof known === "string" ? /(?:^|,)(network=[^,]+)/.exec(known)?.[1] : undefined;
  const type = `type=${unsecure === true ? "insecure" : "secure"}`;
  return {
    migration_unsecure: undefined,
    migration: network === undefined ? type : `${type},${network}`,
  };
}

/** Changes datacenter options. PVE has no digest for them: they are read right before and after. */
export async function updateOptions(call: ToolCall): Promise<Answer> {
  const { params, ...listed } = call.input;
  if (Object.keys({ ...listed, ...record(params) }).length === 0) {
    throw new Refusal("No option was given: name what to set, or what to unset in delete.");
  }
  const look = async () => record((await call.pve.call("GET /cluster/options", {})).data);
  const before = await look();
  const replaced = migration(call, before);
  await call.send(replaced);
  const after = await lookAfter(look);
  const mapped = str(replaced as Row, "migration");
  return {
    headline: "Datacenter options updated.",
    blocks: [
      ...changes(call, flat(before), after && flat(after)),
      ...(mapped === undefined
        ? []
        : [{ kind: "note", text: `migration_unsecure was sent as migration: ${mapped}.` } as const]),
    ],
  };
}
