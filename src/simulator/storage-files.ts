import { need } from "./args.ts";
import { die, type SimCall } from "./route.ts";
import { addVolume, contentOf, enabledOn, isFileBased } from "./volumes.ts";
import type { Storage, Volume } from "./world.ts";

/** File names each content type accepts (PVE::Storage's extension patterns). */
export const EXTENSIONS: Readonly<Record<string, RegExp>> = {
  iso: /\.(iso|img)$/i,
  vztmpl: /\.tar\.(gz|xz|zst|bz2)$|\.tgz$/i,
  import: /\.(ova|ovf|qcow2|raw|vmdk)$/i,
};

/** PVE::Storage::normalize_content_filename. */
export function safeName(name: string): string {
  return name.replace(/^.*[/\\]/s, "").replace(/[^a-zA-Z0-9_.-]/g, "_");
}

/** The storage of a call, checked to keep files of that kind. */
export function fileStorage(call: SimCall, content: string): Storage {
  const storage = enabledOn(call.world, need(call, "storage"), need(call, "node"));
  if (!isFileBased(storage)) die(`can't upload to storage type '${storage.type}', not a file based storage!`);
  if (!contentOf(storage).includes(content))
    die(`storage '${storage.storage}' is not configured for content-type '${content}'`);
  return storage;
}

/** The format a content list shows for a template archive or image. */
function formatOf(content: Volume["content"], name: string): string {
  if (content === "iso") return "iso";
  const ending = /\.tar\.(\w+)$/.exec(name)?.[1];
  return ending === undefined ? (name.split(".").pop() ?? "raw") : ending === "zst" ? "tzst" : `t${ending}`;
}

/** Adds the file that a task fetched. */
export function addFile(call: SimCall, volid: string, content: Volume["content"], size: number): void {
  addVolume(call.world, need(call, "node"), {
    volid,
    content,
    format: formatOf(content, volid),
    size,
    ctime: Math.trunc(call.now),
  });
}
