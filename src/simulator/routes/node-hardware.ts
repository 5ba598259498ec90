import { index, need, text } from "../args.ts";
import { digestOf } from "../digest.ts";
import { die, type Handlers, type SimCall } from "../route.ts";
import type { Json } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";

const DAY = 86400;

function disk(devpath: string, size: number, more: Record<string, Json>): Json {
  return {
    devpath,
    size,
    gpt: 1,
    type: "ssd",
    used: "LVM",
    mounted: 0,
    vendor: "ATA",
    model: "unknown",
    serial: "unknown",
    wwn: "unknown",
    health: "PASSED",
    rpm: 0,
    wearout: "N/A",
    osdid: -1,
    "osdid-list": null,
    ...more,
  };
}

/** The system disk and, in a cluster, the fast one that guests and Ceph live on. */
function disks(call: SimCall): Json {
  const { name, rootfs } = nodeOfCall(call);
  const system = disk("/dev/sda", rootfs.total, {
    used: "mounted",
    mounted: 1,
    model: "Micron_5300_MTFD",
    serial: `${name}-0001`,
  });
  if (!call.world.cluster) return [system];
  const fast = {
    type: "nvme",
    vendor: "unknown",
    model: "SAMSUNG MZQL21T9",
    serial: `${name}-0002`,
    wearout: 96,
  };
  return [system, disk("/dev/nvme0n1", 1_920_383_410_176, fast)];
}

/** A PCI device as lspci names it. */
function pci(id: string, cls: string, vendor: string, device: string, maker: string, name: string): Json {
  return {
    id,
    class: cls,
    vendor,
    device,
    vendor_name: maker,
    device_name: name,
    subsystem_vendor: vendor,
    subsystem_device: device,
    subsystem_vendor_name: maker,
    iommugroup: -1,
  };
}

function certificate(call: SimCall, filename: string): Json {
  const node = nodeOfCall(call);
  const root = filename === "pve-root-ca.pem";
  const issuer = `/CN=Proxmox Virtual Environment/OU=${digestOf("ca").slice(0, 8)}/O=PVE Cluster Manager CA`;
  const name = `${node.name}.${node.dns.search ?? "local"}`;
  const start = Math.trunc(node.booted);
  return {
    filename,
    issuer,
    subject: root ? issuer : `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=${name}`,
    san: root ? [] : ["127.0.0.1", "localhost", node.ip, node.name, name],
    fingerprint: root
      ? (digestOf("ca").repeat(2).slice(0, 64).toUpperCase().match(/../g) ?? []).join(":")
      : node.fingerprint,
    "public-key-type": "rsaEncryption",
    "public-key-bits": root ? 4096 : 2048,
    notbefore: start,
    notafter: start + (root ? 3650 : 730) * DAY,
    pem: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  };
}

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

const CPU_FLAGS = ["nested-virt", "aes", "md-clear", "pcid", "spec-ctrl", "ssbd", "hv-tlbflush", "pdpe1gb"];

/** Hardware, packages and certificates of a node (PVE::API2::Disks, ::Hardware, ::APT, ::Certificates, ::Capabilities). */
export const nodeHardwareRoutes: Handlers = {
  "GET /nodes/{node}/disks": () => index("name", "list initgpt smart lvm lvmthin directory wipedisk zfs"),
  "GET /nodes/{node}/disks/list": disks,
  "GET /nodes/{node}/disks/smart": (call) =>
    /^\/dev\/(sda|nvme0n1)$/.test(need(call, "disk"))
      ? { health: "PASSED", type: "text", text: "SMART overall-health self-assessment test result: PASSED\n" }
      : die(`failed to get device ${need(call, "disk")}`),
  "GET /nodes/{node}/disks/lvm": () => ({ leaf: 0, children: [] }),
  "GET /nodes/{node}/disks/lvmthin": () => [],
  "GET /nodes/{node}/disks/directory": () => [],
  "GET /nodes/{node}/disks/zfs": () => die("zfsutils-linux not installed"),
  "GET /nodes/{node}/hardware": () => index("type", "pci usb"),
  "GET /nodes/{node}/hardware/pci": () => [
    pci("0000:00:02.0", "0x030000", "0x1a03", "0x2000", "ASPEED Technology, Inc.", "ASPEED Graphics Family"),
    pci("0000:41:00.0", "0x020000", "0x8086", "0x1563", "Intel Corporation", "Ethernet Controller X550"),
    pci(
      "0000:c1:00.0",
      "0x010802",
      "0x144d",
      "0xa80a",
      "Samsung Electronics Co Ltd",
      "NVMe SSD Controller PM9A1",
    ),
  ],
  "GET /nodes/{node}/hardware/usb": () => [],
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
  "GET /nodes/{node}/apt/repositories": () => ({
    files: [],
    errors: [],
    infos: [],
    "standard-repos": [
      { handle: "enterprise", name: "Enterprise", status: 0 },
      { handle: "no-subscription", name: "No-Subscription", status: 1 },
      { handle: "test", name: "Test", status: null },
    ],
    digest: digestOf("repositories"),
  }),
  "GET /nodes/{node}/certificates": () => index("name", "acme custom info"),
  "GET /nodes/{node}/certificates/acme": () => index("name", "certificate"),
  "GET /nodes/{node}/certificates/info": (call) => [
    certificate(call, "pve-root-ca.pem"),
    certificate(call, "pve-ssl.pem"),
  ],
  "GET /nodes/{node}/capabilities": () => index("name", "qemu"),
  "GET /nodes/{node}/capabilities/qemu": () => index("name", "cpu cpu-flags machines migration"),
  "GET /nodes/{node}/capabilities/qemu/cpu": () =>
    [
      ["x86-64-v2-AES", "default"],
      ["x86-64-v3", "default"],
      ["host", "default"],
      ["EPYC-Rome", "AuthenticAMD"],
      ["EPYC-Milan", "AuthenticAMD"],
      ["Cascadelake-Server", "GenuineIntel"],
    ].map(([name = "", vendor = ""]) => ({
      name,
      vendor,
      custom: 0,
      ...(name.startsWith("x86-64-") ? { abstract: 1 } : {}),
    })),
  "GET /nodes/{node}/capabilities/qemu/machines": () =>
    ["10.0+pve1", "10.0", "9.2+pve1", "9.2"].flatMap((version) =>
      ["i440fx", "q35"].map((type) => ({
        id: `pc-${type}-${version}`,
        type,
        version,
        ...(version.includes("+pve") ? { changes: "Differs from QEMU's own machine." } : {}),
      })),
    ),
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": () =>
    CPU_FLAGS.map((name) => ({ name, description: `CPU flag ${name}`, "supported-on": [] })),
  "GET /cluster/qemu": () => index("name", "cpu-flags custom-cpu-models"),
  "GET /cluster/qemu/cpu-flags": () => [
    ...CPU_FLAGS.map((name) => ({ name, description: `CPU flag ${name}`, "supported-on": [] })),
    { name: "3dnow", "supported-on": [] },
  ],
  "GET /nodes/{node}/capabilities/qemu/migration": () => ({ "has-dbus-vmstate": true }),
  "GET /nodes/{node}/scan": () => index("method", "cifs iscsi lvm nfs pbs zfs"),
  "GET /nodes/{node}/scan/zfs": () =>
    die(
      "command 'zfs list -t filesystem -Hp -o name,avail,used' failed: open3: exec of zfs list -t filesystem -Hp -o name,avail,used failed: No such file or directory at /usr/share/perl5/PVE/Cmd.pm line 174.",
    ),
  "GET /nodes/{node}/scan/lvm": () => [{ vg: "pve" }],
};
