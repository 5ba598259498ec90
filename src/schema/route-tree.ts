/** Placeholders whose values may hold slashes (fragmentDelimiter '' in PVE's route classes). */
const GREEDY = new Set(["volume", "cidr"]);

interface Branch {
  readonly literals: Map<string, Branch>;
  placeholder?: { readonly name: string; readonly branch: Branch };
  readonly routes: Map<string, string>;
}

const newBranch = (): Branch => ({ literals: new Map(), routes: new Map() });

/** A route and what stands for its placeholders, unescaped. */
export interface Match {
  readonly route: string;
  readonly placeholders: Readonly<Record<string, string>>;
}

/** Routes by the parts of their paths, as PVE finds a method (PVE::RESTHandler find_handler): a literal before a placeholder. */
export class RouteTree {
  readonly #root = newBranch();

  /** @param routes templates, `GET /nodes/{node}/qemu` */
  constructor(routes: Iterable<string>) {
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      let branch = this.#root;
      for (const part of path.split("/").filter(Boolean)) branch = grow(branch, part);
      branch.routes.set(method, route);
    }
  }

  /** The route of a method and the parts of an unescaped path; undefined when PVE has none. */
  match(method: string, parts: readonly string[]): Match | undefined {
    const found = this.#walk(parts);
    const route = found?.branch.routes.get(method);
    return found === undefined || route === undefined
      ? undefined
      : { route, placeholders: found.placeholders };
  }

  /** The methods that the path has; none where there is no such path. */
  methods(parts: readonly string[]): readonly string[] {
    return [...(this.#walk(parts)?.branch.routes.keys() ?? [])];
  }

  #walk(parts: readonly string[]) {
    const placeholders: Record<string, string> = {};
    let branch = this.#root;
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] ?? "";
      const literal = branch.literals.get(part);
      if (literal) {
        branch = literal;
        continue;
      }
      if (!branch.placeholder) return undefined;
      const { name, branch: next } = branch.placeholder;
      const greedy = GREEDY.has(name) && next.literals.size === 0;
      placeholders[name] = greedy ? parts.slice(at).join("/") : part;
      branch = next;
      if (greedy) break;
    }
    return { branch, placeholders };
  }
}

function grow(branch: Branch, part: string): Branch {
  const name = /^\{(.+)\}$/.exec(part)?.[1];
  if (name !== undefined) {
    branch.placeholder ??= { name, branch: newBranch() };
    return branch.placeholder.branch;
  }
  const next = branch.literals.get(part) ?? newBranch();
  branch.literals.set(part, next);
  return next;
}
