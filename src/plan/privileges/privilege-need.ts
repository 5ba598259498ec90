/** One of the privileges on an ACL path, or what only root@pam may do. */
export type Lack =
  | {
      readonly kind: "privilege";
      readonly path: string;
      /** Any of them would do. */
      readonly privileges: readonly string[];
      /** First PVE release that checks it; absent: 8.0 or before. */
      readonly since?: string;
    }
  | {
      readonly kind: "root";
      /** What of the request is root@pam's alone: a parameter, a value. */
      readonly what: string;
      readonly since?: string;
    };

/** What a caller must hold for a request. "unknown": what nobody can tell beforehand. */
export type Need =
  | Lack
  | { readonly kind: "every"; readonly of: readonly Need[] }
  | { readonly kind: "some"; readonly of: readonly Need[] }
  | { readonly kind: "unknown" };

/** What could not be found out: nothing is said about it. */
export const UNKNOWN: Need = { kind: "unknown" };

/** All the needs together. */
export const every = (...of: readonly Need[]): Need => ({ kind: "every", of });

/** One of the needs is enough. */
export const some = (...of: readonly Need[]): Need => ({ kind: "some", of });

/** One of the privileges on a path. */
export const oneOf = (path: string, privileges: readonly string[], since?: string): Need => ({
  kind: "privilege",
  path,
  privileges,
  ...(since === undefined ? {} : { since }),
});

/** Each of the privileges on a path. */
export const all = (path: string, ...privileges: readonly string[]): Need =>
  every(...privileges.map((privilege) => oneOf(path, [privilege])));

/** A privilege on a path that PVE asks for from that release on. */
export const since = (release: string, path: string, privilege: string): Need =>
  oneOf(path, [privilege], release);

/** A need that PVE has from that release on; before, it asked for something else. */
export function asOf(release: string, need: Need): Need {
  if (need.kind === "unknown") return need;
  if (need.kind === "privilege" || need.kind === "root") return { since: release, ...need };
  return { ...need, of: need.of.map((one) => asOf(release, one)) };
}

/** What PVE takes from root@pam itself alone, from no token. */
export const rootOnly = (what: string): Need => ({ kind: "root", what });

/** The ACL paths that a need is about. */
export function pathsOf(need: Need): readonly string[] {
  if (need.kind === "privilege") return [need.path];
  return need.kind === "every" || need.kind === "some" ? need.of.flatMap(pathsOf) : [];
}

/** What is known of the caller and of this PVE. */
export interface Holdings {
  /** Privileges held on a path; undefined when they could not be read. */
  readonly on: (path: string) => ReadonlySet<string> | undefined;
  /** Whether this PVE asks for it at all: it knows the privileges, and is new enough. */
  readonly applies: (lack: Lack) => boolean;
}

/** Whether a need is met: "unknown", or what is missing, nothing when it is met. */
type Verdict = "unknown" | readonly Lack[];

/** What granting all of it would come to; a privilege on everything is dearer than many on single things. */
const cost = (lacks: readonly Lack[]): number =>
  lacks.reduce((sum, lack) => sum + (lack.kind === "privilege" && lack.path !== "/" ? 1 : 1_000), 0);

/**
 * Weighs a need against what is held. Of several ways, the one that takes least is told; one that nobody can judge
 * makes the whole choice unknown, so that nothing is called missing that may not be.
 */
export function weigh(need: Need, held: Holdings): Verdict {
  switch (need.kind) {
    case "unknown":
      return "unknown";
    case "root":
      return held.applies(need) ? [need] : "unknown";
    case "privilege": {
      const privileges = held.on(need.path);
      if (privileges === undefined) return "unknown";
      if (need.privileges.some((privilege) => privileges.has(privilege))) return [];
      return held.applies(need) ? [need] : "unknown";
    }
    case "every":
      return need.of.flatMap((one) => {
        const verdict = weigh(one, held);
        return verdict === "unknown" ? [] : verdict;
      });
    case "some": {
      const verdicts = need.of.map((one) => weigh(one, held));
      const known = verdicts.filter((verdict) => verdict !== "unknown");
      if (known.some((lacks) => lacks.length === 0)) return [];
      if (known.length < verdicts.length) return "unknown";
      return known.reduce((best, lacks) => (cost(lacks) < cost(best) ? lacks : best));
    }
  }
}
