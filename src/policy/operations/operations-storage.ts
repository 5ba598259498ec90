import { isOff, isOn, namesOther } from "../argument-values.ts";
import {
  EXECUTE,
  loss,
  lossBut,
  type Operations,
  type Raise,
  raised,
  WRITE,
  WRITE_LOSS,
} from "./operation.ts";

/** Settings of a storage that leave its volumes and backups where they are. */
const MINOR = [
  "bwlimit",
  "delete",
  "digest",
  "format",
  "max-protected-backups",
  "preallocation",
  "saferemove",
  "saferemove-stepsize",
  "saferemove_throughput",
] as const;
const MEMBERS: readonly Raise[] = [
  loss("delete", "takes members out of the pool", isOn),
  loss("allow-move", "takes guests out of their pool", isOn),
];

/** Storages, their contents, and pools. */
export const STORAGE = {
  "POST /nodes/{node}/aplinfo": EXECUTE,
  "POST /nodes/{node}/storage/{storage}/content": WRITE,
  "POST /nodes/{node}/storage/{storage}/content/{volume}": WRITE,
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": raised(
    WRITE,
    loss("protected", "0 lets backups be pruned", isOff),
  ),
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": WRITE_LOSS,
  "POST /nodes/{node}/storage/{storage}/download-url": EXECUTE,
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": EXECUTE,
  "POST /nodes/{node}/storage/{storage}/upload": WRITE_LOSS,
  "POST /pools": WRITE,
  "PUT /pools": raised(WRITE, ...MEMBERS),
  "DELETE /pools": WRITE_LOSS,
  "PUT /pools/{poolid}": raised(WRITE, ...MEMBERS),
  "DELETE /pools/{poolid}": WRITE_LOSS,
  "POST /storage": raised(WRITE, loss("base", "wipes the volume it names")),
  "PUT /storage/{storage}": raised(
    WRITE,
    lossBut(MINOR, "may make volumes unreachable or let backups go"),
    loss("delete", "may make volumes unreachable or let backups go", namesOther(...MINOR)),
  ),
  "DELETE /storage/{storage}": WRITE_LOSS,
} satisfies Operations;
