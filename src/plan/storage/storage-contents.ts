import { flag, list, num, type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { inventory, nameOfVmid } from "../guests/guest-names.ts";
import type { Look } from "../topic.ts";
import { counted } from "../wording.ts";

/** A volume as a content list has it. */
export interface StoredVolume {
  readonly node: string;
  readonly volid: string;
  /** `images`, `rootdir`, `backup`, `iso`, `vztmpl`, `snippets`, `import`. */
  readonly content: string;
  readonly vmid?: number;
}

/** What lies on a storage, as far as it could be read. */
export interface StorageContents {
  readonly shared: boolean;
  /** Nodes that have it and answer for it. */
  readonly nodes: readonly string[];
  readonly volumes: readonly StoredVolume[];
  /** Nodes whose list is missing; with `nodes` empty nothing is known. */
  readonly unread: readonly string[];
}

/** Nodes that are asked for their part of a storage that is not shared. */
const ASKED = 8;

/** The nodes where a storage is available, and whether they all see the same. */
async function placesOf(
  look: Look,
  storage: string,
): Promise<{
  readonly shared: boolean;
  readonly nodes: readonly string[];
  readonly away: readonly string[];
}> {
  const found = rows(await look.tryRead("GET /cluster/resources", { type: "storage" })).filter(
    (row) => str(row, "storage") === storage,
  );
  const nodes = (wanted: boolean): readonly string[] =>
    found
      .filter((row) => (str(row, "status") === "available") === wanted)
      .flatMap((row) => str(row, "node") ?? []);
  return { shared: found.some((row) => flag(row, "shared")), nodes: nodes(true), away: nodes(false) };
}

const volumeOf = (node: string, row: Row): readonly StoredVolume[] => {
  const [volid, content] = [str(row, "volid"), str(row, "content")];
  const vmid = num(row, "vmid");
  if (volid === undefined || content === undefined) return [];
  return [{ node, volid, content, ...(vmid === undefined || vmid === 0 ? {} : { vmid }) }];
};

/** What lies on a storage: of a shared one by one node's list, otherwise of each node's. */
export async function contentsOf(look: Look, storage: string): Promise<StorageContents> {
  const { shared, nodes, away } = await placesOf(look, storage);
  const wanted = shared ? nodes.slice(0, 1) : nodes.slice(0, ASKED);
  const lists = await Promise.all(
    wanted.map(async (node) => {
      const data = await look.tryRead("GET /nodes/{node}/storage/{storage}/content", { node, storage });
      return { node, data };
    }),
  );
  const missing = lists.filter(({ data }) => data === undefined).map(({ node }) => node);
  return {
    shared,
    nodes,
    volumes: lists.flatMap(({ node, data }) => rows(data).flatMap((row) => volumeOf(node, row))),
    unread: shared ? missing : [...missing, ...nodes.slice(ASKED), ...away],
  };
}

const DISKS: ReadonlySet<string> = new Set(["images", "rootdir"]);

/** The VMIDs whose disks lie there, in order; `node` asks for those of one node's part alone. */
export const disksOwners = (volumes: readonly StoredVolume[]): readonly number[] =>
  [
    ...new Set(
      volumes.flatMap(({ content, vmid }) => (DISKS.has(content) && vmid !== undefined ? [vmid] : [])),
    ),
  ].sort((a, b) => a - b);

const NOUNS: Readonly<Record<string, string>> = {
  backup: "backup",
  iso: "ISO image",
  vztmpl: "template",
  snippets: "snippet",
  import: "import image",
};

/** "24 backups of 10 guests, 4 ISO images"; undefined where nothing but disks lies there. */
export function filesText(volumes: readonly StoredVolume[]): string | undefined {
  const parts = Object.entries(NOUNS).flatMap(([content, noun]) => {
    const found = volumes.filter((volume) => volume.content === content);
    if (found.length === 0) return [];
    const owners = new Set(found.flatMap(({ vmid }) => vmid ?? []));
    return [`${counted(found.length, noun)}${owners.size > 0 ? ` of ${counted(owners.size, "guest")}` : ""}`];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The guests of VMIDs by name. */
export async function ownerNames(look: Look, vmids: readonly number[]): Promise<readonly string[]> {
  const guests: readonly Guest[] | undefined = await inventory(look);
  return vmids.map((vmid) => nameOfVmid(guests, vmid));
}

/** The content types of a storage's setting. */
export const contentTypes = (setting: string | undefined): readonly string[] => list(setting);
