/** What a named format looks like, in words a caller can act on; PVE's own messages seldom say. */
const HINTS: Readonly<Record<string, string>> = {
  "pve-vmid": "a number from 100 to 999999999",
  "pve-node": "letters, digits and inner dashes",
  "pve-configid": "a letter, then letters, digits, dashes or underscores, two characters at least",
  "pve-storage-id": "two characters at least: a letter first, then letters, digits, - _ or .",
  "pve-volume-id": "storage:volume, for example local:iso/debian.iso",
  "pve-volume-id-or-qm-path": "storage:volume, storage:size in GiB for a new one, none or cdrom",
  "pve-volume-id-or-absolute-path": "storage:volume or an absolute path",
  "pve-userid": "user@realm",
  "pve-tokenid": "user@realm!token",
  "pve-poolid": "up to three levels of letters, digits, - _ or ., joined by /",
  "pve-ha-resource-or-vm-id": "vm:100, ct:100 or a VMID",
  "pve-ha-resource-id": "vm:100 or ct:100",
  "pve-ha-node": "node or node:priority",
  "pve-replication-job-id": "VMID-number, for example 100-0",
  "pve-iface": "a letter, then letters, digits or underscores, for example vmbr0",
  "pve-tag": "letters, digits, _ - + and ., not starting with - + or .",
  "pve-calendar-event": "for example 'daily', 'mon..fri 22:30' or '*:0/15'",
  "pve-startup-order": "order=N,up=seconds,down=seconds",
  "pve-day-of-week": "mon, tue, wed, thu, fri, sat or sun",
  "pve-storage-content": "images, rootdir, vztmpl, iso, backup, snippets or import",
  "pve-hotplug-features": "network, disk, cpu, memory, usb, cloudinit; or 1 or 0",
  "pve-qm-bootdev": "a drive, net, usb or hostpci device, for example scsi0",
  "pve-qm-bootdisk": "a drive such as scsi0",
  "pve-ipv4-config": "dhcp, manual or address/prefix, for example 192.0.2.5/24",
  "pve-ipv6-config": "auto, dhcp, manual or address/prefix, for example 2001:db8::5/64",
  "pve-fw-addr-spec": "an address, network, range, +ipset or alias",
  "pve-fw-dport-spec": "ports 0 to 65535, ranges as 80:85, several by comma",
  "pve-fw-sport-spec": "ports 0 to 65535, ranges as 80:85, several by comma",
  CIDR: "address/prefix, for example 192.0.2.0/24",
  CIDRv4: "address/prefix, for example 192.0.2.0/24",
  CIDRv6: "address/prefix, for example 2001:db8::/64",
  IPorCIDR: "an address or address/prefix",
  IPorCIDRorAlias: "an address, address/prefix or the name of an alias",
  "mac-addr": "six hex pairs joined by :, the first even, for example BC:24:11:00:00:01",
  "disk-size": "a number with K, M, G or T",
};

/** The hint for a named format, of a list's entries for a list format. */
export function formatHint(name: string): string | undefined {
  const base = name.replace(/-(?:list|opt)$/, "");
  return Object.hasOwn(HINTS, base) ? HINTS[base] : undefined;
}
