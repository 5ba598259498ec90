import { isNot, isOff, isOn, names } from "../argument-values.ts";
import { isPort, isUsb } from "../devices.ts";
import { DISKS, isForeign, isOnNode } from "../foreign-volumes.ts";
import {
  asking,
  EXECUTE,
  EXECUTE_LOSS,
  loss,
  type Operations,
  type Raise,
  raised,
  WRITE,
  WRITE_LOSS,
  write,
} from "./operation.ts";
import { HA_KILLS, HA_STOPS, LOCAL_VOLUMES, PRESENT_DISKS } from "./state-raises.ts";

const SKIPLOCK: Raise = write("skiplock", "ignores the guest's lock", isOn);
const FORCE_STOP: Raise = loss("forceStop", "cuts the power", isOn);
const OVERRULE: Raise = loss("overrule-shutdown", "aborts running shutdowns", isOn);
const MIGRATED: Raise = write("migratedfrom", "is for PVE's own migration");

const MOVE: readonly Raise[] = [
  loss("delete", "removes the source volume", isOn),
  loss("target-vmid", "gives the disk to another guest"),
];

/** Disks by which a call could reach another guest, or the node itself. */
const VOLUMES: readonly Raise[] = [
  loss(DISKS, "names a volume of another guest", isForeign),
  loss(DISKS, "names a device, file or folder of the node", isOnNode),
];

const HOOK: Raise = loss("hookscript", "runs a program on the node");
/** What reaches past the guest, in a VM's settings. */
const VM_REACH: readonly Raise[] = [
  ...VOLUMES,
  HOOK,
  loss("args", "is passed to the node's hypervisor as it is"),
  loss("hostpci[n]", "takes a device of the node"),
  loss("usb[n]", "takes a device of the node", isUsb),
  loss(["serial[n]", "parallel[n]"], "takes a device of the node", isPort),
  loss("virtiofs[n]", "shows the guest a folder of the node"),
];
/** What reaches past the guest, in a container's settings. */
const CT_REACH: readonly Raise[] = [...VOLUMES, HOOK, loss("dev[n]", "takes a device of the node")];

const DISK = /^(?:(?:unused|scsi|virtio|ide|sata|mp|efidisk|tpmstate)\d*|rootfs|cdrom)$/;
const LOGIN = /^(?:cicustom|ciuser|cipassword|sshkeys)$/;
const DEVICE = /^(?:dev|hostpci|parallel|serial|usb|virtiofs)\d*$/;

/** Settings of an existing guest that can cost it data or its connection. */
const CONFIG: readonly Raise[] = [
  loss("delete", "detaches or destroys a disk", names(DISK)),
  loss("delete", "takes a network interface or its address away", names(/^(?:net|ipconfig)\d*$/)),
  loss("delete", "takes a protection away", names(/^(?:protection|lock)$/)),
  loss("delete", "takes a device away", names(DEVICE)),
  loss("revert", "drops changes that wait"),
  loss(["net[n]", "ipconfig[n]"], "may cut the guest's connection"),
  loss("protection", "0 lets the guest be deleted", isOff),
  loss("template", "1 makes it a template", isOn),
];
const VM_CONFIG: readonly Raise[] = [
  SKIPLOCK,
  ...CONFIG,
  loss("force", "destroys the disks it deletes", isOn),
  loss("delete", "discards the memory it was suspended with", names(/^vmstate$/)),
  loss("delete", "changes who can log in", names(LOGIN)),
  loss(["cicustom", "ciuser", "cipassword", "sshkeys"], "changes who can log in"),
  ...VM_REACH,
];

/** Commands to the guest agent that leave the guest running. */
const QUIET = [
  "fsfreeze-status",
  "fsfreeze-thaw",
  "fstrim",
  "get-fsinfo",
  "get-host-name",
  "get-memory-block-info",
  "get-memory-blocks",
  "get-osinfo",
  "get-time",
  "get-timezone",
  "get-users",
  "get-vcpus",
  "info",
  "network-get-interfaces",
  "ping",
] as const;

/** Guests: power, configuration, disks, snapshots, migration, consoles, the guest agent. */
export const GUESTS = {
  "POST /cluster/bulk-action/guest/migrate": asking(
    raised(
      EXECUTE,
      loss("with-local-disks", "copies disks and deletes the originals", isOn),
      loss("online", "restarts running containers", isOn),
    ),
    LOCAL_VOLUMES,
  ),
  "POST /cluster/bulk-action/guest/shutdown": raised(
    EXECUTE_LOSS,
    loss("force-stop", "cuts the power", isOn),
  ),
  "POST /cluster/bulk-action/guest/start": EXECUTE,
  "POST /cluster/bulk-action/guest/suspend": EXECUTE_LOSS,
  "POST /nodes/{node}/migrateall": raised(
    EXECUTE_LOSS,
    loss("with-local-disks", "copies disks and deletes the originals", isOn),
  ),
  "POST /nodes/{node}/startall": EXECUTE,
  "POST /nodes/{node}/stopall": raised(EXECUTE_LOSS, loss("force-stop", "cuts the power", isOn)),
  "POST /nodes/{node}/suspendall": EXECUTE_LOSS,
  "POST /nodes/{node}/qemu": raised(
    WRITE,
    loss("force", "overwrites an existing guest", isOn),
    loss("live-restore", "loses what the guest writes before the restore ends, if that fails", isOn),
    ...VM_REACH,
  ),
  "DELETE /nodes/{node}/qemu/{vmid}": raised(WRITE_LOSS, SKIPLOCK),
  "POST /nodes/{node}/qemu/{vmid}/agent": raised(
    WRITE,
    loss("command", "stops, suspends or freezes the guest", isNot(...QUIET)),
  ),
  "POST /nodes/{node}/qemu/{vmid}/agent/exec": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/agent/fstrim": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/agent/ping": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/agent/set-user-password": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/clone": WRITE,
  "PUT /nodes/{node}/qemu/{vmid}/cloudinit": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/config": asking(raised(WRITE, ...VM_CONFIG), PRESENT_DISKS),
  "PUT /nodes/{node}/qemu/{vmid}/config": asking(raised(WRITE, ...VM_CONFIG), PRESENT_DISKS),
  "POST /nodes/{node}/qemu/{vmid}/dbus-vmstate": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/migrate": asking(
    raised(
      EXECUTE,
      write("force", "moves it although it uses devices of its node", isOn),
      loss("with-local-disks", "copies disks and deletes the originals", isOn),
      loss("targetstorage", "copies disks and deletes the originals"),
    ),
    LOCAL_VOLUMES,
  ),
  "POST /nodes/{node}/qemu/{vmid}/monitor": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/move_disk": raised(WRITE, ...MOVE),
  "POST /nodes/{node}/qemu/{vmid}/mtunnel": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/remote_migrate": WRITE_LOSS,
  "PUT /nodes/{node}/qemu/{vmid}/resize": raised(WRITE, SKIPLOCK),
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/snapshot": WRITE,
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}": WRITE_LOSS,
  "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config": WRITE,
  "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": EXECUTE,
  "POST /nodes/{node}/qemu/{vmid}/status/reset": raised(EXECUTE_LOSS, SKIPLOCK),
  "POST /nodes/{node}/qemu/{vmid}/status/resume": raised(
    EXECUTE,
    SKIPLOCK,
    write("nocheck", "resumes a guest that may be another node's", isOn),
  ),
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": asking(raised(EXECUTE, SKIPLOCK, FORCE_STOP), HA_STOPS),
  "POST /nodes/{node}/qemu/{vmid}/status/start": raised(
    EXECUTE,
    SKIPLOCK,
    MIGRATED,
    write("stateuri", "runs the guest from a state that lies anywhere"),
    write("force-cpu", "runs the guest on another CPU than configured"),
  ),
  "POST /nodes/{node}/qemu/{vmid}/status/stop": raised(EXECUTE_LOSS, SKIPLOCK, OVERRULE, MIGRATED),
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": raised(EXECUTE, SKIPLOCK),
  "POST /nodes/{node}/qemu/{vmid}/template": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/termproxy": WRITE_LOSS,
  "PUT /nodes/{node}/qemu/{vmid}/unlink": WRITE_LOSS,
  "POST /nodes/{node}/qemu/{vmid}/vncproxy": WRITE_LOSS,
  "POST /nodes/{node}/lxc": raised(WRITE, loss("force", "overwrites an existing guest", isOn), ...CT_REACH),
  "DELETE /nodes/{node}/lxc/{vmid}": WRITE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/clone": WRITE,
  "PUT /nodes/{node}/lxc/{vmid}/config": asking(raised(WRITE, ...CONFIG, ...CT_REACH), PRESENT_DISKS),
  "POST /nodes/{node}/lxc/{vmid}/migrate": asking(
    raised(
      EXECUTE,
      loss(["restart", "online"], "restarts the container", isOn),
      loss("target-storage", "copies volumes and deletes the originals"),
    ),
    LOCAL_VOLUMES,
  ),
  "POST /nodes/{node}/lxc/{vmid}/move_volume": raised(WRITE, ...MOVE),
  "POST /nodes/{node}/lxc/{vmid}/mtunnel": WRITE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/remote_migrate": WRITE_LOSS,
  "PUT /nodes/{node}/lxc/{vmid}/resize": WRITE,
  "POST /nodes/{node}/lxc/{vmid}/snapshot": WRITE,
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}": WRITE_LOSS,
  "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config": WRITE,
  "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback": WRITE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": WRITE_LOSS,
  // What does not stop in time is killed (PVE::LXC vm_reboot).
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": EXECUTE_LOSS,
  // One folder holds what was suspended last, whichever it was (PVE::API2::LXC::Status).
  "POST /nodes/{node}/lxc/{vmid}/status/resume": EXECUTE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": asking(raised(EXECUTE, FORCE_STOP), HA_KILLS),
  "POST /nodes/{node}/lxc/{vmid}/status/start": raised(EXECUTE, SKIPLOCK),
  "POST /nodes/{node}/lxc/{vmid}/status/stop": raised(EXECUTE_LOSS, SKIPLOCK, OVERRULE),
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": EXECUTE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/template": WRITE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/termproxy": WRITE_LOSS,
  "POST /nodes/{node}/lxc/{vmid}/vncproxy": WRITE_LOSS,
} satisfies Operations;
