import type { Arguments } from "../operations/operation.ts";
import { type Reader, type Touch, unreadable } from "./touch.ts";
import { given, storageIn, textOf } from "./touch-arguments.ts";
import { DISK } from "./touch-readers.ts";
import { diskTouches, piecesOf, volumeTouches } from "./touch-volumes.ts";

type SettingReader = (name: string, value: unknown) => readonly Touch[];

const limitless =
  (does: string): SettingReader =>
  (name) => [{ kind: "everything", why: `${name} ${does}` }];

/** A device of the node, unless it is taken by a mapping, or is none of the node's. */
const device =
  (harmless: RegExp): SettingReader =>
  (name, value) => {
    const pieces = piecesOf(value);
    if (pieces === undefined) return [unreadable(name)];
    const mapped = pieces.some(([key]) => key === "mapping");
    const own = pieces.filter(([key]) => key === "" || key === "host" || key === "path");
    return (mapped && own.length === 0) || (own.length > 0 && own.every(([, text]) => harmless.test(text)))
      ? []
      : limitless("takes a device of the node")(name, value);
  };

/** Files that cloud-init gets: `user=local:snippets/a.yaml,network=…`. */
const files: SettingReader = (name, value) =>
  piecesOf(value)?.flatMap(([, text]) => volumeTouches(name, text, "attach")) ?? [unreadable(name)];

const space: SettingReader = (name, value) => {
  const storage = storageIn(textOf(value) ?? "");
  return storage === undefined ? [unreadable(name)] : [{ kind: "storage", name: storage, how: "allocate" }];
};

const NOTHING = /^$/;

/** Settings of a guest that reach past it, by name. */
const SETTINGS: readonly (readonly [name: RegExp, read: SettingReader])[] = [
  [DISK, diskTouches],
  [/^cicustom$/, files],
  [/^(?:vmstatestorage|import-working-storage)$/, space],
  [/^hookscript$/, limitless("runs a program on the node")],
  [/^virtiofs\d*$/, limitless("shows the guest a folder of the node")],
  [/^args$/, limitless("is passed to the node's hypervisor as it is")],
  [/^(?:hostpci|parallel|dev)\d*$/, device(NOTHING)],
  [/^usb\d*$/, device(/^spice$/i)],
  [/^serial\d*$/, device(/^socket$/)],
];

/** What a guest's settings touch besides the guest: volumes, storages, devices of the node. */
export const settings: Reader = (params: Arguments) =>
  Object.keys(params).flatMap((name) => {
    const value = given(params, name);
    const read = value === undefined ? undefined : SETTINGS.find(([pattern]) => pattern.test(name))?.[1];
    return read?.(name, value) ?? [];
  });
