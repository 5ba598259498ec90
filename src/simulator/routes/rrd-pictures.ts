import { list, need } from "../args.ts";
import { linePicture } from "../line-picture.ts";
import { dataOf, die, type Handler, type Handlers, type SimCall } from "../route.ts";
import type { Json, JsonObject } from "../world.ts";

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The series behind a picture, as the neighbouring rrddata answers it. */
function rows(call: SimCall, timeframe: string): JsonObject[] {
  const path = call.route.slice("GET ".length).replace(/\{(\w+)\}/g, (_, name: string) => need(call, name));
  const data = dataOf(call.run("GET", `${path}data`, { timeframe }));
  return Array.isArray(data) ? data.filter(isObject) : [];
}

/** A picture of at most two values over time (PVE::RRD create_rrd_graph); `file` is the database's name. */
const picture =
  (file: (call: SimCall) => string): Handler =>
  (call) => {
    const names = list(call, "ds");
    if (names.length > 2) die("fixme: no color definition at /usr/share/perl5/PVE/RRD.pm line 206.");
    const path = `/var/lib/rrdcached/db/${file(call)}`;
    const found = rows(call, need(call, "timeframe"));
    const last = found.at(-1);
    const unknown = names.find((name) => name === "time" || typeof last?.[name] !== "number");
    if (unknown !== undefined) die(`RRD error: No DS called '${unknown}' in '${path}'`);
    const lines = names.map((name) =>
      found.map(({ [name]: value }) => (typeof value === "number" ? value : undefined)),
    );
    return { filename: `${path}_${names.join("_")}.png`, image: linePicture(lines).toString("latin1") };
  };

const guest = picture((call) => `pve-vm-9.0/${need(call, "vmid")}`);

/** Figures over time as pictures. */
export const rrdPictureRoutes: Handlers = {
  "GET /nodes/{node}/rrd": picture((call) => `pve-node-9.0/${need(call, "node")}`),
  "GET /nodes/{node}/qemu/{vmid}/rrd": guest,
  "GET /nodes/{node}/lxc/{vmid}/rrd": guest,
  "GET /nodes/{node}/storage/{storage}/rrd": picture(
    (call) => `pve2-storage/${need(call, "node")}/${need(call, "storage")}`,
  ),
};
