import { list, mayAny, need, settings, text } from "./args.ts";
import { assertDigest, digestOf } from "./digest.ts";
import { die, type Handler, type SimCall } from "./route.ts";
import { asConfigured, configured, type SdnConfig, type SdnKey, sdnLocked, viewed } from "./sdn-config.ts";
import type { Json, World } from "./world.ts";

/** The options of a type: true for those it cannot be without. */
export type Options = Readonly<Record<string, boolean>>;

/** One kind of object in a section file of its own (PVE::SectionConfig). */
export interface SdnKind {
  /** Name of the parameter that holds its id, and of the kind in PVE's texts. */
  readonly key: SdnKey;
  readonly path: string;
  /** `sdn 'x' does not exist` for most. */
  readonly missing?: string;
  /** The options by type; absent: the endpoint's parameters say what is allowed. */
  readonly types?: Readonly<Record<string, Options>>;
  /** A fixed type that is kept in the file. */
  readonly type?: string;
  /** The id under which a call's object is kept; absent: the parameter. */
  readonly idOf?: (call: SimCall) => string;
  /** ACL path for lists, which show what SDN.Audit or SDN.Allocate admits. */
  readonly acl: (id: string, config: SdnConfig) => string;
  /** Refuses the call outright, before the lock. */
  readonly access?: (call: SimCall, ...privileges: string[]) => void;
  /** Whether a list shows it at all. */
  readonly listed?: (call: SimCall, config: SdnConfig) => boolean;
  /** What an answer says besides, or instead of, the configuration. */
  readonly derived?: (id: string, config: SdnConfig) => Record<string, Json>;
  /** Objects that are there without being configured. */
  readonly builtin?: Readonly<Record<string, SdnConfig>>;
  /** on_update_hook: refuses a new state, or returns what is kept instead of it. */
  readonly check?: (call: SimCall, id: string, next: SdnConfig, old?: SdnConfig) => SdnConfig | undefined;
  /** on_delete_hook: refuses a deletion, or returns. */
  readonly free?: (call: SimCall, id: string, config: SdnConfig | undefined) => void;
  /** A deletion of what is not there is no error. */
  readonly lenient?: true;
  /** The text in front of what refuses a deletion. */
  readonly deleteFailed?: string;
}

/** PVE::SectionConfig check_config: an option the type does not have, or one it needs. */
function checkOptions(kind: SdnKind, type: string, given: SdnConfig, create: boolean): void {
  if (!kind.types) return;
  const options = kind.types[type] ?? die(`unknown section type '${type}'`);
  for (const key of Object.keys(given)) if (options[key] === undefined) die(`unexpected property '${key}'`);
  if (!create) return;
  for (const [key, required] of Object.entries(options))
    if (required && given[key] === undefined) die(`missing value for required option '${key}'`);
}

/** PVE::SectionConfig delete_from_config. */
function checkDeletions(kind: SdnKind, type: string, given: SdnConfig, names: readonly string[]): void {
  const options = kind.types?.[type];
  for (const name of names) {
    if (options && options[name] === undefined) die(`no such option '${name}'`);
    if (options?.[name]) die(`unable to delete required option '${name}'`);
    if (given[name] !== undefined) die(`cannot set and delete property '${name}' at the same time!`);
  }
}

function finder(kind: SdnKind) {
  const missing = kind.missing ?? "sdn";
  return (all: ReadonlyMap<string, SdnConfig>, id: string): SdnConfig =>
    all.get(id) ?? kind.builtin?.[id] ?? die(`${missing} '${id}' does not exist`);
}

/** The digest of a kind's file. */
export const sdnDigest = (world: World, key: SdnKey): string => digestOf(configured(world, key));

function reads(kind: SdnKind): Record<string, Handler> {
  const { key, path } = kind;
  const find = finder(kind);
  const row = (call: SimCall, id: string, config: SdnConfig): Json => ({
    ...config,
    ...kind.derived?.(id, config),
    [key]: id,
    digest: asConfigured(call) ? sdnDigest(call.world, key) : null,
  });
  return {
    [`GET ${path}`]: (call) => {
      kind.access?.(call, "SDN.Audit", "SDN.Allocate");
      const type = text(call, "type");
      return [...Object.entries(kind.builtin ?? {}), ...viewed(call, key)]
        .filter(([id, config]) => mayAny(call, kind.acl(id, config), "SDN.Audit", "SDN.Allocate"))
        .filter(([, config]) => type === undefined || config.type === type)
        .filter(([, config]) => kind.listed?.(call, config) ?? true)
        .map(([id, config]) => row(call, id, config));
    },
    [`GET ${path}/{${key}}`]: (call) => {
      kind.access?.(call, "SDN.Audit", "SDN.Allocate");
      const id = kind.idOf?.(call) ?? need(call, key);
      return row(call, id, find(viewed(call, key), id));
    },
  };
}

/** List, read, create, change and delete for one kind. */
export function sdnHandlers(kind: SdnKind): Record<string, Handler> {
  const { key, path } = kind;
  const find = finder(kind);
  const given = (call: SimCall) => ({
    ...settings(call, key, "type", "lock-token"),
    ...(call.params.node === undefined ? {} : { node: String(call.params.node) }),
  });
  return {
    ...reads(kind),
    [`POST ${path}`]: (call) => {
      kind.access?.(call, "SDN.Allocate");
      const type = kind.type ?? need(call, "type");
      const config = given(call);
      checkOptions(kind, type, config, true);
      sdnLocked(call, `create sdn ${key} object failed`, () => {
        const id = kind.idOf?.(call) ?? need(call, key);
        const all = configured(call.world, key);
        if (all.has(id) || kind.builtin?.[id]) die(`sdn ${key} object ID '${id}' already defined`);
        const next = { type, ...config };
        all.set(id, kind.check?.(call, id, next) ?? next);
      });
      return null;
    },
    [`PUT ${path}/{${key}}`]: (call) => {
      kind.access?.(call, "SDN.Allocate");
      const id = kind.idOf?.(call) ?? need(call, key);
      sdnLocked(call, `update sdn ${key} object failed`, () => {
        const all = configured(call.world, key);
        assertDigest(call, sdnDigest(call.world, key));
        const old = find(all, id);
        const type = String(old.type);
        const changes = given(call);
        checkOptions(kind, type, changes, false);
        const dropped = list(call, "delete");
        checkDeletions(kind, type, changes, dropped);
        const kept = Object.entries(old).filter(([name]) => !dropped.includes(name));
        const next = { ...Object.fromEntries(kept), ...changes };
        all.set(id, kind.check?.(call, id, next, old) ?? next);
      });
      return null;
    },
    [`DELETE ${path}/{${key}}`]: (call) => {
      kind.access?.(call, "SDN.Allocate");
      const id = kind.idOf?.(call) ?? need(call, key);
      sdnLocked(call, kind.deleteFailed ?? `delete sdn ${key} object failed`, () => {
        const all = configured(call.world, key);
        const config = kind.lenient ? all.get(id) : find(all, id);
        kind.free?.(call, id, config);
        all.delete(id);
      });
      return null;
    },
  };
}
