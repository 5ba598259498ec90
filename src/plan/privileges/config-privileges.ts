import type { Row } from "../../pve/data.ts";
import { CONFIG_ROUTE, diskOf, type GuestType, isDiskKey, isUnusedKey } from "../difference/guest-disk.ts";
import { factOf, propertiesOf, settingText } from "../difference/setting-value.ts";
import { all, every, type Need, oneOf, rootOnly, since, some, UNKNOWN } from "./privilege-need.ts";

/** A change of a guest's configuration, as far as privileges go. */
export interface ConfigChange {
  readonly type: GuestType;
  readonly vmid: number;
  /** Settings by name, as they are sent. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly deleted: readonly string[];
  /** What is set now; undefined when it could not be read, empty for a new guest. */
  readonly now: Row | undefined;
  /** A new guest's pool: what it grants counts for the guest. */
  readonly pool?: string;
  readonly creating?: true;
  /** SDN zone of a bridge; undefined when it is not known. */
  readonly zoneOf: (bridge: string) => string | undefined;
}

/** VM.Config.* by setting (PVE::API2::Qemu check_vm_modify_config_perm, PVE::LXC check_ct_modify_config_perm). */
const GROUPS: Readonly<Record<GuestType, Readonly<Record<string, string>>>> = {
  qemu: {
    CPU: "cores cpu cpulimit cpuunits numa smp sockets vcpus",
    Memory: "memory balloon shares allow-ksm",
    HWType: "acpi hotplug kvm machine scsihw smbios1 tablet vga watchdog audio0 rng0",
    Options:
      "agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype protection reboot startdate startup tdf template",
    Disk: "boot bootdisk vmstatestorage",
  },
  lxc: {
    CPU: "cores cpulimit cpuunits",
    Memory: "memory swap",
    Network: "nameserver searchdomain hostname",
    Options:
      "arch cmode console debug description entrypoint env onboot ostype protection startup template timezone tty unprivileged lock",
  },
};
const GROUP_OF: Readonly<Record<GuestType, ReadonlyMap<string, string>>> = {
  qemu: groupsOf("qemu"),
  lxc: groupsOf("lxc"),
};

function groupsOf(type: GuestType): ReadonlyMap<string, string> {
  const entries = Object.entries(GROUPS[type]);
  return new Map(entries.flatMap(([group, keys]) => keys.split(" ").map((key) => [key, group] as const)));
}

/** Settings that PVE takes from root@pam alone: no list of either function has them. */
const ROOT_ONLY: Readonly<Record<GuestType, ReadonlySet<string>>> = {
  qemu: new Set(
    "affinity amd-sev arch args hookscript hugepages intel-tdx ivshmem keephugepages lock spice_enhancements vmgenid".split(
      " ",
    ),
  ),
  lxc: new Set(["hookscript"]),
};
const CLOUD_INIT =
  /^(?:cicustom|cipassword|citype|ciuser|ciupgrade|nameserver|searchdomain|sshkeys|ipconfig\d+)$/;

/** Needs `VM.Config.<group>` on the guest, or on the pool of a new one. */
const config = (change: ConfigChange, ...groups: readonly string[]): Need =>
  onGuest(change, ...groups.map((group) => `VM.Config.${group}`));

/** Needs each of the privileges on the guest, or on the pool of a new one (PVE::RPCEnvironment check_vm_perm). */
function onGuest({ vmid, pool }: ConfigChange, ...privileges: readonly string[]): Need {
  const guest = all(`/vms/${vmid}`, ...privileges);
  return pool === undefined ? guest : some(guest, all(`/pool/${pool}`, ...privileges));
}

/** Read access to a volume that is there already (PVE::Storage check_volume_access). */
export function volumeNeed(volume: string, vmid: number | undefined, owner: number | undefined): Need {
  const [, storage, name = ""] = /^([^:/\s]+):(.+)$/s.exec(volume) ?? [];
  if (storage === undefined) return volume.startsWith("/") ? rootOnly(`the path ${volume}`) : UNKNOWN;
  const path = `/storage/${storage}`;
  if (/^(?:iso|vztmpl|import)\//.test(name))
    return oneOf(path, ["Datastore.Audit", "Datastore.AllocateSpace", "Datastore.Allocate"]);
  const backupOf = /^backup\/(?:vzdump-(?:openvz|lxc|qemu)-|(?:vm|ct)\/)(\d+)\b/.exec(name)?.[1];
  if (backupOf !== undefined) {
    if (Number(backupOf) === vmid) return every();
    return some(
      every(oneOf(path, ["Datastore.AllocateSpace"]), oneOf(`/vms/${backupOf}`, ["VM.Backup"])),
      oneOf(path, ["Datastore.Allocate"]),
    );
  }
  if (owner === undefined) return UNKNOWN;
  if (owner === vmid) return every();
  return some(
    every(oneOf(path, ["Datastore.Audit"]), oneOf(`/vms/${owner}`, ["VM.Config.Disk"])),
    oneOf(path, ["Datastore.Allocate"]),
  );
}

/** What a new value of a disk setting needs on storages (check_storage_access in PVE::API2::Qemu). */
function storageNeed({ type, vmid }: ConfigChange, key: string, value: unknown): Need {
  const disk = diskOf(type, key, value);
  if (!disk) return UNKNOWN;
  if (type === "lxc" && disk.storage === undefined && /^[/\d]/.test(disk.volume))
    return disk.volume.startsWith("/") ? rootOnly(`${key} as a path on the node`) : UNKNOWN;
  if (disk.volume === "none" || disk.kind === "cloudinit") return every();
  if (disk.volume === "cdrom") return oneOf("/", ["Sys.Console"]);
  if (disk.fresh !== undefined && disk.storage !== undefined)
    return oneOf(`/storage/${disk.storage}`, ["Datastore.AllocateSpace"]);
  return volumeNeed(disk.volume, vmid, disk.owner);
}

/** VM.Config.* of a drive by what it holds (check_drive_perms in PVE::API2::Qemu); a new VM's drives need none. */
function driveNeed(change: ConfigChange, key: string, value: unknown): Need {
  const disk = diskOf(change.type, key, value);
  if (!disk) return UNKNOWN;
  if (disk.kind === "cloudinit") return config(change, "Cloudinit", "CDROM");
  return config(change, disk.kind === "cdrom" ? "CDROM" : "Disk");
}

/** Use of the bridge or vnet that a network device is on (PVE::GuestHelpers check_vnet_access). */
export function bridgeNeed(
  type: GuestType,
  key: string,
  value: unknown,
  zoneOf: ConfigChange["zoneOf"],
): Need {
  const { bridge, tag, trunks } = propertiesOf(factOf(CONFIG_ROUTE[type], key), settingText(value)) ?? {};
  if (bridge === undefined) return every();
  const zone = zoneOf(bridge);
  if (zone === undefined || trunks !== undefined) return UNKNOWN;
  const path = `/sdn/zones/${zone}/${bridge}`;
  return oneOf(tag === undefined ? path : `${path}/${tag}`, ["SDN.Use"]);
}

/** A mapped device of the cluster, or one of the node, which is root@pam's (check_usb_perm, check_hostpci_perm). */
function deviceNeed(change: ConfigChange, key: string, value: unknown): Need {
  const kind = key.replace(/\d+$/, "");
  const { host, mapping, romfile } = propertiesOf(factOf(CONFIG_ROUTE.qemu, key), settingText(value)) ?? {};
  const hardware = config(change, "HWType");
  if (kind === "usb" && host !== undefined && /^spice$/i.test(host)) return hardware;
  if (host !== undefined) return rootOnly(`${key} as a device of the node`);
  if (mapping === undefined) return UNKNOWN;
  const use = oneOf(`/mapping/${kind === "usb" ? "usb" : "pci"}/${mapping}`, ["Mapping.Use"]);
  return every(hardware, use, ...(romfile === undefined ? [] : [rootOnly(`romfile of ${key}`)]));
}

/** A CPU model of the cluster's own (check_cpu_model_access). */
function cpuNeed(change: ConfigChange, value: unknown): Need {
  const fact = factOf(CONFIG_ROUTE.qemu, "cpu");
  const model = propertiesOf(fact, settingText(value))?.cputype;
  const before = propertiesOf(fact, settingText(change.now?.cpu))?.cputype;
  if (!model?.startsWith("custom-") || model === before) return every();
  return change.now === undefined
    ? UNKNOWN
    : since("9.2", `/mapping/cpu/${model.slice("custom-".length)}`, "Mapping.Use");
}

/** Of an unprivileged container `nesting` alone is no root@pam's affair. */
function featuresNeed(change: ConfigChange, value: unknown): Need {
  const { now, creating, set } = change;
  const unprivileged = creating ? set.unprivileged : now?.unprivileged;
  if (now === undefined || (creating && unprivileged === undefined)) return UNKNOWN;
  if (settingText(unprivileged) !== "1") return rootOnly("features of a privileged container");
  const fact = factOf(CONFIG_ROUTE.lxc, "features");
  const [before = {}, after = {}] = [now.features, value].map((text) =>
    propertiesOf(fact, settingText(text)),
  );
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => before[key] !== after[key],
  );
  if (changed.some((key) => key !== "nesting")) return rootOnly("features but nesting");
  return changed.length > 0 ? onGuest(change, "VM.Allocate") : every();
}

const mapped = (change: ConfigChange, key: string, value: unknown): Need => {
  const { dirid } = propertiesOf(factOf(CONFIG_ROUTE.qemu, key), settingText(value)) ?? {};
  return dirid === undefined
    ? UNKNOWN
    : every(config(change, "Disk"), all(`/mapping/dir/${dirid}`, "Mapping.Use"));
};

/** What setting a VM's `key` needs, the old value among it: both are looked at where the value decides. */
function vmNeed(change: ConfigChange, key: string, value: unknown): Need {
  const { creating, now, zoneOf } = change;
  const old = now?.[key];
  const both = (need: (value: unknown) => Need): Need =>
    every(need(value), ...(old === undefined ? [] : [need(old)]));
  if (isDiskKey("qemu", key))
    return every(
      storageNeed(change, key, value),
      creating ? every() : both((one) => driveNeed(change, key, one)),
    );
  if (isUnusedKey(key)) return UNKNOWN;
  if (/^net\d+$/.test(key))
    return every(
      config(change, "Network"),
      both((one) => bridgeNeed("qemu", key, one, zoneOf)),
    );
  if (/^(?:usb|hostpci)\d+$/.test(key)) return both((one) => deviceNeed(change, key, one));
  if (/^virtiofs\d+$/.test(key)) return both((one) => mapped(change, key, one));
  if (/^serial\d+$/.test(key))
    return both((one) =>
      one === "socket" ? config(change, "HWType") : rootOnly(`${key} as a device of the node`),
    );
  if (/^parallel\d+$/.test(key) || ROOT_ONLY.qemu.has(key)) return rootOnly(key);
  if (/^numa\d+$/.test(key)) return config(change, "CPU");
  if (key === "tags") return creating ? UNKNOWN : config(change, "Options");
  if (key === "freeze") return onGuest(change, "VM.PowerMgmt");
  if (key === "vmstate") return onGuest(change, "VM.Config.Disk", "VM.PowerMgmt");
  if (CLOUD_INIT.test(key)) return cloudInitNeed(change);
  const group = GROUP_OF.qemu.get(key);
  return group === undefined
    ? UNKNOWN
    : every(config(change, group), BESIDES[key]?.(change, value) ?? every());
}

/** What a few settings of VMs need besides; a value that goes needs no more. */
const BESIDES: Readonly<Record<string, (change: ConfigChange, value: unknown) => Need>> = {
  // It changes what the node does when it boots.
  startup: () => all("/", "Sys.Modify"),
  cpu: cpuNeed,
  vmstatestorage: (_, value) =>
    value === undefined ? every() : all(`/storage/${settingText(value)}`, "Datastore.AllocateSpace"),
  rng0: (_, value) =>
    propertiesOf(factOf(CONFIG_ROUTE.qemu, "rng0"), settingText(value))?.source === "/dev/hwrng"
      ? all("/mapping/hwrng", "Mapping.Use")
      : every(),
};

function cloudInitNeed({ vmid, pool }: ConfigChange): Need {
  const either = ["VM.Config.Cloudinit", "VM.Config.Network"];
  const guest = oneOf(`/vms/${vmid}`, either);
  return pool === undefined ? guest : some(guest, oneOf(`/pool/${pool}`, either));
}

function ctNeed(change: ConfigChange, key: string, value: unknown): Need {
  const { now, zoneOf } = change;
  if (isDiskKey("lxc", key)) return every(config(change, "Disk"), storageNeed(change, key, value));
  if (/^net\d+$/.test(key)) {
    const values = [value, ...(now?.[key] === undefined ? [] : [now[key]])];
    return every(config(change, "Network"), ...values.map((one) => bridgeNeed("lxc", key, one, zoneOf)));
  }
  if (/^dev\d+$/.test(key) || ROOT_ONLY.lxc.has(key)) return rootOnly(key);
  if (key === "features") return featuresNeed(change, value);
  if (key === "tags" || isUnusedKey(key)) return config(change, "Options");
  const group = GROUP_OF.lxc.get(key);
  return group === undefined ? UNKNOWN : config(change, group);
}

/** What deleting a setting needs: for devices, what its value tells. */
function deletionNeed(change: ConfigChange, key: string): Need {
  const { type, now } = change;
  const value = now?.[key];
  if (type === "lxc") return isDiskKey("lxc", key) ? config(change, "Disk") : ctNeed(change, key, undefined);
  if (isUnusedKey(key)) {
    const disk = diskOf("qemu", key, value);
    if (!disk) return UNKNOWN;
    const owned = disk.storage !== undefined && disk.owner === change.vmid;
    const free = owned ? all(`/storage/${disk.storage}`, "Datastore.AllocateSpace") : every();
    return every(config(change, "Disk"), free);
  }
  if (isDiskKey("qemu", key)) return value === undefined ? UNKNOWN : driveNeed(change, key, value);
  if (/^(?:(?:usb|hostpci|serial|virtiofs)\d+|tags)$/.test(key) && value === undefined) return UNKNOWN;
  return vmNeed({ ...change, now: {} }, key, value);
}

/** PVE's other name for the second IDE drive (PVE::API2::Qemu resolve_cdrom_alias). */
const nameOf = (type: GuestType, key: string): string => (type === "qemu" && key === "cdrom" ? "ide2" : key);

/**
 * The privileges that PVE asks for in code when a guest's configuration is changed or made, setting by setting: the
 * endpoint itself only asks for any of them.
 */
export function configNeeds(change: ConfigChange): readonly Need[] {
  const { type, set, deleted } = change;
  const of = type === "qemu" ? vmNeed : ctNeed;
  return [
    ...Object.entries(set).map(([key, value]) => {
      const name = nameOf(type, key);
      return of(change, name, name === key ? value : `${settingText(value)},media=cdrom`);
    }),
    ...deleted.map((key) => deletionNeed(change, nameOf(type, key))),
  ];
}
