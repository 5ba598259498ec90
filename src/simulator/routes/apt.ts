import { addRepository, changeRepository, repositories } from "../apt-repositories.ts";
import { index, need, text } from "../args.ts";
import type { Handlers, SimCall } from "../route.ts";
import type { Json } from "../world.ts";

/** Updates that wait on the nodes of a cluster; a node of its own is up to date. */
const UPDATES: readonly { name: string; old: string; version: string }[] = [
  { name: "pve-qemu-kvm", old: "10.1.2-5", version: "10.1.2-7" },
  { name: "pve-firmware", old: "3.17-2", version: "3.18-1" },
  { name: "libpve-storage-perl", old: "9.1.0", version: "9.1.2" },
];

function updates(call: SimCall): Json {
  if (!call.world.cluster) return [];
  return UPDATES.map(({ name, old, version }) => ({
    Package: name,
    Title: name,
    Description: name,
    OldVersion: old,
    Version: version,
    Arch: "amd64",
    Section: "admin",
    Priority: "optional",
    Origin: "Proxmox",
  }));
}

function installed(call: SimCall, name: string, version: string): Json {
  return {
    Package: name,
    Title: name,
    Description: name,
    Version: version,
    OldVersion: version,
    CurrentState: "Installed",
    Arch: "all",
    Section: "admin",
    Priority: "optional",
    Origin: "Proxmox",
    ...(name === "pve-manager"
      ? { ManagerVersion: `${call.world.version.version}/${call.world.version.repoid}` }
      : {}),
  };
}

/** Packages of a node and where they come from (PVE::API2::APT). */
export const aptRoutes: Handlers = {
  "GET /nodes/{node}/apt": () => index("id", "changelog repositories update versions"),
  "GET /nodes/{node}/apt/update": updates,
  "POST /nodes/{node}/apt/update": (call) =>
    call.task({
      node: need(call, "node"),
      type: "aptupdate",
      id: "",
      seconds: 3,
      log: [
        "starting apt-get update",
        "Hit:1 http://download.proxmox.com/debian/pve trixie InRelease",
        "Reading package lists...",
      ],
    }),
  "GET /nodes/{node}/apt/versions": (call) => [
    installed(call, "proxmox-ve", "9.2.0"),
    installed(call, "pve-manager", call.world.version.version),
    installed(call, "qemu-server", "9.1.8"),
    installed(call, "pve-container", "6.1.2"),
  ],
  "GET /nodes/{node}/apt/changelog": (call) =>
    `${need(call, "name")} (${text(call, "version") ?? "1"}) trixie; urgency=medium\n`,
  "GET /nodes/{node}/apt/repositories": repositories,
  "PUT /nodes/{node}/apt/repositories": addRepository,
  "POST /nodes/{node}/apt/repositories": changeRepository,
};
