import type { Clock } from "./clock.ts";
import type { PlayedRelease } from "./play-release.ts";
import type { Rng } from "./rng.ts";

/** A value as PVE's JSON carries it. */
export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** An object of PVE's JSON that may be changed. */
export type JsonObject = { [key: string]: Json };

/** The whole state of a simulated cluster. Routes read and change it; nothing else holds state. */
export interface World {
  readonly clock: Clock;
  readonly rng: Rng;
  /** PVE release played: version `9.2.11`, release `9.2`. */
  version: { readonly version: string; readonly release: string; readonly repoid: string };
  /** Absent: a node that is in no cluster. */
  cluster?: { readonly name: string; version: number };
  /** datacenter.cfg */
  options: Record<string, Json>;
  clusterLog: {
    time: number;
    node: string;
    tag: string;
    user: string;
    msg: string;
    pri: number;
    pid: number;
  }[];
  readonly nodes: Map<string, Node>;
  readonly guests: Map<number, Guest>;
  readonly storages: Map<string, Storage>;
  /** By volume id (`local:iso/x.iso`); on a storage that is not shared the key is `node/volid`. */
  readonly volumes: Map<string, Volume>;
  readonly access: Access;
  readonly pools: Map<string, Pool>;
  readonly firewall: Firewall;
  readonly ha: {
    readonly resources: Map<string, HaResource>;
    readonly rules: Map<string, HaRule>;
    /** PVE 8 and older; absent: they have been migrated to rules. */
    groups?: Map<string, Record<string, Json>>;
    disarmed?: string;
    /** What HA's managers do at their coming rounds. */
    due?: { at: number; readonly act: (at: number) => void }[];
  };
  readonly backupJobs: Map<string, Record<string, Json>>;
  readonly replication: Record<string, Json>[];
  /** Configuration objects of the smaller areas: by kind (`mapping/dir`, `notifications/gotify`), then by name. */
  objects?: Map<string, Map<string, Record<string, Json>>>;
  sdn?: Sdn;
  /** Beginnings of the paths that this installation has no methods for. */
  readonly lacks?: readonly string[];
  /** By UPID, oldest first. */
  readonly tasks: Map<string, Task>;
  /** Unix seconds of pvestatd's first report: before it /nodes and /cluster/resources know no figures. Absent: long ago. */
  statsFrom?: number;
}

/** What software-defined networking keeps besides its configuration objects. */
export interface Sdn {
  /** The token of the caller who has locked the configuration. */
  lock?: string;
  /** Counts the applications; 0: never applied. */
  version: number;
  /** Unix seconds of the last application. */
  applied: number;
  /** By node: the version its network was last loaded with. */
  readonly loaded: Map<string, number>;
}

/** A machine of the cluster; memory and disk in bytes. */
export interface Node {
  readonly name: string;
  readonly id: number;
  readonly ip: string;
  online: boolean;
  /** In a cluster of mixed releases: its own; absent: that of the world. */
  release?: PlayedRelease;
  readonly cpus: number;
  readonly memory: number;
  readonly rootfs: { readonly total: number; used: number };
  /** Unix seconds. */
  readonly booted: number;
  /** Load shape for RRD and status: average CPU fraction and memory used besides the guests, in bytes. */
  readonly load: { readonly cpu: number; readonly baseMemory: number };
  readonly fingerprint: string;
  /**
   * What the machine cannot do: `loop`, mount a container's raw volume a second time (full clones need it); `vncterm`,
   * show a serial terminal by VNC.
   */
  readonly lacks?: readonly ("loop" | "vncterm")[];
  dns: Record<string, string>;
  /** /etc/pve/nodes/<node>/config. */
  config?: Record<string, Json>;
  /** /etc/hosts, once it has been changed. */
  hosts?: string;
  timezone: string;
  readonly services: Map<string, Service>;
  readonly syslog: { time: number; text: string; service?: string }[];
  /** /etc/network/interfaces, by interface; `pending` is interfaces.new while a change waits to be applied. */
  network: Map<string, Record<string, Json>>;
  pendingNetwork?: Map<string, Record<string, Json>>;
}

/** A systemd service of a node. */
export interface Service {
  readonly name: string;
  readonly desc: string;
  state: "running" | "dead";
  unitState: string;
}

/** A VM or container. */
export interface Guest {
  readonly vmid: number;
  readonly type: "qemu" | "lxc";
  node: string;
  /** The configuration file: what GET config returns, less `digest`. */
  config: Record<string, Json>;
  /** Changes that wait for the next start; null: the key will be deleted. */
  pending: Record<string, Json>;
  snapshots: Map<string, Snapshot>;
  /** Name of the snapshot the current state descends from. */
  parent?: string;
  status: "running" | "stopped" | "paused";
  /** Unix seconds of the last start. */
  started?: number;
  readonly load: {
    readonly cpu: number;
    readonly memory: number;
    readonly net: number;
    readonly disk: number;
  };
  /** Seconds after start until the guest agent answers; absent: no agent in the guest. */
  agentDelay?: number;
  /** Addresses the guest reports, by interface name; `ips` are CIDRs. */
  readonly addresses: Readonly<Record<string, { mac: string; ips: string[] }>>;
  /** The guest ignores a shutdown request. */
  readonly deaf?: boolean;
  /** A container whose template has no operating system: it brings up no network. */
  readonly bare?: boolean;
  /** Unix seconds; figures over time begin there. Absent: long ago. */
  readonly created?: number;
  /** What a guest agent knows and did; filled at its first use. */
  agent?: GuestAgent;
}

/** What the agent in a guest knows and has been made to do. */
export interface GuestAgent {
  readonly hostname: string;
  readonly os: Readonly<Record<string, string>>;
  readonly files: Map<string, string>;
  readonly processes: Map<number, Record<string, Json>>;
  frozen: boolean;
}

/** A guest's snapshot; `time` in Unix seconds. */
export interface Snapshot {
  readonly name: string;
  readonly time: number;
  description: string;
  parent?: string;
  readonly vmstate: boolean;
  readonly config: Record<string, Json>;
}

/** An entry of storage.cfg, `digest` left out. */
export interface Storage {
  readonly storage: string;
  readonly type: string;
  config: Record<string, Json>;
  /** Bytes per node, or for all when shared. `used` counts what no listed volume explains. */
  readonly capacity: { readonly total: number; readonly used: number };
}

/** Anything that lies on a storage; sizes in bytes, `ctime` in Unix seconds. */
export interface Volume {
  readonly volid: string;
  /** Absent on a shared storage. */
  readonly node?: string;
  readonly storage: string;
  readonly content: "images" | "rootdir" | "iso" | "vztmpl" | "backup" | "snippets" | "import";
  readonly format: string;
  size: number;
  used?: number;
  readonly ctime: number;
  readonly vmid?: number;
  notes?: string;
  protected?: boolean;
  readonly subtype?: "qemu" | "lxc";
  parent?: string;
  /** A backup's configuration file, for restores and extractconfig. */
  readonly config?: string;
  /** A template without an operating system: its containers bring up no network. */
  readonly bare?: true;
}

/** Who may do what: users, groups, roles, ACL and realms. */
export interface Access {
  readonly users: Map<string, User>;
  readonly groups: Map<string, { groupid: string; comment?: string }>;
  /** Privileges by role name; `special` roles are PVE's own. */
  readonly roles: Map<string, { privs: string[]; special: boolean }>;
  /** Entries of user.cfg, in order. */
  readonly acl: {
    path: string;
    type: "user" | "group" | "token";
    ugid: string;
    roleid: string;
    propagate: boolean;
  }[];
  readonly domains: Map<string, Record<string, Json>>;
}

/** An account with its API tokens; `expire` in Unix seconds, 0: never. */
export interface User {
  readonly userid: string;
  enable: boolean;
  expire: number;
  fields: Record<string, string>;
  groups: string[];
  readonly tokens: Map<string, { secret: string; privsep: boolean; expire: number; comment?: string }>;
}

/** A named set of guests and storages. */
export interface Pool {
  readonly poolid: string;
  comment?: string;
  readonly vms: Set<number>;
  readonly storages: Set<string>;
}

/** One firewall configuration file: of the cluster, a node, a guest or a vnet. */
export interface FirewallFile {
  options: Record<string, Json>;
  rules: Record<string, Json>[];
  aliases: Map<string, { cidr: string; comment?: string }>;
  ipsets: Map<string, { comment?: string; entries: Map<string, { comment?: string; nomatch?: boolean }> }>;
}

/** All firewall files, and the cluster's security groups. */
export interface Firewall {
  readonly cluster: FirewallFile;
  readonly groups: Map<string, { comment?: string; rules: Record<string, Json>[] }>;
  readonly nodes: Map<string, FirewallFile>;
  readonly guests: Map<number, FirewallFile>;
  vnets?: Map<string, FirewallFile>;
}

/** An entry of resources.cfg; `sid` is `vm:100` or `ct:100`. */
export interface HaResource {
  readonly sid: string;
  config: Record<string, Json>;
}

/** An entry of rules.cfg. */
export interface HaRule {
  readonly rule: string;
  readonly type: string;
  config: Record<string, Json>;
}

/** A task that runs or has run. */
export interface Task {
  readonly upid: string;
  readonly node: string;
  readonly type: string;
  readonly id: string;
  /** Token or user, e.g. `root@pam!mcp`. */
  readonly user: string;
  readonly pid: number;
  readonly pstart: number;
  readonly starttime: number;
  /** Unix seconds at which it ends; the log's lines spread between start and end. */
  endtime: number;
  /** `OK`, `WARNINGS: n` or an error text, once it has ended. */
  exitstatus: string;
  /** Without the closing `TASK …` line. */
  log: string[];
  /** What its end will do; gone once it has been done. A task that has it is running. */
  work?: TaskWork;
}

/** What the end of a task does, as its TaskSpec said. */
export interface TaskWork {
  /** A thrown Error fails the task with its message; lines returned join the log. `at`: the time of the end. */
  readonly done?: (at: number) => readonly string[] | undefined;
  readonly stopped?: () => void;
  /** Exit status when someone stops it; absent: PVE's `received interrupt`. */
  readonly interrupted?: string;
  /** What it still logs when someone stops it. */
  readonly lastWords?: (at: number) => readonly string[];
}
