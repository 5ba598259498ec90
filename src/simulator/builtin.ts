import type { FirewallFile, Service, World } from "./world.ts";

const DATASTORE_USER = ["Datastore.AllocateSpace", "Datastore.Audit"];
const DATASTORE = ["Datastore.Allocate", "Datastore.AllocateTemplate", ...DATASTORE_USER];
const VM_USER = [
  "VM.Audit",
  "VM.Backup",
  "VM.Config.CDROM",
  "VM.Config.Cloudinit",
  "VM.Console",
  "VM.GuestAgent.Audit",
  "VM.GuestAgent.FileRead",
  "VM.GuestAgent.FileSystemMgmt",
  "VM.GuestAgent.FileWrite",
  "VM.PowerMgmt",
];
const VM = [
  ...VM_USER,
  "VM.Allocate",
  "VM.Clone",
  "VM.Config.CPU",
  "VM.Config.Disk",
  "VM.Config.HWType",
  "VM.Config.Memory",
  "VM.Config.Network",
  "VM.Config.Options",
  "VM.GuestAgent.Unrestricted",
  "VM.Migrate",
  "VM.Replicate",
  "VM.Snapshot",
  "VM.Snapshot.Rollback",
];
const MAPPING_USER = ["Mapping.Audit", "Mapping.Use"];
const POOL = ["Pool.Allocate", "Pool.Audit"];
const SDN = ["SDN.Allocate", "SDN.Audit", "SDN.Use"];
const SYSTEM = ["Sys.Audit", "Sys.Console", "Sys.Syslog"];
const USERS = ["Group.Allocate", "Realm.AllocateUser", "User.Modify"];
const ADMIN = [...DATASTORE, ...MAPPING_USER, ...POOL, ...SDN, ...SYSTEM, ...USERS, ...VM];

/** Privileges that no role but Administrator holds. */
const ROOT_ONLY = [
  "Mapping.Modify",
  "Permissions.Modify",
  "Realm.Allocate",
  "Sys.AccessNetwork",
  "Sys.Incoming",
  "Sys.Modify",
  "Sys.PowerMgmt",
];

/** The roles of PVE 9.2 by name, with their privileges (PVE::AccessControl, GET /access/roles). */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  Administrator: [...ADMIN, ...ROOT_ONLY],
  NoAccess: [],
  PVEAdmin: ADMIN,
  PVEAuditor: [
    "Datastore.Audit",
    "Mapping.Audit",
    "Pool.Audit",
    "SDN.Audit",
    "Sys.Audit",
    "VM.Audit",
    "VM.GuestAgent.Audit",
  ],
  PVEDatastoreAdmin: DATASTORE,
  PVEDatastoreUser: DATASTORE_USER,
  PVEMappingAdmin: [...MAPPING_USER, "Mapping.Modify"],
  PVEMappingUser: MAPPING_USER,
  PVEPoolAdmin: POOL,
  PVEPoolUser: ["Pool.Audit"],
  PVESDNAdmin: SDN,
  PVESDNUser: ["SDN.Audit", "SDN.Use"],
  PVESysAdmin: SYSTEM,
  PVETemplateUser: ["VM.Audit", "VM.Clone"],
  PVEUserAdmin: USERS,
  PVEVMAdmin: VM,
  PVEVMUser: VM_USER,
};

/** Every privilege PVE 9.2 knows, sorted. */
export const PRIVILEGES: readonly string[] = [...new Set([...ADMIN, ...ROOT_ONLY])].sort();

/** The built-in roles, fresh for one world. */
export function builtinRoles(): World["access"]["roles"] {
  return new Map(
    Object.entries(ROLES).map(([name, privs]) => [name, { privs: [...privs].sort(), special: true }]),
  );
}

/** The two realms every installation has (GET /access/domains). */
export function builtinDomains(): World["access"]["domains"] {
  return new Map([
    ["pam", { type: "pam", comment: "Linux PAM standard authentication", plugin: "PVE::Auth::PAM" }],
    ["pve", { type: "pve", comment: "Proxmox VE authentication server", plugin: "PVE::Auth::PVE" }],
  ]);
}

/** Services PVE lets its API manage (PVE::API2::Services): unit description and, where it differs, state. */
const SERVICES: Readonly<Record<string, string>> = {
  chrony: "chrony, an NTP client/server",
  corosync: "Corosync Cluster Engine",
  cron: "Regular background program processing daemon",
  ksmtuned: "Kernel Samepage Merging (KSM) Tuning Daemon",
  lxcfs: "FUSE filesystem for LXC",
  postfix: "Postfix Mail Transport Agent",
  "proxmox-firewall": "Proxmox nftables firewall",
  "pve-cluster": "The Proxmox VE cluster filesystem",
  "pve-firewall": "Proxmox VE firewall",
  "pve-ha-crm": "PVE Cluster HA Resource Manager Daemon",
  "pve-ha-lrm": "PVE Local HA Resource Manager Daemon",
  "pve-lxc-syscalld": "Proxmox VE LXC Syscall Daemon",
  pvedaemon: "PVE API Daemon",
  "pvefw-logger": "Proxmox VE firewall logger",
  pveproxy: "PVE API Proxy Server",
  pvescheduler: "Proxmox VE scheduler",
  pvestatd: "PVE Status Daemon",
  qmeventd: "PVE Qemu Event Daemon",
  spiceproxy: "PVE SPICE Proxy Server",
  sshd: "OpenBSD Secure Shell server",
  syslog: "syslog.service",
  "systemd-journald": "Journal Service",
  "systemd-timesyncd": "Network Time Synchronization",
};

/**
 * The services of a node, by name. `absent` names those whose unit is missing or masked there, with the
 * unit state systemd reports; PVE shows them with the unit's name as description.
 */
export function builtinServices(absent: Readonly<Record<string, string>> = {}): Map<string, Service> {
  return new Map(
    Object.entries(SERVICES).map(([name, desc]): [string, Service] => {
      const missing = absent[name];
      if (missing === "disabled") return [name, { name, desc, state: "dead", unitState: missing }];
      if (missing) return [name, { name, desc: `${name}.service`, state: "dead", unitState: missing }];
      const unitState = name === "systemd-journald" ? "static" : "enabled";
      return [name, { name, desc, state: "running", unitState }];
    }),
  );
}

/** Services a fresh PVE node does not have, with the unit state systemd reports for them. */
export const NOT_INSTALLED: Readonly<Record<string, string>> = {
  ksmtuned: "not-found",
  "pve-lxc-syscalld": "not-found",
  syslog: "not-found",
  "systemd-timesyncd": "not-found",
};

/** Firewall macros of PVE 9.2 (GET /cluster/firewall/macros). */
export const FIREWALL_MACROS: readonly string[] = (
  "Amanda Auth BGP BitTorrent BitTorrent32 CVS Ceph Citrix DAAP DCC DHCPfwd DHCPv6 DNS Distcc FTP Finger " +
  "GNUnet GRE Git HKP HTTP HTTPS ICPV2 ICQ IMAP IMAPS IPIP IPsec IPsecah IPsecnat IRC Jetdirect L2TP LDAP " +
  "LDAPS MDNS MSNP MSSQL Mail Munin MySQL NNTP NNTPS NTP NeighborDiscovery OSPF OpenVPN PCA PMG POP3 POP3S " +
  "PPtP Ping PostgreSQL Printer RDP RIP RNDC Razor Rdate Rsync SANE SMB SMBswat SMTP SMTPS SNMP SPAMD " +
  "SPICEproxy SSH SVN SixXS Squid Submission Syslog TFTP Telnet Telnets Time Trcrt VNC VNCL Web Webcache " +
  "Webmin Whois"
).split(" ");

/** A firewall configuration file that does not exist yet. */
export function emptyFirewall(): FirewallFile {
  return { options: {}, rules: [], aliases: new Map(), ipsets: new Map() };
}
