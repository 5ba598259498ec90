import { boundText } from "../config/bounds.ts";
import { record, str } from "../pve/data.ts";
import type { Answer, Block, Table } from "../render/answer.ts";
import { cleanLine } from "../render/clean.ts";
import type { ListedTool } from "../tools/input-schema.ts";
import type { ClusterStanding } from "../tools/tool.ts";
import type { Invoked } from "./change.ts";
import type { Place } from "./choose-place.ts";
import { reading } from "./scope.ts";

/** A cluster's part of an answer for all. */
interface Part {
  readonly name: string;
  readonly answer: Answer;
}

/** Asks every cluster at once: what each says first, then their tables as one; one that fails is named. */
export async function everywhere(
  places: readonly Place[],
  tool: ListedTool,
  ask: (place: Place) => Promise<Invoked>,
): Promise<Answer> {
  const parts = await Promise.all(
    places.map(async (place): Promise<Part> => {
      const { name } = place;
      const trouble = place.hides(tool) ?? (await place.cluster.trouble?.());
      if (trouble !== undefined) return { name, answer: { headline: trouble, failed: true } };
      const invoked = await ask(place);
      if (invoked.kind === "ask") throw new Error("a read that is to be confirmed");
      return { name, answer: invoked.answer };
    }),
  );
  const failed = parts.filter(({ answer }) => answer.failed);
  const good = parts.filter(({ answer }) => !answer.failed);
  const next = [...new Set(good.flatMap(({ answer }) => answer.next ?? []))];
  const told = (some: readonly Part[]) =>
    some.map(({ name, answer }) => `${name}: ${cleanLine(answer.headline)}`);
  return {
    headline: [
      ...told(good),
      ...(failed.length > 0 ? [`FAILED: ${failed.map(({ name }) => name).join(", ")}.`] : []),
    ].join(" "),
    blocks: [
      ...told(failed).map((text): Block => ({ kind: "note", text })),
      ...good.flatMap(({ name, answer }) =>
        (answer.blocks ?? []).flatMap((block) => besideTables(name, block)),
      ),
      ...tables(good),
    ],
    ...(next.length > 0 ? { next } : {}),
    ...(good.length === 0 ? { failed: true } : {}),
  };
}

/** What is no table, with the name of its cluster. */
function besideTables(name: string, block: Block): readonly Block[] {
  switch (block.kind) {
    case "table":
      return [];
    case "note":
      return [{ ...block, text: `${name}: ${block.text}` }];
    case "facts":
      return [{ ...block, title: block.title === undefined ? name : `${name}: ${block.title}` }];
    case "untrusted":
      return [{ ...block, source: `${block.source} (cluster ${name})` }];
  }
}

/** Tables of one title as one table, with a column that says whose a row is. */
function tables(parts: readonly Part[]): readonly Table[] {
  const byTitle = new Map<string, { readonly name: string; readonly table: Table }[]>();
  for (const { name, answer } of parts)
    for (const table of answer.blocks ?? [])
      if (table.kind === "table") {
        const title = table.title ?? "";
        byTitle.set(title, [...(byTitle.get(title) ?? []), { name, table }]);
      }
  return [...byTitle].map(([title, ones]): Table => {
    const columns = new Map(ones.flatMap(({ table }) => table.columns.map((column) => [column.key, column])));
    const more = ones.flatMap(({ name, table }) =>
      table.more === undefined ? [] : [`cluster: ${JSON.stringify(name)}, ${table.more}`],
    );
    const rows = ones.flatMap(({ name, table }) => table.rows.map((row) => ({ ...row, [CLUSTER]: name })));
    const total = ones.reduce((sum, { table }) => sum + (table.total ?? table.rows.length), 0);
    return {
      kind: "table",
      ...(title === "" ? {} : { title }),
      columns: [{ key: CLUSTER, label: "cluster" }, ...columns.values()],
      rows,
      ...(total > rows.length ? { total } : {}),
      ...(more.length > 0 ? { more: more.join("; ") } : {}),
    };
  });
}

/** No field of PVE's rows. */
const CLUSTER = "in cluster";

/** How long a cluster may take to say which release it is, in milliseconds. */
const VERSION_MS = 5_000;

/** Every cluster as it stands now. */
export const standings = (
  places: readonly Place[],
  defaultCluster: string | undefined,
): Promise<readonly ClusterStanding[]> =>
  Promise.all(
    places.map(async ({ name, cluster, session }) => {
      const about = {
        name,
        isDefault: name === defaultCluster,
        address: cluster.address,
        tier: session.tier,
        protected: cluster.safety.protected.map(boundText),
      };
      try {
        const trouble = await cluster.trouble?.();
        if (trouble !== undefined) return { ...about, trouble };
        const pve = reading(session, { signal: AbortSignal.timeout(VERSION_MS) });
        const { data } = await pve.call("GET /version", {}, { timeoutMs: VERSION_MS, once: true });
        return { ...about, version: str(record(data), "version") };
      } catch (error) {
        return { ...about, trouble: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
