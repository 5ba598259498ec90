import { type GuestType, isDiskKey } from "./guests.ts";
import { denied, requirePrivileges } from "./permissions.ts";
import { die, type SimCall } from "./route.ts";

/** Privileges by setting (PVE::API2::Qemu check_vm_modify_config_perm, PVE::LXC check_ct_modify_config_perm). */
const SETTINGS: Readonly<Record<string, readonly [qemu: string, lxc: string]>> = {
  CPU: ["cores cpu runningcpu cpulimit cpuunits numa smp sockets vcpus affinity", "cores cpulimit cpuunits"],
  Memory: ["memory balloon shares allow-ksm", "memory swap"],
  HWType: [
    "acpi hotplug kvm machine runningmachine scsihw smbios1 tablet vga watchdog audio0 rng0 vmgenid amd-sev intel-tdx spice_enhancements keephugepages hugepages arch ivshmem",
    "",
  ],
  Options: [
    "agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype protection reboot startdate startup tdf template tags hookscript",
    "",
  ],
  Disk: ["boot bootdisk vmstatestorage", "rootfs"],
  Network: ["", "nameserver searchdomain hostname"],
  Cloudinit: ["cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys", ""],
};

const NUMBERED: readonly (readonly [RegExp, string])[] = [
  [/^net\d+$/, "Network"],
  [/^ipconfig\d+$/, "Cloudinit"],
  [/^numa\d+$/, "CPU"],
  [/^(unused|mp|virtiofs)\d+$/, "Disk"],
  [/^(usb|hostpci|serial|parallel)\d+$/, "HWType"],
];

let byKey: Record<GuestType, Map<string, string>> | undefined;

function table(type: GuestType): Map<string, string> {
  if (!byKey) {
    byKey = { qemu: new Map(), lxc: new Map() };
    for (const [group, [qemu, lxc]] of Object.entries(SETTINGS)) {
      for (const key of qemu.split(" ")) byKey.qemu.set(key, group);
      for (const key of lxc.split(" ")) byKey.lxc.set(key, group);
    }
  }
  return byKey[type];
}

function groupOf(type: GuestType, key: string, value: string | undefined): string | undefined {
  if (isDiskKey(type, key)) return value?.includes("media=cdrom") ? "CDROM" : "Disk";
  return table(type).get(key) ?? NUMBERED.find(([pattern]) => pattern.test(key))?.[1];
}

/** Refuses settings that the caller may not change on the guest (pool rights count for a new one). */
export function checkSettings(
  call: SimCall,
  type: GuestType,
  vmid: number,
  settings: Readonly<Record<string, unknown>>,
): void {
  if (call.caller.id === "root@pam") return;
  for (const [key, value] of Object.entries(settings)) {
    const group = groupOf(type, key, value === undefined ? undefined : String(value));
    if (type === "lxc" && key === "features") checkFeatures(call, vmid, String(value ?? ""));
    else if (group === undefined && type === "qemu") die(`only root can set '${key}' config`);
    else checkGroup(call, vmid, group ?? "Options");
    if (key === "startup" && type === "qemu")
      requirePrivileges(call.world, call.caller.id, "/", ["Sys.Modify"]);
  }
}

function checkGroup(call: SimCall, vmid: number, group: string): void {
  const privileges =
    group === "Cloudinit" ? ["VM.Config.Cloudinit", "VM.Config.Network"] : [`VM.Config.${group}`];
  const pool = call.params.pool;
  if (typeof pool === "string" && privileges.some((priv) => call.may(`/pool/${pool}`, priv))) return;
  requirePrivileges(call.world, call.caller.id, `/vms/${vmid}`, privileges, group === "Cloudinit");
}

/** Containers: nesting is for whoever may allocate, every other feature for root@pam himself. */
function checkFeatures(call: SimCall, vmid: number, features: string): void {
  const others = features.split(",").filter((part) => part !== "" && !part.startsWith("nesting="));
  if (others.length > 0) denied("changing feature flags (except nesting) is only allowed for root@pam");
  requirePrivileges(call.world, call.caller.id, `/vms/${vmid}`, ["VM.Allocate"]);
}
