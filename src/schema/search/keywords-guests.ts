import type { Route } from "../routes.gen.ts";

/** What follows `/nodes/{node}/qemu/{vmid}` or `/nodes/{node}/lxc/{vmid}` in a route, after its method. */
type Tail<R> = R extends `${infer M} /nodes/{node}/${"qemu" | "lxc"}/{vmid}${infer Rest}`
  ? `${M} ${Rest}`
  : never;

const CONFIG = `config hardware rename name hostname tags notes description cpu cores sockets memory ram
  disk add attach remove nic network card net0 bridge vlan tag autostart onboot boot startup order delay protection
  protect accidental deletion unlock lock increase decrease more less cores upgrade specs swap ssh key dns nameserver
  ip static address gateway firewall flag hookscript timezone new disk additional disk second disk
  another nic additional network card`;

/** Search words of routes that VMs and containers share, by method and what follows the guest's path. */
export const GUEST_KEYWORDS: { readonly [T in Tail<Route>]?: string } = {
  "DELETE ": "destroy erase get rid of completely permanently",
  "GET /config":
    "network interfaces nics config settings hardware details specs definition how configured cores memory disks mac address",
  "PUT /config": CONFIG,
  "GET /pending":
    "take effect after next reboot restart pending changes waiting for reboot not yet applied need restart unapplied",
  "GET /feature": "supported possible can be snapshotted cloned check support capability",
  "PUT /resize": "grow enlarge expand extend increase disk size bigger more space gigabytes GB out of space",
  "POST /clone": "duplicate copy deploy from template linked full clone spawn provision new",
  "POST /template": "convert turn into make template golden image base image",
  "GET /status/current":
    "up down running stopped state status uptime is it on up alive power state current cpu memory usage now locked live",
  "POST /status/start": "turn on power on boot launch bring up",
  "POST /status/stop":
    "force stop kill power off hard off turn off pull the plug immediately stuck hung frozen unresponsive hanging",
  "POST /status/reset": "hard reset power cycle hung frozen hangs crashed force reboot",
  "POST /status/shutdown": "turn off graceful gracefully clean cleanly shut down power off nicely acpi",
  "POST /status/reboot": "restart reboot graceful power cycle",
  "POST /status/suspend": "pause freeze sleep hibernate",
  "POST /status/resume": "unpause continue wake up paused suspended hibernated",
  "GET /snapshot": "snapshots which exist available tree list parent",
  "POST /snapshot": "take create make new snapshot save state checkpoint before risky with ram",
  "DELETE /snapshot/{snapname}": "remove drop old snapshot get rid",
  "GET /snapshot/{snapname}/config": "details of snapshot settings at snapshot time what config inside",
  "PUT /snapshot/{snapname}/config": "rename snapshot edit description note comment text",
  "POST /snapshot/{snapname}/rollback": "revert restore go back undo to earlier previous state return",
  "GET /migrate":
    "migration precondition possible check can be migrated which nodes allowed blockers local disks targets",
  "POST /migrate": "move to another node other host different server live online offline relocate shift",
  "POST /remote_migrate": "move to another cluster other datacenter remote different cluster cross-cluster",
  "GET /rrddata":
    "history historical usage statistics trend over time last hour day week month performance cpu memory io traffic graph data metrics load",
  "GET /rrd": "graph picture png image chart",
  "POST /vncproxy": "console vnc open screen remote view novnc desktop",
  "POST /termproxy": "terminal serial console xterm text console open",
  "POST /spiceproxy": "spice console virt-viewer remote-viewer connection file",
  "GET /vncwebsocket": "websocket",

  "GET /agent": "which commands does agent offer supported",
  "POST /agent": "generic guest agent command",
  "POST /agent/exec": "run command execute program script inside shell bash powershell in the guest",
  "GET /agent/exec-status": "output result exit code stdout stderr of executed command finished pid",
  "GET /agent/file-read": "read file contents inside guest cat view copy from fetch",
  "POST /agent/file-write": "write file inside guest copy into put create push save text upload file",
  "GET /agent/get-fsinfo":
    "filesystems mounted inside guest disk usage free space how full df partitions drives",
  "GET /agent/get-host-name": "hostname computer name inside the guest reported",
  "GET /agent/get-osinfo":
    "operating system os version distribution distro windows linux kernel installed inside guest",
  "GET /agent/get-time": "time clock inside guest drift current date",
  "GET /agent/get-timezone": "timezone inside guest",
  "GET /agent/get-users": "logged in users sessions inside guest who is currently logged into",
  "GET /agent/get-vcpus": "vcpus cpus inside guest hotplug online",
  "GET /agent/get-memory-blocks": "memory blocks hotplug inside guest",
  "GET /agent/get-memory-block-info": "memory block size hotplug",
  "GET /agent/info": "agent version installed supported commands info capabilities",
  "GET /agent/network-get-interfaces":
    "ip address addresses network interfaces inside guest what ip does it have mac ipv4 ipv6 find get",
  "POST /agent/fsfreeze-freeze": "freeze filesystem quiesce consistent",
  "POST /agent/fsfreeze-thaw": "unfreeze thaw filesystem release",
  "POST /agent/fsfreeze-status": "frozen thawed freeze state status filesystem check",
  "POST /agent/fstrim": "trim discard reclaim free unused space thin provisioning blocks",
  "POST /agent/ping": "ping responding alive running working reachable agent installed check test",
  "POST /agent/set-user-password":
    "reset change set password root administrator user inside guest forgot forgotten login operating system",
  "POST /agent/shutdown": "shutdown through agent",
  "POST /agent/suspend-disk": "hibernate via agent",
  "POST /agent/suspend-ram": "sleep standby via agent",
  "POST /agent/suspend-hybrid": "hybrid sleep via agent",

  "GET /cloudinit": "cloud-init settings values pending user ssh key network current",
  "PUT /cloudinit": "regenerate rebuild cloud-init image drive iso refresh apply",
  "GET /cloudinit/dump":
    "generated cloud-init user-data userdata network-config metadata yaml preview rendered",
  "PUT /unlink": "remove disk from detach remove disk unused delete disk image drop unlink disconnect drive",
  "POST /move_disk":
    "move disk storage to another storage datastore relocate volume transfer migrate drive convert format qcow2 raw reassign other vm owner",
  "POST /move_volume":
    "move disk rootfs mount point to another storage datastore relocate transfer migrate volume reassign other container owner",
  "PUT /sendkey": "send key keystroke keyboard ctrl-alt-del ctrl alt delete press keys type",
  "POST /monitor": "hmp qemu monitor human monitor protocol command info debug",
  "POST /dbus-vmstate": "conntrack state helper dbus",
  "POST /config": `${CONFIG} ide scsi sata virtio iso cdrom mount insert eject cd dvd gpu pci passthrough hostpci usb
    import disk image efi uefi bios secure boot tpm machine type q35 serial port vga display audio ballooning balloon
    cpu type model numa hotplug qemu agent enable ostype os type cloud-init user password ssh key ipconfig iothread cache
    ssd emulation bandwidth iops limit watchdog rng boot order boot device virtiofs share`,
  "GET /interfaces": "ip address addresses network interfaces what ip does it have mac ipv4 ipv6 find get",
};

/** Search words of what only VMs, or only containers have, and of making either. */
export const KIND_KEYWORDS: { readonly [R in Route]?: string } = {
  "PUT /nodes/{node}/qemu/{vmid}/config": `ide scsi sata virtio iso cdrom mount insert eject cd dvd gpu pci
    passthrough hostpci usb efi uefi bios secure boot tpm machine type q35 serial port vga display audio ballooning
    balloon cpu type model numa hotplug qemu agent enable ostype os type cloud-init user password ssh key ipconfig
    iothread cache ssd emulation bandwidth iops limit watchdog rng boot order boot device virtiofs share`,
  "PUT /nodes/{node}/lxc/{vmid}/config": `mount point mountpoint bind mount mp0 rootfs features nesting fuse keyctl
    docker inside unprivileged privileged device passthrough dev0 gpu usb environment entrypoint host directory
    folder into swap cpulimit cpuunits`,
  "GET /nodes/{node}/qemu": "list all vms virtual machines inventory on node which show host every running",
  "GET /nodes/{node}/lxc": "list all containers inventory on node which show host every running",
  "POST /nodes/{node}/qemu":
    "create new vm virtual machine build deploy provision make set up install restore recover from backup archive import esxi vmware ova windows linux iso overwrite spin up",
  "POST /nodes/{node}/lxc":
    "create new container build deploy provision make set up restore recover from backup archive template debian ubuntu alpine overwrite spin up",
  "GET /nodes/{node}/lxc/{vmid}/config": "features unprivileged mount points rootfs",
};
