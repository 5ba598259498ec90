import { BACKING_KEYS, type BackingConfig } from "../backing.ts";
import { type Reader, type Touch, type TouchTable, unreadable } from "./touch.ts";
import { entriesOf, given, storageIn, textOf } from "./touch-arguments.ts";
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

/** Where the data of a storage lies, as far as the call says it. */
const backing =
  (change: boolean): Reader =>
  (params) => {
    const storageName = storageIn(textOf(given(params, "storage")) ?? "");
    if (storageName === undefined) return [];
    const named = BACKING_KEYS.filter((key) => given(params, key) !== undefined);
    const unread = named.find((key) => textOf(given(params, key)) === undefined);
    if (unread !== undefined) return [unreadable(unread)];
    // A setting that is taken away is back at its default.
    const gone = change ? entriesOf(given(params, "delete") ?? []) : [];
    if (gone === undefined) return [unreadable("delete")];
    const told: BackingConfig = {
      ...(change ? {} : { storage: storageName }),
      ...Object.fromEntries(BACKING_KEYS.filter((key) => gone.includes(key)).map((key) => [key, ""])),
      ...Object.fromEntries(named.map((key) => [key, textOf(given(params, key)) ?? ""])),
    };
    return change && Object.keys(told).length === 0
      ? []
      : [{ kind: "backing", storage: storageName, given: told, change }];
  };

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
  "POST /storage": [storage("definition"), backing(false), ...ALIASES],
  "PUT /storage/{storage}": [storage("definition"), owners("definition"), backing(true), ...ALIASES],
  "DELETE /storage/{storage}": [storage("definition"), owners("definition")],
} satisfies TouchTable;
