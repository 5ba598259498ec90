import { describe } from "vitest";
import { AT, holds } from "../../../tests/support/touch-text.ts";

describe("guests", () => {
  holds("power and configuration", [
    ["POST /nodes/{node}/qemu/{vmid}/status/start", AT, ["guest 107 change"]],
    ["POST /nodes/{node}/lxc/{vmid}/status/stop", { node: "pve1", vmid: " 00107 " }, ["guest 107 change"]],
    ["POST /nodes/{node}/qemu/{vmid}/snapshot", { ...AT, snapname: "a" }, ["guest 107 save"]],
    ["GET /nodes/{node}/qemu/{vmid}/config", AT, ["guest 107 read"]],
    ["GET /nodes/{node}/qemu/{vmid}/vncwebsocket", AT, ["guest 107 change"]],
    [
      "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
      { ...AT, snapname: "a" },
      ["guest 107 change", "storages of 107 and a volumes"],
    ],
    ["DELETE /nodes/{node}/qemu/{vmid}", AT, ["guest 107 change", "storages of 107 volumes"]],
    [
      "DELETE /nodes/{node}/lxc/{vmid}",
      { ...AT, "destroy-unreferenced-disks": true },
      ["guest 107 change", "storages of 107 volumes", "some storage volumes"],
    ],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, tags: "a", cores: 2 }, ["guest 107 change"]],
    ["PUT /nodes/{node}/qemu/{vmid}/config", { ...AT, delete: "net0" }, ["guest 107 change"]],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, delete: "net0, unused3" },
      ["guest 107 change", "storages of 107 volumes"],
    ],
    [
      "PUT /nodes/{node}/lxc/{vmid}/config",
      { ...AT, mp0: "nas:8,mp=/srv", hookscript: "local:snippets/x" },
      [
        "guest 107 change",
        "storage nas allocate",
        "replaced on 107: mp0",
        "everything: hookscript runs a program on the node",
      ],
    ],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, scsi0: "none,media=cdrom", cdrom: "iso:iso/a.iso" },
      ["guest 107 change", "storage iso use", "replaced on 107: scsi0,ide2"],
    ],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, delete: "vmstate" },
      ["guest 107 change", "storages of 107 volumes"],
    ],
    [
      "PUT /nodes/{node}/qemu/{vmid}/config",
      { ...AT, virtiofs0: "dirid=data" },
      ["guest 107 change", "everything: virtiofs0 shows the guest a folder of the node"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      {
        ...AT,
        usb0: "mapping=stick",
        hostpci0: "mapping=gpu",
        usb1: "spice",
        serial0: "socket",
        usb2: "host=SPICE",
      },
      ["guest 107 change"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      { ...AT, usb0: "host=1234:5678", hostpci1: "0000:01:00", serial1: "/dev/ttyS0", args: "-x" },
      [
        "guest 107 change",
        "everything: usb0 takes a device of the node",
        "everything: hostpci1 takes a device of the node",
        "everything: serial1 takes a device of the node",
        "everything: args is passed to the node's hypervisor as it is",
      ],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/config",
      { ...AT, cicustom: "user=nas:snippets/a.yaml,meta=local:snippets/b" },
      ["guest 107 change", "storage nas use", "storage local use"],
    ],
  ]);

  holds("disks move, and guests", [
    [
      "POST /nodes/{node}/qemu/{vmid}/move_disk",
      { ...AT, disk: "scsi0", storage: "nas" },
      ["guest 107 change", "storages of 107 volumes", "storage nas allocate"],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/move_volume",
      { ...AT, volume: "mp0", "target-vmid": "103" },
      ["guest 107 change", "guest 103 change", "storages of 107 volumes"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { ...AT, target: "pve2" },
      [
        "guest 107 change",
        "node pve2 place",
        "companions of 107",
        "storages of 107 allocate local",
        "storages of 107 and its snapshots volumes local",
      ],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/migrate",
      { ...AT, target: "pve2", targetstorage: "a:nas,b:ceph", "with-local-disks": 1 },
      [
        "guest 107 change",
        "node pve2 place",
        "companions of 107",
        "storage nas allocate",
        "storage ceph allocate",
        "storages of 107 and its snapshots volumes local",
      ],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/migrate",
      { ...AT, target: "pve2", "target-storage": "1" },
      [
        "guest 107 change",
        "node pve2 place",
        "companions of 107",
        "storages of 107 allocate",
        "storages of 107 and its snapshots volumes local",
      ],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/remote_migrate",
      { ...AT, "target-vmid": 103, "target-endpoint": "x", "target-storage": "a" },
      ["guest 107 change", "cluster", "new 103"],
    ],
    [
      "POST /nodes/{node}/qemu/{vmid}/status/suspend",
      { ...AT, todisk: 1 },
      ["guest 107 change", "storages of 107 allocate"],
    ],
    ["POST /nodes/{node}/qemu/{vmid}/status/suspend", { ...AT, todisk: 0 }, ["guest 107 change"]],
  ]);

  holds("new ones", [
    [
      "POST /nodes/{node}/qemu/{vmid}/clone",
      { ...AT, newid: 150, target: "pve2", pool: "lab", storage: "nas" },
      [
        "guest 107 change",
        "new 150 pve2 lab like 107",
        "pool lab change",
        "node pve2 place",
        "storage nas allocate",
      ],
    ],
    [
      "POST /nodes/{node}/lxc/{vmid}/clone",
      { ...AT, newid: "150", snapname: "a" },
      ["guest 107 change", "new 150 pve1", "node pve1 place", "storages of 107 allocate"],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, tags: "lab;x", scsi0: "nas:32", ide2: "iso:iso/a.iso,media=cdrom" },
      ["new 150 pve1 lab x", "node pve1 place", "storage nas allocate", "storage iso use"],
    ],
    [
      "POST /nodes/{node}/qemu",
      {
        node: "pve1",
        vmid: 150,
        archive: "nas:backup/vzdump-qemu-103-2026_01_01-00_00_00.vma.zst",
        force: true,
      },
      [
        "new 150 pve1",
        "node pve1 place",
        "guest 150 change",
        "storages of 150 volumes",
        "guest 103 change",
        "storage nas use",
        "some storage allocate",
      ],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, archive: "-" },
      ["new 150 pve1", "node pve1 place", "everything: archive cannot be read", "some storage allocate"],
    ],
    [
      "POST /nodes/{node}/lxc",
      { node: "pve1", vmid: 150, ostemplate: "nas:vztmpl/debian.tar.zst" },
      ["new 150 pve1", "node pve1 place", "storage nas use", "storage local allocate"],
    ],
    [
      "POST /nodes/{node}/lxc",
      {
        node: "pve1",
        vmid: 150,
        ostemplate: "pbs:backup/ct/103/2026-01-01T00:00:00Z",
        restore: 1,
        storage: "nas",
      },
      ["new 150 pve1", "node pve1 place", "guest 103 change", "storage pbs use", "storage nas allocate"],
    ],
    [
      "POST /nodes/{node}/qemu",
      { node: "pve1", vmid: 150, scsi0: "nas:0,import-from=ceph:vm-103-disk-0" },
      ["new 150 pve1", "node pve1 place", "storage nas allocate", "guest 103 change", "storage ceph use"],
    ],
  ]);

  holds("many at once", [
    [
      "POST /cluster/bulk-action/guest/shutdown",
      { vms: [100, "0101"] },
      ["guest 100 change", "guest 101 change"],
    ],
    ["POST /cluster/bulk-action/guest/start", {}, ["all change"]],
    ["POST /cluster/bulk-action/guest/start", { vms: [] }, ["all change"]],
    [
      "POST /cluster/bulk-action/guest/suspend",
      { vms: 100, "to-disk": true },
      ["guest 100 change", "some storage allocate"],
    ],
    [
      "POST /cluster/bulk-action/guest/migrate",
      { vms: [100, { id: 101 }], target: "pve2" },
      ["everything: vms cannot be read", "node pve2 place"],
    ],
    [
      "POST /cluster/bulk-action/guest/migrate",
      { vms: [100, "0101"], target: "pve2" },
      [
        "guest 100 change",
        "guest 101 change",
        "node pve2 place",
        "companions of 100",
        "companions of 101",
        "storages of 100 and its snapshots volumes local",
        "storages of 101 and its snapshots volumes local",
      ],
    ],
    [
      "POST /cluster/bulk-action/guest/migrate",
      { target: "pve2" },
      ["all change", "node pve2 place", "storages of moved guests"],
    ],
    [
      "POST /nodes/{node}/migrateall",
      { node: "pve1", target: "pve2" },
      ["all on pve1 change", "node pve2 place", "storages of moved guests on pve1"],
    ],
    ["POST /nodes/{node}/stopall", { node: "pve1" }, ["all on pve1 change"]],
    ["POST /nodes/{node}/stopall", { node: "pve1", vms: "" }, ["all on pve1 change"]],
    [
      "POST /nodes/{node}/startall",
      { node: "pve1", vms: "100,101;102 103\u0000104" },
      [100, 101, 102, 103, 104].map((id) => `guest ${id} change`),
    ],
    [
      "POST /nodes/{node}/migrateall",
      { node: "pve1", target: "pve2", vms: "100" },
      [
        "guest 100 change",
        "node pve2 place",
        "companions of 100",
        "storages of 100 and its snapshots volumes local",
      ],
    ],
    ["POST /nodes/{node}/suspendall", { node: "pve1" }, ["all on pve1 change", "some storage allocate"]],
  ]);
});
