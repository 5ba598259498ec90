import { describe } from "vitest";
import { AT, holds } from "../../../tests/support/touch-text.ts";

describe("nodes and the cluster", () => {
  const UPID = (type: string, id: string) =>
    `UPID:pve1:0000C3A1:00112233:66E1A2B3:${type}:${id}:root@pam!mcp:`;
  const TASK = "DELETE /nodes/{node}/tasks/{upid}";
  holds("nodes", [
    [
      "POST /nodes/{node}/status",
      { node: "pve1", command: "reboot" },
      ["node pve1 change", "all on pve1 change", "quorum", "storages of moved guests on pve1 of HA"],
    ],
    ["PUT /nodes/{node}/network", { node: "pve1" }, ["node pve1 change", "all on pve1 change", "quorum"]],
    ["PUT /nodes/{node}/network/{iface}", { node: "pve1", iface: "vmbr0" }, ["node pve1 change"]],
    [
      "POST /nodes/{node}/services/{service}/restart",
      { node: "pve1", service: "pveproxy" },
      ["node pve1 change"],
    ],
    [
      "POST /nodes/{node}/services/{service}/stop",
      { node: "pve1", service: "corosync" },
      ["node pve1 change", "all on pve1 change", "quorum"],
    ],
    [
      "POST /nodes/{node}/services/{service}/reload",
      { node: "pve1", service: "pve-cluster" },
      ["node pve1 change", "all on pve1 change", "quorum"],
    ],
    [
      "POST /nodes/{node}/services/{service}/stop",
      { node: "pve1", service: "unheard-of" },
      ["node pve1 change", "all on pve1 change", "quorum"],
    ],
    [
      "POST /nodes/{node}/services/{service}/stop",
      { node: "pve1", service: "pve-ha-lrm" },
      ["node pve1 change", "all on pve1 change"],
    ],
    [
      "POST /nodes/{node}/services/{service}/start",
      { node: "pve1", service: "corosync" },
      ["node pve1 change", "all on pve1 change"],
    ],
    [
      "POST /nodes/{node}/disks/zfs",
      { node: "pve1", name: "tank", add_storage: 1 },
      ["node pve1 change", "all on pve1 change", "storage tank definition"],
    ],
    ["GET /nodes/{node}/status", { node: "pve1" }, ["node pve1 read"]],
    ["GET /nodes/{node}/version", { node: "pve1" }, []],
    ["GET /version", {}, []],
    [TASK, { node: "pve1", upid: UPID("qmigrate", "103") }, ["task of root@pam!mcp: guest 103 change"]],
    [TASK, { node: "pve1", upid: UPID("imgdel", "103@nas") }, ["task of root@pam!mcp: guest 103 change"]],
    [TASK, { node: "pve1", upid: UPID("vzdump", "") }, ["task of root@pam!mcp: all change"]],
    [
      TASK,
      { node: "pve1", upid: UPID("qmclone", "107") },
      ["task of root@pam!mcp: guest 107 change,all change"],
    ],
    [TASK, { node: "pve1", upid: UPID("download", "x.iso") }, ["task of root@pam!mcp: node pve1 change"]],
    [TASK, { node: "pve1", upid: "UPID:nonsense" }, ["everything: upid cannot be read"]],
    [
      "POST /nodes/{node}/vncshell",
      { node: "pve1" },
      ["node pve1 change", "everything: a shell on the node has no limits"],
    ],
  ]);
  holds("the cluster", [
    ["PUT /cluster/options", { description: "x" }, ["cluster"]],
    ["PUT /cluster/options", { migration: "insecure" }, ["cluster", "every-node", "all change"]],
    ["PUT /cluster/options", { delete: "crs" }, ["cluster", "every-node", "all change"]],
    ["PUT /cluster/sdn", {}, ["cluster", "every-node", "all change"]],
    [
      "PUT /cluster/sdn/vnets/{vnet}/ips",
      { vnet: "v", vmid: 103 },
      ["cluster", "all change", "guest 103 change"],
    ],
    [
      "POST /cluster/mapping/dir",
      { id: "d", map: ["node=pve1,path=/var/lib/vz"] },
      ["cluster", "everything: map names folders of the nodes"],
    ],
    ["PUT /cluster/mapping/dir/{id}", { id: "d", description: "x" }, ["cluster", "all change"]],
    [
      "PUT /cluster/mapping/pci/{id}",
      { id: "d", map: ["node=pve1,path=0000:01:00"] },
      ["cluster", "all change", "everything: map names devices of the nodes"],
    ],
    ["POST /access/users", { userid: "a@pve" }, ["cluster"]],
    ["GET /access/users", {}, ["cluster"]],
    ["GET /cluster/nextid", { vmid: 103 }, []],
  ]);
  holds("high availability and replication", [
    [
      "POST /cluster/ha/resources",
      { sid: "VM:103", group: "g" },
      ["guest 103 change", "group g", "companions of 103", "storages of 103 and its snapshots volumes local"],
    ],
    [
      "PUT /cluster/ha/resources/{sid}",
      { sid: "103", failback: 1 },
      ["guest 103 change", "companions of 103", "storages of 103 and its snapshots volumes local"],
    ],
    ["PUT /cluster/ha/resources/{sid}", { sid: "103" }, ["guest 103 change"]],
    ["DELETE /cluster/ha/resources/{sid}", { sid: "service:103" }, ["everything: sid cannot be read"]],
    [
      "POST /cluster/ha/resources/{sid}/migrate",
      { sid: "ct:0103", node: "pve2" },
      [
        "guest 103 change",
        "node pve2 place",
        "companions of 103",
        "storages of 103 and its snapshots volumes local",
      ],
    ],
    [
      "POST /cluster/ha/rules",
      { rule: "r", resources: "vm:100, ct:103", nodes: "pve1:2,pve3" },
      [
        "guest 100 change",
        "guest 103 change",
        "node pve1 place",
        "node pve3 place",
        "companions of 100",
        "companions of 103",
        "storages of 100 and its snapshots volumes local",
        "storages of 103 and its snapshots volumes local",
      ],
    ],
    ["PUT /cluster/ha/rules/{rule}", { rule: "r", type: "node-affinity", strict: 1 }, ["ha-rule r change"]],
    ["DELETE /cluster/ha/groups/{group}", { group: "g" }, ["group g members"]],
    [
      "POST /cluster/replication",
      { id: "103-0", target: "pve2" },
      ["guest 103 change", "node pve2 place", "storages of 103 allocate local"],
    ],
    // The copies go with the job.
    [
      "DELETE /cluster/replication/{id}",
      { id: "103-0" },
      ["guest 103 change", "storages of 103 volumes local"],
    ],
    ["PUT /cluster/replication/{id}", { id: "103-0", rate: 1 }, ["guest 103 change"]],
    [
      "PUT /cluster/replication/{id}",
      { id: "103-0", remove_job: "full" },
      ["guest 103 change", "storages of 103 volumes local"],
    ],
    [
      "POST /nodes/{node}/replication/{id}/schedule_now",
      { node: "pve1", id: "103-x" },
      ["everything: id cannot be read"],
    ],
  ]);
  const ACL = "PUT /access/acl";
  const BELOW = ["everything: rights on this path hold for all below it"];
  holds("access rights", [
    [ACL, { path: "/vms/103" }, ["guest 103 change"]],
    [ACL, { path: "vms//0103/" }, ["guest 103 change"]],
    [ACL, { path: "/" }, BELOW],
    [ACL, { path: "/vms" }, BELOW],
    [ACL, { path: "/storage/nas" }, ["storage nas definition"]],
    [ACL, { path: "/nodes/pve1" }, ["node pve1 change"]],
    [ACL, { path: "/pool/lab/one" }, ["pool lab/one change", "all in lab/one change"]],
    [ACL, { path: "/access/groups/x" }, ["cluster"]],
    [ACL, { path: "/VMS/103" }, BELOW],
    [ACL, {}, BELOW],
    ["GET /access/acl", {}, []],
  ]);
  holds("firewalls", [
    ["POST /nodes/{node}/qemu/{vmid}/firewall/rules", AT, ["guest 107 change"]],
    ["PUT /nodes/{node}/firewall/options", { node: "pve1" }, ["node pve1 change", "all on pve1 change"]],
    ["POST /cluster/firewall/rules", {}, ["cluster", "every-node"]],
    ["DELETE /cluster/firewall/ipset/{name}", { name: "x" }, ["cluster", "every-node", "all change"]],
  ]);
});
