/**
 * How many devices of a kind a guest may have (or domains a node, links a cluster); PVE's API description does not say
 * (PVE::QemuServer, PVE::QemuServer::Drive, PVE::LXC::Config).
 */
const COUNT: Readonly<Record<string, number>> = {
  net: 32,
  serial: 4,
  parallel: 3,
  ide: 4,
  scsi: 31,
  virtio: 16,
  sata: 6,
  efidisk: 1,
  tpmstate: 1,
  unused: 256,
  numa: 8,
  hostpci: 16,
  usb: 14,
  virtiofs: 10,
  mp: 256,
  dev: 256,
  ipconfig: 32,
  link: 8,
  acmedomain: 6,
};

/** The kind of a device such as `net0`; undefined when it is none, or its number is beyond what PVE has. */
export function deviceKind(name: string): string | undefined {
  const [, kind = "", index = ""] = /^([a-z]+)(0|[1-9]\d*)$/.exec(name) ?? [];
  return Object.hasOwn(COUNT, kind) && Number(index) < (COUNT[kind] ?? 0) ? kind : undefined;
}
