import { index } from "../args.ts";
import type { Handlers } from "../route.ts";
import type { Json } from "../world.ts";

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

const CPU_FLAGS = ["nested-virt", "aes", "md-clear", "pcid", "spec-ctrl", "ssbd", "hv-tlbflush", "pdpe1gb"];

/** Hardware and capabilities of a node (PVE::API2::Hardware, ::Capabilities). */
export const nodeHardwareRoutes: Handlers = {
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
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}": () => index("method", "mdev"),
  // No device of these nodes makes mediated ones.
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev": () => [],
  "GET /nodes/{node}/hardware/usb": () => [],
  "GET /nodes/{node}/capabilities": () => index("name", "qemu"),
  "GET /nodes/{node}/capabilities/qemu": () => index("name", "cpu cpu-flags machines migration"),
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
};
