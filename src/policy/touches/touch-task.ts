import { type GuestHow, type Reader, type Touch, unreadable } from "./touch.ts";
import { given, textOf, vmidIn } from "./touch-arguments.ts";

/** UPID:node:pid:pstart:starttime:type:id:user: (PVE::UPID decode). */
const UPID =
  /^UPID:([A-Za-z0-9-]+):[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:([^:\s/]+):([^:\s/]*):([^:\s/]+):$/i;

/** Tasks that work on the node or its storages alone, by type (the callers of fork_worker). */
const NODES_OWN =
  /^(?:acme\w*|aptupdate|cephcreate\w*|dircreate|download|imgcopy|lvmcreate|lvmthincreate|ociregistrypull|spiceshell|srv\w+|vncshell|zfscreate)$/;

/** What a task works on: the guest its id names, or `103@storage` whose volumes; undefined for what is no UPID. */
export function taskTouch(upid: unknown, how: GuestHow): Touch | undefined {
  const [, node, type = "", id = "", user] = UPID.exec(textOf(upid) ?? "") ?? [];
  if (node === undefined || user === undefined) return undefined;
  const vmid = vmidIn(id.split("@")[0] ?? "");
  return { kind: "task", user, how, of: worksOn(node, type, vmid, how) };
}

function worksOn(node: string, type: string, vmid: number | undefined, how: GuestHow): readonly Touch[] {
  // Whatever its id: what a console of the node's is used for is not said.
  if (NODES_OWN.test(type)) return [{ kind: "node", name: node, how: how === "read" ? "read" : "change" }];
  if (vmid === undefined) return [{ kind: "every-guest", but: [], how }];
  const one: Touch = { kind: "guest", vmid, how };
  // A clone's task names what is cloned, not what it makes.
  return /clone$/.test(type) && how !== "read" ? [one, { kind: "every-guest", but: [], how }] : [one];
}

/** The task whose UPID is in the path. */
export const task =
  (how: GuestHow): Reader =>
  (params) => [taskTouch(given(params, "upid"), how) ?? unreadable("upid")];
