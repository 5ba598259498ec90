import { createLook } from "../../src/plan/look.ts";
import type { Look } from "../../src/plan/topic.ts";
import { type Json, list, rows, str } from "../../src/pve/data.ts";
import { classifyFailure, PveError } from "../../src/pve/errors.ts";
import type { Guest } from "../../src/pve/guests.ts";
import { redactData } from "../../src/render/redact.ts";
import { DEMO_TOKENS } from "../../src/simulator/scenarios/cluster.ts";
import type { simulated } from "./simulated.ts";

type Params = Readonly<Record<string, unknown>>;
type Simulated = ReturnType<typeof simulated>;

const wire = (value: unknown): string | readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === "boolean" ? (value ? "1" : "0") : String(value);

/** A route and its parameters as `simulated().call` takes them: placeholders in the path. */
export function request(route: string, params: Params): [string, Record<string, string | readonly string[]>] {
  const path = route.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const rest = Object.entries(params).filter(
    ([name, value]) => value !== undefined && !route.includes(`{${name}}`),
  );
  return [path, Object.fromEntries(rest.map(([name, value]) => [name, wire(value)]))];
}

/** A plan's look at a simulated cluster, as one of its tokens, and the reads that it sent. */
export function simulatedLook(
  { call }: Pick<Simulated, "call">,
  as: keyof typeof DEMO_TOKENS = "admin",
): { look: Look; reads: string[] } {
  const reads: string[] = [];
  const send = async (route: string, params: Params): Promise<{ data: Json }> => {
    const [path, query] = request(route, params);
    reads.push(`${path} ${JSON.stringify(query)}`);
    const { status, data, message = "", errors } = await call(path, query, as);
    if (status !== 200)
      throw new PveError(classifyFailure(status, message, errors !== undefined), message, { status });
    return { data: redactData(route, data) as Json };
  };
  const guests = async (): Promise<readonly Guest[]> =>
    rows((await send("GET /cluster/resources", { type: "vm" })).data).map((row) => ({
      vmid: Number(row.vmid),
      type: row.type === "lxc" ? "lxc" : "qemu",
      node: str(row, "node") ?? "",
      template: row.template === 1,
      tags: list(str(row, "tags")),
      ...(str(row, "name") === undefined ? {} : { name: str(row, "name") as string }),
      ...(str(row, "status") === undefined ? {} : { status: str(row, "status") as string }),
    }));
  const look = createLook({
    send: (route, params) => send(route, params) as never,
    guests,
    tokenId: DEMO_TOKENS[as].id,
  });
  return { look, reads };
}
