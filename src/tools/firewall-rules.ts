import { type Json, num, type Row, record, rows, str } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import type { Answer, Block, Column, Fact, Table } from "../render/answer.ts";
import { isForeign, quoted } from "../render/foreign.ts";
import { type Cells, cells } from "./answers.ts";
import { changes, lookAfter } from "./compare.ts";
import { Refusal } from "./refusal.ts";
import type { ToolCall } from "./tool.ts";

/** The read that lists the rules. */
export const RULES = "GET /cluster/firewall/rules";
/** The write that changes or moves a rule. */
export const CHANGE_RULE = "PUT /cluster/firewall/rules/{pos}";

/** The columns of a rule, as `ruleRow` fills them. */
export const RULE_COLUMNS: readonly Column[] = [
  { key: "pos" },
  { key: "enable", label: "on", format: "flag" },
  { key: "type" },
  { key: "action" },
  { key: "macro" },
  { key: "iface", label: "interface" },
  { key: "proto" },
  { key: "source" },
  { key: "sport", label: "source port" },
  { key: "dest" },
  { key: "dport", label: "port" },
  { key: "icmp-type", label: "ICMP type" },
  { key: "log" },
  { key: "comment", foreign: true },
];

/** How many rules the answer of a write shows. */
const SHOWN = 30;

/** A rule's cells; PVE answers `pos` as text in one place and as a number in the other. */
export const ruleRow = (row: Row): Cells => ({
  ...cells(row, RULE_COLUMNS),
  pos: num(row, "pos"),
  enable: num(row, "enable") ?? 0,
});

/** The digest that all rules of a list share. */
export const digestOf = (all: readonly Row[]): string | undefined => str(record(all[0]), "digest");

const digestFact = (digest: string | undefined): Fact => ({ key: "digest", value: digest });

function ruleTable(title: string, shown: readonly Row[], total = shown.length): Table {
  return {
    kind: "table",
    title,
    columns: RULE_COLUMNS,
    rows: shown.map(ruleRow),
    ...(shown.length < total ? { total, more: "pve_list_firewall_rules" } : {}),
  };
}

async function readRules(call: ToolCall): Promise<readonly Row[]> {
  return rows((await call.pve.call(RULES, {})).data);
}

/** The rules as they are after a write, with the digest for the next one. */
async function rulesNow(call: ToolCall): Promise<readonly Block[]> {
  const all = await lookAfter(() => readRules(call));
  if (!all)
    return [{ kind: "note", text: "The rules could not be read again; the change itself was accepted." }];
  if (all.length === 0) return [{ kind: "note", text: "There are no rules now." }];
  return [
    ruleTable("Rules now", all.slice(0, SHOWN), all.length),
    { kind: "facts", facts: [digestFact(digestOf(all))] },
  ];
}

/** PVE keeps `enable` as a number; callers say true or false. */
const wireEnable = (input: Row): Readonly<Record<string, unknown>> =>
  input.enable === undefined ? {} : { enable: input.enable === true ? 1 : 0 };

/**
 * Adds a rule and puts it where the caller wants it. PVE always inserts at position 0, whatever `pos` says
 * (PVE::API2::Firewall::Rules create_rule), so another position takes a move.
 */
export async function createRule(call: ToolCall): Promise<Answer> {
  const wanted = num(call.input, "pos") ?? 0;
  const others = wanted === 0 ? 0 : (await readRules(call)).length;
  await call.send({ ...wireEnable(call.input), pos: undefined });
  const on = call.input.enable === true;
  const move = call.rehearsing ? () => planMove(call, wanted, others) : () => moveFromTop(call, wanted);
  const moved = wanted === 0 ? undefined : await move();
  return {
    headline: `Rule added at position ${moved?.position ?? 0}${moved?.stayed ? `, NOT at ${wanted}` : ""}${on ? "" : ", switched off (enable: true switches it on)"}.`,
    ...(moved?.stayed ? { failed: true } : {}),
    blocks: [
      ...(moved?.note ? [{ kind: "note", text: moved.note } as const] : []),
      { kind: "note", text: "Rules behind it have moved down by one." },
      ...(await rulesNow(call)),
    ],
  };
}

interface Moved {
  readonly position: number;
  readonly note?: string;
  /** It is still at the top, where it was not wanted. */
  readonly stayed?: true;
}

/** The move as it will be sent, should nobody else add a rule meanwhile. */
async function planMove(call: ToolCall, wanted: number, others: number): Promise<Moved> {
  const position = Math.min(wanted, others);
  if (position > 0) await call.pve.call(CHANGE_RULE, { pos: 0, moveto: position + 1 });
  return { position };
}

/** Moves the rule that was just added. A failure leaves it at the top, which the answer has to say. */
async function moveFromTop(call: ToolCall, wanted: number): Promise<Moved> {
  const stayed = (why: string): Moved => ({
    position: 0,
    stayed: true,
    note: `It could not be moved to position ${wanted} (${why}): move it with moveto.`,
  });
  try {
    const all = await readRules(call);
    const top = record(all[0]);
    if (!isTheRule(top, call.input)) return stayed("another rule was added at the same time");
    const position = Math.min(wanted, all.length - 1);
    if (position === 0) return { position };
    // `moveto` counts the places before the move: the rule goes in front of the one that is there now.
    await call.pve.call(CHANGE_RULE, { pos: 0, moveto: position + 1, ...sent("digest", digestOf(all)) });
    return position === wanted
      ? { position }
      : { position, note: `There is no position ${wanted}: it is the last.` };
  } catch (error) {
    if (error instanceof PveError) return stayed(error.message);
    throw error;
  }
}

/** What tells rules apart; PVE takes `macro` and `iface` in `params`. */
const IDENTITY = ["action", "type", "macro", "iface", "source", "dest", "proto", "dport", "sport"] as const;

function isTheRule(rule: Row, input: Row): boolean {
  const wanted: Row = { ...record(input.params), ...input };
  return IDENTITY.every((field) => (str(rule, field) ?? "") === (str(wanted, field) ?? ""));
}

const sent = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

const ruleAt = (all: readonly Row[], pos: number): Row | undefined =>
  all.find((one) => num(one, "pos") === pos);

/** Where the rule is, what it is, and the digest of the list in which it was found. */
interface Target {
  readonly pos: number;
  readonly rule: Row;
  readonly digest: string | undefined;
}

/**
 * The rule at the position, when the caller has seen it: by the list's digest, or by fields that it has and no other
 * rule, so that the same call sent again finds none. Throws a Refusal that shows what is there otherwise.
 */
async function seenRule(call: ToolCall): Promise<Target> {
  const pos = num(call.input, "pos") ?? 0;
  const all = await readRules(call);
  const rule = ruleAt(all, pos);
  if (!rule) {
    throw new Refusal(`There is no rule at position ${pos}: ${count(all.length)} in all, from position 0.`, {
      next: ["pve_list_firewall_rules shows them."],
    });
  }
  const current = digestOf(all);
  const refuse = (why: string, shown: readonly Row[] = [rule]): never => {
    const title = shown.length === 1 ? `Rule at position ${pos}` : "Rules that expect fits";
    throw new Refusal(why, {
      blocks: [
        ruleTable(title, shown.slice(0, SHOWN), shown.length),
        { kind: "facts", facts: [digestFact(current)] },
      ],
      next: [
        `If ${shown.length === 1 ? "this" : `the one at position ${pos}`} is the rule you mean, repeat the call with that digest.`,
      ],
    });
  };
  const given = str(call.input, "digest");
  // Whatever stands at a position has that position: it proves nothing.
  const { pos: _, ...expected } = record(call.input.expect);
  if (given === undefined && Object.keys(expected).length === 0) {
    refuse(
      "Positions shift: say which rule is meant by digest (of the list you saw) or by expect (its fields).",
    );
  }
  if (given !== undefined && given !== current) refuse("The rules have changed since that digest was read.");
  const wrong = mismatches(rule, expected);
  if (wrong.length > 0) refuse(`The rule at position ${pos} is another one: ${wrong.join("; ")}.`);
  if (given === undefined) {
    const fitting = all.filter((one) => mismatches(one, expected).length === 0);
    if (fitting.length > 1) {
      refuse(`expect fits ${fitting.length} rules: name more of its fields, or give the digest.`, fitting);
    }
  }
  return { pos, rule, digest: current };
}

const count = (rules: number): string => `${rules} ${rules === 1 ? "rule" : "rules"}`;

/** Which expected fields the rule does not have, in words; empty when all fit. */
export function mismatches(rule: Row, expected: Row): readonly string[] {
  return Object.entries(expected).flatMap(([field, value]) => {
    const [want, is] = [plain(value), plain(rule[field])];
    if (want === is) return [];
    const there = isForeign(field, is) ? quoted(is) : is;
    return [`${field} is ${is === "" ? "not set" : there}, expected ${want === "" ? "not set" : want}`];
  });
}

/** A value as text: PVE's booleans are 0 and 1, its ports text; absent, null and empty are one. */
function plain(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const NOT_SETTINGS: ReadonlySet<string> = new Set(["pos", "digest", "expect", "moveto", "params"]);

/** Changes or moves a rule that the caller has seen. */
export async function updateRule(call: ToolCall): Promise<Answer> {
  const moving = call.input.moveto !== undefined;
  const settings = Object.keys({ ...call.input, ...record(call.input.params) }).filter(
    (name) => !NOT_SETTINGS.has(name),
  );
  if (moving && settings.length > 0) {
    // PVE would ignore them without a word.
    throw new Refusal(
      `moveto only moves: change ${settings.join(", ")} in a call of its own, before or after.`,
    );
  }
  const { pos, rule, digest } = await seenRule(call);
  await call.send({ ...wireEnable(call.input), digest });
  if (moving) {
    return {
      headline: `Rule moved away from position ${pos}.`,
      blocks: await rulesNow(call),
    };
  }
  const after = await lookAfter(async () => ruleAt(await readRules(call), pos));
  return {
    headline: `Rule at position ${pos} updated.`,
    blocks: [
      ...changes(call, rule, after),
      { kind: "facts", facts: [digestFact(after && str(after, "digest"))] },
    ],
  };
}

/** Deletes a rule that the caller has seen. */
export async function deleteRule(call: ToolCall): Promise<Answer> {
  const { pos, rule, digest } = await seenRule(call);
  await call.send({ digest });
  return {
    headline: `Rule at position ${pos} deleted; rules behind it have moved up by one.`,
    blocks: [ruleTable("It was", [{ ...rule, pos }]), ...(await rulesNow(call))],
  };
}
