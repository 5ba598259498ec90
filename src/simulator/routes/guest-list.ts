import { flag, index, text } from "../args.ts";
import { guestRow } from "../guest-status.ts";
import { disksOf, findGuest, type GuestType, guestOf, nodeOf, vmidOf } from "../guests.ts";
import type { Handlers, SimCall } from "../route.ts";
import { guestSeries } from "../rrd.ts";
import { isShared, volumeHas } from "../volumes.ts";
import type { Json } from "../world.ts";

const QEMU_INDEX =
  "config cloudinit pending status unlink vncproxy termproxy migrate resize move rrd rrddata monitor agent snapshot spiceproxy sendkey firewall mtunnel remote_migrate dbus-vmstate";
const LXC_INDEX =
  "config pending status vncproxy termproxy vncwebsocket spiceproxy migrate clone rrd rrddata firewall snapshot resize interfaces";

/** Guests of a node that the caller may audit (PVE filters by VM.Audit). */
function listGuests(call: SimCall, type: GuestType): Json {
  const node = nodeOf(call);
  return [...call.world.guests.values()]
    .filter(
      (guest) => guest.node === node && guest.type === type && call.may(`/vms/${guest.vmid}`, "VM.Audit"),
    )
    .map((guest) => guestRow(call.world, guest, call.now, flag(call, "full")));
}

function rrdData(call: SimCall, type: GuestType): Json {
  const guest = findGuest(call.world, nodeOf(call), type, vmidOf(call));
  return guestSeries(call.world, guest, text(call, "timeframe") ?? "hour", call.now);
}

function feature(call: SimCall): Json {
  const guest = guestOf(call);
  const wanted = text(call, "feature");
  const config = guest.snapshots.get(text(call, "snapname") ?? "")?.config ?? guest.config;
  const disks = disksOf(guest.type, config).filter((disk) => !disk.cdrom);
  const kind = wanted === "snapshot" || wanted === "clone" ? wanted : "copy";
  const has = disks.every((disk) => volumeHas(call.world, disk.volid, kind));
  if (guest.type === "lxc") return { hasFeature: has ? 1 : 0 };
  const everywhere = disks.every((disk) => {
    const storage = call.world.storages.get(disk.volid.split(":")[0] ?? "");
    return storage !== undefined && isShared(storage);
  });
  const nodes = everywhere && disks.length > 0 ? [...call.world.nodes.keys()] : [guest.node];
  return { hasFeature: has ? 1 : 0, nodes };
}

/** The guests of a node (vmlist of PVE::API2::Qemu and ::LXC). */
export const guestListRoutes: Handlers = {
  "GET /nodes/{node}/qemu": (call) => listGuests(call, "qemu"),
  "GET /nodes/{node}/lxc": (call) => listGuests(call, "lxc"),
  "GET /nodes/{node}/qemu/{vmid}": () => index("subdir", QEMU_INDEX),
  "GET /nodes/{node}/lxc/{vmid}": (call) => {
    guestOf(call);
    return index("subdir", LXC_INDEX);
  },
  "GET /nodes/{node}/qemu/{vmid}/rrddata": (call) => rrdData(call, "qemu"),
  "GET /nodes/{node}/lxc/{vmid}/rrddata": (call) => rrdData(call, "lxc"),
  "GET /nodes/{node}/qemu/{vmid}/feature": feature,
  "GET /nodes/{node}/lxc/{vmid}/feature": feature,
};
