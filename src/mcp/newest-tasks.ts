import type { Checked, Pve } from "../pve/client.ts";
import { num, type Row, rows, str } from "../pve/data.ts";
import { WORKERS } from "../schema/workers.ts";

/** Names in a request that jobs carry as their id. */
const NO_IDS: ReadonlySet<string> = new Set(["node"]);

/**
 * The newest job of what each request is about (GET /cluster/tasks), by UPID: another server that shares our key may
 * have used a code that this one does not know to be used, and the job tells. Throws a PveError.
 */
export async function newestTasks(pve: Pve, requests: readonly Checked[]): Promise<readonly string[]> {
  const { data } = await pve.call("GET /cluster/tasks", {});
  const tasks = [...rows(data)].sort((a, b) => (num(b, "starttime") ?? 0) - (num(a, "starttime") ?? 0));
  return requests.map((request) => str(tasks.find(isAbout(request)) ?? {}, "upid") ?? "");
}

/** A job for the same object; of a request that names none, a job of its kind on the same node. */
function isAbout({ route, params }: Checked): (task: Row) => boolean {
  const named = [...route.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const ids = [...named.filter((name) => !NO_IDS.has(name)), "vmid"].flatMap((name) => {
    const value = params[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : [];
  });
  const types: readonly string[] = WORKERS[route]?.types ?? [];
  const { node } = params;
  return (task) => {
    if (ids.length > 0) return ids.includes(str(task, "id") ?? "");
    return types.includes(str(task, "type") ?? "") && (node === undefined || task.node === node);
  };
}
