import type { Route } from "../routes.gen.ts";

/** Search words of the routes of a node: system, packages, network, tasks, certificates, hardware. */
export const NODE_KEYWORDS: { readonly [R in Route]?: string } = {
  "GET /nodes":
    "list all nodes hosts servers members hypervisors cluster online offline usage overview which",
  "GET /nodes/{node}/status":
    "host cpu load memory ram usage uptime kernel load average swap rootfs health summary hardware information boot mode how busy utilization sockets ksm running kernel version",
  "POST /nodes/{node}/status":
    "reboot node shut down node restart host shutdown server reboot restart power off shut down shutdown turn off physical host server hypervisor machine node",
  "GET /nodes/{node}/rrddata":
    "history historical usage host performance statistics trend over time last hour day week month cpu memory network io load graph data",
  "GET /nodes/{node}/rrd": "graph picture png image chart",
  "POST /nodes/{node}/wakeonlan":
    "wake up power on turn on start sleeping powered off node host remotely wol",
  "GET /nodes/{node}/version": "pve version of node installed which release",
  "GET /nodes/{node}/report": "support diagnostic system report pvereport bundle debug collect information",
  "GET /nodes/{node}/config": "node description notes acme domains wake-on-lan settings startall delay",
  "PUT /nodes/{node}/config":
    "node description notes acme domain domains set wake-on-lan mac startup delay ballooning target location",
  "POST /nodes/{node}/execute": "batch several api commands multiple calls",
  "GET /nodes/{node}/netstat": "network traffic counters per guest interface bandwidth statistics bytes",
  "POST /nodes/{node}/startall": "start all guests every vm container on node boot everything power on",
  "POST /nodes/{node}/stopall":
    "stop all shut down all guests every vm container on node everything shutdown power off turn off",
  "POST /nodes/{node}/suspendall": "suspend all vms every pause all guests on node",
  "POST /nodes/{node}/migrateall":
    "evacuate drain empty node move all guests every vm maintenance away off host migrate everything bulk",
  "POST /nodes/{node}/termproxy": "shell terminal on host console of node xterm root login command line ssh",
  "POST /nodes/{node}/vncshell": "shell on host console of node vnc novnc",
  "POST /nodes/{node}/spiceshell": "shell on host console of node spice",
  "GET /nodes/{node}/vncwebsocket": "websocket",

  "GET /nodes/{node}/apt/update":
    "pending updates available upgrades packages outdated security patches is up to date check for new versions upgradable",
  "POST /nodes/{node}/apt/update":
    "apt update apt-get refresh package database index lists resync check for new updates now fetch",
  "GET /nodes/{node}/apt/versions":
    "installed package versions pveversion which version of qemu kernel corosync packages",
  "GET /nodes/{node}/apt/changelog": "changelog changes what changed new in package release notes",
  "GET /nodes/{node}/apt/repositories":
    "repositories sources list enabled no-subscription enterprise configured status which repos apt",
  "POST /nodes/{node}/apt/repositories":
    "disable repository enable disable turn off repository enterprise repo no-subscription apt source toggle",
  "PUT /nodes/{node}/apt/repositories":
    "add repository no-subscription enterprise test ceph standard repo apt source enable",
  "GET /nodes/{node}/subscription": "subscription license support level status valid expire active community",
  "PUT /nodes/{node}/subscription": "enter set upload license key activate subscription add",
  "POST /nodes/{node}/subscription": "refresh recheck re-check subscription license status verify update",
  "DELETE /nodes/{node}/subscription": "remove license subscription key delete",

  "GET /nodes/{node}/services":
    "system services daemons list running failed pveproxy pvedaemon corosync sshd systemd status which",
  "GET /nodes/{node}/services/{service}/state":
    "is service running status pveproxy sshd corosync active failed daemon check",
  "POST /nodes/{node}/services/{service}/start": "start daemon systemd unit pveproxy sshd",
  "POST /nodes/{node}/services/{service}/stop": "stop daemon systemd unit disable",
  "POST /nodes/{node}/services/{service}/restart":
    "restart daemon systemd unit pveproxy pvedaemon corosync sshd pvestatd bounce",
  "POST /nodes/{node}/services/{service}/reload":
    "reload daemon systemd unit configuration without interruption",
  "GET /nodes/{node}/syslog":
    "system log messages syslog lines errors read recent entries boot kernel dmesg logs of node",
  "GET /nodes/{node}/journal":
    "journal journald systemd logs since until last boot entries recent errors messages log of host",
  "GET /nodes/{node}/time": "clock current time timezone date ntp",
  "PUT /nodes/{node}/time": "timezone change set",
  "GET /nodes/{node}/dns": "dns resolver nameservers resolv.conf search domain which",
  "PUT /nodes/{node}/dns": "dns resolver nameservers resolv.conf search domain set change",
  "GET /nodes/{node}/hosts": "etc hosts file entries static names show",
  "POST /nodes/{node}/hosts": "etc hosts file edit write change add entry hostname static",

  "GET /nodes/{node}/network":
    "physical network cards which network interfaces bridges bonds vlans nics vmbr0 list ip addresses configuration of host pending changes cards links",
  "POST /nodes/{node}/network":
    "create add new bridge vmbr bond vlan interface linux ovs open vswitch network configuration",
  "PUT /nodes/{node}/network":
    "apply activate commit pending network configuration changes reload ifreload networking restart live",
  "DELETE /nodes/{node}/network":
    "discard undo revert cancel throw away pending network configuration changes unapplied",
  "GET /nodes/{node}/network/{iface}": "single interface details bridge ports settings address vmbr0",
  "PUT /nodes/{node}/network/{iface}":
    "edit change ip address gateway of bridge interface mtu bridge ports vlan aware bond slaves modify vmbr0 static autostart",
  "DELETE /nodes/{node}/network/{iface}": "remove delete bridge bond vlan interface vmbr",

  "GET /nodes/{node}/tasks":
    "task history recent jobs on node finished failed errors list running worker past",
  "GET /nodes/{node}/tasks/{upid}/status":
    "job task finished done still running exit status result succeeded failed ok progress upid",
  "GET /nodes/{node}/tasks/{upid}/log":
    "job follow task output log messages why did it fail error progress details upid lines",
  "DELETE /nodes/{node}/tasks/{upid}":
    "hanging stuck backup job migration cancel abort kill stop running task job interrupt terminate backup migration",

  "GET /nodes/{node}/certificates/info":
    "tls ssl certificate details expiry expires valid until issuer fingerprint web gui https check",
  "POST /nodes/{node}/certificates/custom":
    "replace self-signed upload install own custom tls ssl https certificate private key pem web gui replace",
  "DELETE /nodes/{node}/certificates/custom": "remove custom certificate back to self-signed default",
  "POST /nodes/{node}/certificates/acme/certificate":
    "order request get issue new let's encrypt certificate ssl tls free obtain",
  "PUT /nodes/{node}/certificates/acme/certificate":
    "renew renewal extend let's encrypt certificate ssl tls expiring refresh",
  "DELETE /nodes/{node}/certificates/acme/certificate": "revoke let's encrypt certificate ssl tls",

  "GET /nodes/{node}/hardware/pci":
    "pci devices gpu graphics card lspci iommu group passthrough available nic hba list physical hardware host",
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev":
    "vgpu types mediated devices profiles sr-iov nvidia grid available",
  "GET /nodes/{node}/hardware/usb":
    "usb devices lsusb plugged connected attached host passthrough list physical hardware",
  "GET /nodes/{node}/capabilities/qemu/cpu":
    "cpu types models available supported emulate host kvm64 x86-64-v2 list which",
  "GET /nodes/{node}/capabilities/qemu/cpu-flags": "cpu flags aes avx pcid supported host node",
  "GET /nodes/{node}/capabilities/qemu/machines":
    "machine types versions q35 i440fx available supported which list",
  "GET /nodes/{node}/capabilities/qemu/migration":
    "live migration capabilities conntrack dbus vmstate supported node",

  "GET /nodes/{node}/replication":
    "replication status state last sync next sync failing errors failed duration node jobs",
  "GET /nodes/{node}/replication/{id}/status": "state of replication job last sync failed error count",
  "GET /nodes/{node}/replication/{id}/log": "replication job output error messages why fail",
  "POST /nodes/{node}/replication/{id}/schedule_now":
    "run replication now immediately trigger force start sync manually",

  "GET /nodes/{node}/sdn/zones": "sdn zone status state errors on node available deployed",
  "GET /nodes/{node}/sdn/zones/{zone}/content": "vnets deployed status on node zone",
  "GET /nodes/{node}/sdn/zones/{zone}/bridges": "bridges ports of zone which guests connected attached vlan",
  "GET /nodes/{node}/sdn/zones/{zone}/ip-vrf": "evpn routing table routes vrf ip",
  "GET /nodes/{node}/sdn/vnets/{vnet}/mac-vrf": "evpn mac table learned mac addresses l2vni",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/neighbors":
    "ospf openfabric bgp peers adjacency neighbours state up down",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/routes": "ospf openfabric bgp routing table learned routes",
  "GET /nodes/{node}/sdn/fabrics/{fabric}/interfaces": "ospf openfabric interface state links",
};
