import type { Reader, Touch, TouchTable } from "./touch.ts";
import { given, textOf } from "./touch-arguments.ts";
import {
  any,
  everything,
  guest,
  guestsOr,
  node,
  onlyIf,
  owners,
  pool,
  storage,
  storages,
  volume,
} from "./touch-readers.ts";
import { ownersByName } from "./touch-volumes.ts";

/** Files that are no guest's come to lie on a storage. */
const UPLOAD = [storage("content")];

/** A new volume's name may say another guest's than its VMID. */
const fileOwners: Reader = (params) =>
  ownersByName((textOf(given(params, "filename")) ?? "").replace(/^.*\//s, "")).map(
    (owner): Touch => ({ kind: "guest", ...owner, how: "change" }),
  );

/** Settings by which other guests' volumes come to lie under new names. */
const ALIASES: readonly Reader[] = [
  onlyIf("content-dirs", any, everything("content-dirs gives other files of a storage new names")),
  onlyIf("base", any, everything("base takes over a volume whose owner its name does not tell")),
];

/** Guests are put into the pool, taken out of it or out of another one. */
const MEMBERS = [pool("change"), guestsOr("vms", "change"), storages("content")];

/** Storages, their contents, and pools. */
export const STORAGE_TOUCHES = {
  "POST /nodes/{node}/aplinfo": UPLOAD,
  "POST /nodes/{node}/storage/{storage}/content": [guest("change"), storage("allocate"), fileOwners],
  "POST /nodes/{node}/storage/{storage}/content/{volume}": [
    volume("change"),
    volume("change", "target"),
    onlyIf("target_node", any, node("place", "target_node")),
  ],
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": [volume("change")],
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": [volume("change")],
  "POST /nodes/{node}/storage/{storage}/download-url": UPLOAD,
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": UPLOAD,
  "POST /nodes/{node}/storage/{storage}/upload": UPLOAD,
  "POST /pools": [pool("change")],
  "PUT /pools": MEMBERS,
  "DELETE /pools": [pool("change")],
  "PUT /pools/{poolid}": MEMBERS,
  "DELETE /pools/{poolid}": [pool("change")],
  "POST /storage": [storage("definition"), ...ALIASES],
  "PUT /storage/{storage}": [storage("definition"), owners("definition"), ...ALIASES],
  "DELETE /storage/{storage}": [storage("definition"), owners("definition")],
} satisfies TouchTable;
