/** The facts about one PVE API operation, as PVE's own API description states them. */

/** Type of a value as PVE's JSON schema names it. */
export type ParamType = "string" | "integer" | "number" | "boolean" | "array" | "object";

/** One parameter (or one key of a property string). Absent facts are absent keys. */
export interface Param {
  readonly type: ParamType;
  /** A named format (`pve-node`) or, for property strings, its keys. */
  readonly format?: string | PropertyFormat;
  readonly enum?: readonly string[];
  /** Perl pattern as PVE publishes it; PVE anchors it on both sides. */
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: string | number | boolean;
  readonly required?: true;
  /** Another parameter that must be given together with this one. */
  readonly requires?: string;
  readonly items?: Param;
  /** First PVE release ("9.1") whose description has it; absent: known to the oldest one read (7.4). */
  readonly since?: string;
  /** Last PVE release whose description has it; absent: the newest one read has it. */
  readonly until?: string;
  /** The parameter whose value decides whether this one applies, and the values for which it does. */
  readonly typeProperty?: string;
  readonly instanceTypes?: readonly string[];
  /** Alternatives that depend on `typeProperty`. */
  readonly oneOf?: readonly Param[];
  /** Property strings: the key that may be written without its name. */
  readonly defaultKey?: true;
  /** Property strings: this key is another name of that key. */
  readonly alias?: string;
  readonly keyAlias?: string;
}

/** The keys of a property string such as `virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0`. */
export type PropertyFormat = { readonly [key: string]: Param };

/** PVE's permission expression: nested arrays such as `["perm", "/vms/{vmid}", ["VM.Audit"]]`. */
export type PermissionCheck = readonly (string | number | PermissionCheck)[];

/** One operation: method + path template and what it takes. */
export interface Endpoint {
  readonly route: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** PVE's own method name, e.g. `vm_start`. */
  readonly name: string;
  /** Every parameter by name, placeholders of the path included; `net[n]` stands for net0, net1, … */
  readonly params: Readonly<Record<string, Param>>;
  /** PVE accepts parameters that it does not list here. */
  readonly open?: true;
  readonly check?: PermissionCheck;
  /** Who may call it besides `check`: `all` (any user) or `world` (no login). Neither: root@pam only. */
  readonly user?: string;
  readonly protected?: true;
  readonly proxyto?: string;
  /** API tokens are refused. */
  readonly noToken?: true;
  readonly returns?: string;
  readonly since?: string;
  readonly until?: string;
}

/** An operation as it is stored: its parameters by their place in the pool. */
export type StoredEndpoint = Omit<Endpoint, "route" | "method" | "path" | "params"> & {
  readonly params: Readonly<Record<string, number>>;
};

/** Who might call an operation up to a release, where that changed since. */
export type PastPermissions = Pick<Endpoint, "check" | "user"> & { readonly until: string };

/** The stored form: parameters are shared through a pool, an endpoint's `params` maps names to indexes. */
export interface StoredTable {
  /** PVE release of the description, e.g. "9.2". */
  readonly pve: string;
  /** Every release whose description was read, oldest first; the last one is `pve`. */
  readonly releases: readonly string[];
  readonly pool: readonly Param[];
  readonly endpoints: Readonly<Record<string, StoredEndpoint>>;
  /** What older releases had and `pve` lacks: whole operations; parameters and permissions of those it still has. */
  readonly past: {
    readonly endpoints: Readonly<Record<string, StoredEndpoint>>;
    readonly params: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** Oldest first. */
    readonly permissions: Readonly<Record<string, readonly PastPermissions[]>>;
  };
}

/**
 * True for what PVE takes from no API token: marked so (`allowtoken`), or for root@pam itself alone, which no token is.
 * What needs no login at all is taken from anybody. (PVE::HTTPServer rest_handler, PVE::RPCEnvironment.)
 */
export const takesNoToken = ({
  noToken,
  user,
  check,
}: Pick<Endpoint, "noToken" | "user" | "check">): boolean =>
  user !== "world" && (noToken === true || (check === undefined && user === undefined));
