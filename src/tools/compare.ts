import { callAny } from "../pve/client.ts";
import { type Row, record } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block, Cell, Format } from "../render/answer.ts";
import { foreignMark, isForeign } from "../render/foreign.ts";
import { REDACTED } from "../render/redact-patterns.ts";
import { asFlag } from "../render/units.ts";
import { endpointOf, paramOf } from "../schema/endpoint-table.ts";
import { cell, writeAnswer } from "./answers.ts";
import { inputsOf } from "./input-schema.ts";
import type { Compare, ToolCall } from "./tool.ts";

/**
 * A write where PVE has no digest: the state is read immediately before, the write sent, the state read again, and
 * the answer shows what is different. A failed first read stops the write.
 */
export async function withComparison(call: ToolCall, compare: Compare): Promise<Answer> {
  const before = compare.fresh ? {} : await look(call, compare);
  const reply = await call.send();
  const answer = call.tool.answer?.(reply, call) ?? writeAnswer(reply, call);
  const told = compare.gone
    ? stateBlocks(call, "It was", before)
    : changes(call, before, await lookAfter(() => look(call, compare)), compare.fresh);
  return { ...answer, blocks: [...(answer.blocks ?? []), ...told] };
}

/**
 * The state after a write that has happened; undefined when PVE does not tell, for a failure to read it must not look
 * like a failure to write. Throws what is no answer of PVE's: a fault of this program.
 */
export async function lookAfter<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PveError) return undefined;
    throw error;
  }
}

/** The fields that differ, or that this could not be told; `fresh`: what there is now, for there was nothing. */
export function changes(
  call: ToolCall,
  before: Row,
  after: Row | undefined,
  fresh = false,
): readonly Block[] {
  if (after === undefined)
    return [{ kind: "note", text: "What is set now could not be read; the change itself was accepted." }];
  return fresh ? stateBlocks(call, "It is", after) : differences(call, before, after);
}

/** Every field that is set: of what was created, or of what is gone. */
export function stateBlocks(call: ToolCall, title: string, state: Row): readonly Block[] {
  const facts = Object.entries(state)
    .filter(([field]) => field !== "digest")
    .map(([key, value]) => ({
      key,
      value: readable(call, key, value),
      ...formatOf(key),
      ...foreignMark(key, cell(value)),
    }));
  return [{ kind: "facts", title, facts }];
}

async function look(call: ToolCall, compare: Compare): Promise<Row> {
  const { data } = await callAny(call.pve, compare.route, compare.params(call));
  return compare.pick ? compare.pick(data, call) : record(data);
}

/** A table of the fields that differ. */
function differences(call: ToolCall, before: Row, after: Row): readonly Block[] {
  const rows = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => field !== "digest" && JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      field,
      before: shown(readable(call, field, before[field])),
      after: shown(readable(call, field, after[field])),
      wasForeign: isQuotable(field, before[field]),
      isForeign: isQuotable(field, after[field]),
      ...formatOf(field),
    }));
  if (rows.length === 0) {
    const secret = JSON.stringify(after).includes(REDACTED);
    const text = secret
      ? "No field that can be shown is different."
      : "It was so already: no field is different.";
    return [{ kind: "note", text }];
  }
  return [
    {
      kind: "table",
      title: "Changes",
      columns: [
        { key: "field" },
        { key: "before", formatFrom: "format", foreignFrom: "wasForeign" },
        { key: "after", formatFrom: "format", foreignFrom: "isForeign" },
      ],
      rows,
    },
  ];
}

const isNothing = (value: Cell): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

const shown = (value: Cell): Cell => (isNothing(value) ? "(not set)" : value);

/** Free text, unless words of ours stand for nothing. */
const isQuotable = (field: string, value: Row[string] | undefined): boolean =>
  !isNothing(cell(value)) && isForeign(field, cell(value));

/** The end of a user or token, in Unix seconds: 0 is none. */
const ENDS = "expire";

const formatOf = (field: string): { readonly format?: Format } => (field === ENDS ? { format: "time" } : {});

/** Is the field a switch, to PVE or to the tool? PVE keeps some switches as numbers. */
function isSwitch({ tool }: ToolCall, field: string): boolean {
  if (paramOf(endpointOf(tool.route), field)?.type === "boolean") return true;
  return inputsOf(tool).some(({ of, schema }) => of === field && schema.type === "boolean");
}

/** A field's value as a reader takes it: switches as yes or no, an end that is none as never. */
function readable(call: ToolCall, field: string, value: Row[string] | undefined): Cell {
  const plain = cell(value);
  if (plain === undefined) return undefined;
  if (field === ENDS && Number(plain) === 0) return "never";
  return isSwitch(call, field) ? (asFlag(plain) ?? plain) : plain;
}
