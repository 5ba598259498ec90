import type { ValueTest } from "./operations/operation.ts";
import { piecesOf } from "./touches/touch-volumes.ts";

/** Keys of a device's property string that name it; "" is the value without a key. */
const NAMING: ReadonlySet<string> = new Set(["", "host", "path", "mapping"]);

/** A device of the node, by its name or by a mapping; anything but one that is not the node's, or that cannot be read. */
export const isDevice =
  (harmless: RegExp): ValueTest =>
  (value) => {
    const named = piecesOf(value)?.filter(([key]) => NAMING.has(key)) ?? [];
    return named.length === 0 || named.some(([key, text]) => key === "mapping" || !harmless.test(text));
  };

/** A USB port of the node; `spice` is one of the viewer's. */
export const isUsb = isDevice(/^spice$/i);
/** A serial or parallel port of the node; `socket` is none. */
export const isPort = isDevice(/^socket$/);
