import { list, need, settings } from "./args.ts";
import { digestOf } from "./digest.ts";
import { locked } from "./locked.ts";
import { die, type Handler, type Handlers, type SimCall, SimError } from "./route.ts";
import type { Json, World } from "./world.ts";

type Objects = Map<string, Record<string, Json>>;

/** The objects of a kind; made at first use. */
export function objects(world: World, kind: string): Objects {
  world.objects ??= new Map();
  const found = world.objects.get(kind) ?? new Map();
  world.objects.set(kind, found);
  return found;
}

/** One kind of configuration object: where it lives, what its key is called and how PVE words its refusals. */
export interface Kind {
  readonly path: string;
  readonly key: string;
  readonly kind: string;
  /** Never shown. */
  readonly secret?: readonly string[];
  /** Shown with each. */
  readonly extra?: Readonly<Record<string, Json>>;
  readonly failed: string;
  readonly exists: (id: string) => string;
  readonly missing: (id: string) => SimError;
  /** PVE leaves the key out of the answer about one. */
  readonly keyless?: true;
  readonly digest: (world: World) => string;
  /** Rows PVE lists besides the configured ones. */
  readonly builtin?: readonly Json[];
}

function shown(kind: Kind, world: World, id: string, config: Record<string, Json>, one: boolean): Json {
  const hidden = new Set(kind.secret);
  const kept = Object.entries(config).filter(([key]) => !hidden.has(key));
  return {
    ...(one && kind.keyless ? {} : { [kind.key]: id }),
    ...Object.fromEntries(kept),
    ...kind.extra,
    digest: kind.digest(world),
  };
}

/** List, read, create, change and delete for one kind. */
export function crud(kind: Kind): Record<string, Handler> {
  const { path, key } = kind;
  const find = (call: SimCall) => {
    const id = need(call, key);
    const config = objects(call.world, kind.kind).get(id);
    if (!config) throw kind.missing(id);
    return { id, config };
  };
  return {
    [`GET ${path}`]: (call) => [
      ...[...objects(call.world, kind.kind)].map(([id, config]) =>
        shown(kind, call.world, id, config, false),
      ),
      ...(kind.builtin ?? []),
    ],
    [`GET ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      return shown(kind, call.world, id, config, true);
    },
    [`POST ${path}`]: (call) => {
      const id = need(call, key);
      const all = objects(call.world, kind.kind);
      locked(kind.failed, () => {
        if (all.has(id)) die(kind.exists(id));
        all.set(id, settings(call, key));
      });
      return null;
    },
    [`PUT ${path}/{${key}}`]: (call) => {
      const { id, config } = find(call);
      const given = call.params.digest;
      if (typeof given === "string" && given !== kind.digest(call.world))
        throw new SimError(
          kind.kind.startsWith("notifications/") ? 400 : 500,
          "detected modified configuration - file changed by other user? Try again.",
        );
      const dropped = list(call, "delete");
      const merged = Object.entries({ ...config, ...settings(call, key) });
      objects(call.world, kind.kind).set(
        id,
        Object.fromEntries(merged.filter(([k]) => !dropped.includes(k))),
      );
      return null;
    },
    [`DELETE ${path}/{${key}}`]: (call) => {
      const { id } = find(call);
      objects(call.world, kind.kind).delete(id);
      return null;
    },
  };
}

/** A digest over one kind, as files of their own have it. */
export const perlDigest = (kind: string) => (world: World) => digestOf(objects(world, kind));

/** Objects whose name is in the path of their creation too. */
export function named(plain: Record<string, Handler>, path: string): Handlers {
  const { [`POST ${path}`]: create, ...rest } = plain;
  return { ...rest, ...(create ? { [`POST ${path}/{id}`]: create } : {}) };
}
