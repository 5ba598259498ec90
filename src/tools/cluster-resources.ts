import { callAny } from "../pve/client.ts";
import { flag, num, type Row, rows, str } from "../pve/data.ts";
import type { Answer, Block, Table } from "../render/answer.ts";
import { toText } from "../render/text.ts";
import { decimal } from "../render/units.ts";
import { isGuest, type Kind, kinds } from "./resource-kinds.ts";
import { fullness, NEARLY_FULL, usedShare } from "./storage-usage.ts";
import type { ToolCall } from "./tool.ts";

const PAGE_SIZE = 100;
/** The most asked question must not fill a context: bytes of its answer at most. */
const MAX_BYTES = 9_500;
/** Columns of guests that go, in this order, when the answer would be longer. */
const SPARE_COLUMNS = ["pool", "uptime", "maxdisk", "tags", "ha"] as const;
/** Beside guests and nodes, at most so many storages and networks are listed unless they were asked for. */
const ASIDE = 30;
const FINDINGS = 12;

/** Memory and root disk of a node that is running out of them. */
function pressure(row: Row): string[] {
  const of = (used: string, whole: string, what: string) => {
    const share = usedShare(num(row, used), num(row, whole));
    return share === undefined || share < NEARLY_FULL
      ? []
      : [`Node ${str(row, "node")} uses ${decimal(share * 100, 1)}% of its ${what}.`];
  };
  return [...of("mem", "maxmem", "memory"), ...of("disk", "maxdisk", "root disk")];
}

/** What a reader should not miss. */
function findings(all: readonly Row[]): string[] {
  const label = (row: Row) =>
    `${row.type === "lxc" ? "CT" : "VM"} ${str(row, "vmid")}${str(row, "name") ? ` (${str(row, "name")})` : ""}`;
  const nearlyFull = new Set(
    all
      .filter((row) => row.type === "storage")
      .flatMap((row) => {
        const name = str(row, "storage") ?? "";
        const place = flag(row, "shared") ? name : `${name} on ${str(row, "node")}`;
        return fullness(place, usedShare(num(row, "disk"), num(row, "maxdisk")));
      }),
  );
  const found = [
    ...all
      .filter((row) => row.type === "node" && row.status === "offline")
      .map((row) => `Node ${str(row, "node")} is offline.`),
    ...all.filter((row) => row.type === "node").flatMap(pressure),
    ...nearlyFull,
    ...all
      .filter((row) => isGuest(row) && str(row, "lock") !== undefined)
      .map((row) => `${label(row)} is locked (${str(row, "lock")}).`),
    ...all
      .filter((row) => isGuest(row) && row.hastate === "error")
      .map((row) => `${label(row)} is in HA state error.`),
  ];
  const more = found.length - FINDINGS;
  return more > 0 ? [...found.slice(0, FINDINGS), `${more} more guests are locked or failing.`] : found;
}

interface Page {
  readonly start: number;
  readonly limit: number;
  /** Columns left out. */
  readonly without: readonly string[];
}

/** A kind's table: paged when it is what the page is about, else its first rows on the first page alone. */
function tableOf(kind: Kind, paged: boolean, { start, limit, without }: Page): Table[] {
  if (!paged && start > 0) return [];
  const size = paged ? limit : ASIDE;
  const from = paged ? start : 0;
  const shown = kind.rows.slice(from, from + size);
  if (shown.length === 0) return [];
  const next = from + shown.length;
  const rest = next < kind.rows.length;
  const more = paged ? `start: ${next}` : `type: ${kind.type}`;
  return [
    {
      kind: "table",
      title: `${kind.many[0]?.toUpperCase()}${kind.many.slice(1)}`,
      columns: kind.type === "vm" ? kind.columns.filter(({ key }) => !without.includes(key)) : kind.columns,
      rows: shown,
      ...(shown.length < kind.rows.length ? { total: kind.rows.length } : {}),
      ...(rest ? { more } : {}),
    },
  ];
}

/** The first of ever shorter answers that is short enough: fewer columns first, then fewer rows. */
function fitting(make: (page: Page) => Answer, start: number, wanted: number): Answer {
  let limit = wanted;
  for (let dropped = 0; ; ) {
    const answer = make({ start, limit, without: SPARE_COLUMNS.slice(0, dropped) });
    const size = Buffer.byteLength(toText(answer, { budget: Number.POSITIVE_INFINITY }));
    if (size <= MAX_BYTES || limit <= 10) return answer;
    if (dropped < SPARE_COLUMNS.length) dropped += 1;
    else limit = Math.min(limit - 10, Math.floor(limit * 0.9));
  }
}

const counted = ({ rows: found, one, many, state }: Kind): string =>
  `${found.length} ${found.length === 1 ? one : many}${state === "" ? "" : ` (${state})`}`;

/**
 * The cluster at a glance out of GET /cluster/resources: counts, what stands out, then a table a kind. `start` and
 * `limit` page the guests, or the kind that `type` asks for.
 */
export async function listResources(call: ToolCall): Promise<Answer> {
  const { input } = call;
  const asked = str(input, "type");
  const node = str(input, "node");
  const { data } = await callAny(
    call.pve,
    "GET /cluster/resources",
    asked === undefined ? {} : { type: asked },
  );
  const all = rows(data).filter((row) => node === undefined || row.node === node);
  const listed = kinds(all, asked).filter(({ type }) => asked === undefined || type === asked);
  const main = asked ?? "vm";
  const wanted = listed.filter((kind) => kind.type === main || kind.rows.length > 0);
  const where = node === undefined ? "" : ` on ${node}`;
  const notes = [...findings(all), ...emptyNotes(call, all, node)].map(
    (text): Block => ({ kind: "note", text }),
  );
  const make = (page: Page): Answer => ({
    headline: `${wanted.map(counted).join(", ")}${where}.`,
    blocks: [...notes, ...wanted.flatMap((kind) => tableOf(kind, kind.type === main, page))],
  });
  return fitting(make, num(input, "start") ?? 0, num(input, "limit") ?? PAGE_SIZE);
}

function emptyNotes(call: ToolCall, all: readonly Row[], node: string | undefined): string[] {
  if (all.some(isGuest) || !["vm", undefined].includes(str(call.input, "type"))) return [];
  const reason = call.emptyReason();
  if (reason !== undefined) return [reason];
  return [
    node === undefined
      ? "A token sees the guests on which it has VM.Audit."
      : `No guest that this token sees is on ${node}; pve_list_nodes names the nodes.`,
  ];
}
