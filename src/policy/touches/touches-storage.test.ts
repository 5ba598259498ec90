import { describe } from "vitest";
import { holds } from "../../../tests/support/touch-text.ts";

describe("backups", () => {
  const NOW = "POST /nodes/{node}/vzdump";
  const PLAIN = { node: "pve1", remove: false, mode: "snapshot" };
  holds("now", [
    [
      NOW,
      { ...PLAIN, vmid: "100,103", storage: "nas" },
      ["guest 100 save", "guest 103 save", "storage nas save"],
    ],
    [NOW, { ...PLAIN, all: true, exclude: "103" }, ["all on pve1 but 103 save"]],
    [NOW, { ...PLAIN, all: true, exclude: ["x"] }, ["all on pve1 save"]],
    [NOW, { ...PLAIN, pool: "lab" }, ["all in lab save"]],
    [NOW, PLAIN, ["all on pve1 save"]],
    [NOW, { ...PLAIN, vmid: 100, mode: "stop" }, ["guest 100 change"]],
    [NOW, { ...PLAIN, vmid: 100, stop: 1 }, ["guest 100 save", "all on pve1 change"]],
    [
      NOW,
      { ...PLAIN, vmid: 100, script: "/x" },
      ["guest 100 save", "everything: script runs a program on the node"],
    ],
    [
      NOW,
      { ...PLAIN, vmid: 100, fleecing: "enabled=1,storage=nas" },
      ["guest 100 save", "storage nas allocate"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, storage: "nas", mode: "snapshot" },
      ["guest 100 save", "storage nas save", "if retention pve1 nas: guest 100 change,storage nas volumes"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, remove: 0, storage: "nas" },
      ["guest 100 save", "storage nas save", "if mode pve1 nas: guest 100 change"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": "keep-last=1", storage: "nas" },
      ["guest 100 change", "storage nas volumes"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": { "keep-all": 1 } },
      ["guest 100 save"],
    ],
    [
      NOW,
      { node: "pve1", vmid: 100, mode: "snapshot", "prune-backups": "keep-all=0" },
      ["guest 100 change", "some storage volumes"],
    ],
  ]);
  holds("as jobs", [
    [
      "POST /cluster/backup",
      { vmid: "100", remove: 0, mode: "snapshot", storage: "nas" },
      ["guest 100 save", "storage nas save"],
    ],
    ["POST /cluster/backup", { vmid: "100", storage: "nas" }, ["guest 100 change", "storage nas volumes"]],
    [
      "POST /cluster/backup",
      { all: 1, remove: 0, mode: "snapshot", exclude: "103;104" },
      ["all but 103,104 save"],
    ],
    ["PUT /cluster/backup/{id}", { id: "nightly", comment: "x" }, ["backup-job nightly change"]],
    [
      "PUT /cluster/backup/{id}",
      { id: "nightly", vmid: "103" },
      ["backup-job nightly change", "guest 103 change"],
    ],
    [
      "PUT /cluster/backup/{id}",
      { id: "nightly", delete: "exclude" },
      ["backup-job nightly change", "all change"],
    ],
    ["DELETE /cluster/backup/{id}", { id: "nightly" }, ["backup-job nightly change"]],
    ["GET /cluster/backup/{id}/included_volumes", { id: "nightly" }, ["backup-job nightly read"]],
  ]);
});

describe("storages and pools", () => {
  const CONTENT = "DELETE /nodes/{node}/storage/{storage}/content/{volume}";
  const IN = { node: "pve1", storage: "nas" };
  holds("contents", [
    [CONTENT, { ...IN, volume: "nas:103/vm-103-disk-0.qcow2" }, ["guest 103 change", "storage nas volumes"]],
    [CONTENT, { ...IN, volume: "103/vm-103-disk-0.qcow2" }, ["guest 103 change", "storage nas volumes"]],
    [CONTENT, { ...IN, volume: "iso/a.iso" }, ["storage nas content"]],
    [CONTENT, { ...IN, volume: "other:iso/a.iso" }, ["everything: volume cannot be read"]],
    [CONTENT, { ...IN, volume: "nas:vzdump/x" }, ["everything: volume cannot be read"]],
    [
      "GET /nodes/{node}/storage/{storage}/content/{volume}",
      { ...IN, volume: "nas:vm-103-disk-0" },
      ["guest 103 read"],
    ],
    [
      "GET /nodes/{node}/storage/{storage}/content/{volume}",
      { ...IN, volume: "nas:iso/a.iso" },
      ["storage nas read"],
    ],
    ["GET /nodes/{node}/storage/{storage}/content", IN, []],
    [
      "POST /nodes/{node}/storage/{storage}/content",
      { ...IN, vmid: 107, filename: "vm-103-disk-9", size: "1G" },
      ["guest 107 change", "guest 103 change", "storage nas allocate"],
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/prunebackups",
      { ...IN, vmid: 103 },
      ["guest 103 change", "storage nas volumes"],
    ],
    [
      "DELETE /nodes/{node}/storage/{storage}/prunebackups",
      IN,
      ["storage nas content", "owners on nas backups"],
    ],
    ["POST /nodes/{node}/storage/{storage}/upload", { ...IN, content: "iso" }, ["storage nas content"]],
  ]);
  holds("definitions", [
    [
      "PUT /storage/{storage}",
      { storage: "nas", disable: 1 },
      ["storage nas definition", "owners on nas definition"],
    ],
    [
      "PUT /storage/{storage}",
      { storage: "nas", subdir: "/x" },
      ["storage nas definition", "owners on nas definition", "new backing of nas: subdir=/x"],
    ],
    [
      "PUT /storage/{storage}",
      { storage: "nas", delete: "namespace,comment" },
      ["storage nas definition", "owners on nas definition", "new backing of nas: namespace="],
    ],
    [
      "POST /storage",
      { storage: "new", type: "dir", path: "/x", content: "iso" },
      ["storage new definition", "backing of new: path=/x,storage=new,type=dir"],
    ],
    [
      "POST /storage",
      { storage: "new", type: "dir", path: { odd: 1 } },
      ["storage new definition", "everything: path cannot be read"],
    ],
    [
      "POST /storage",
      { storage: "new", "content-dirs": "import=images/103" },
      [
        "storage new definition",
        "backing of new: storage=new",
        "everything: content-dirs gives other files of a storage new names",
      ],
    ],
    ["GET /storage/{storage}", { storage: "nas" }, ["storage nas read"]],
  ]);
  holds("pools", [
    [
      "PUT /pools",
      { poolid: "lab", vms: "103,104", storage: "nas" },
      ["pool lab change", "guest 103 change", "guest 104 change", "storage nas content"],
    ],
    ["DELETE /pools/{poolid}", { poolid: "lab" }, ["pool lab change"]],
    ["GET /pools", { poolid: "lab/one" }, ["pool lab/one read"]],
    ["GET /pools", {}, []],
  ]);
});
