import { allRoutes } from "../schema/endpoint-table.ts";

/** Placeholders whose values may hold slashes (fragmentDelimiter '' in PVE's route classes). */
const GREEDY = new Set(["volume", "cidr"]);

interface Branch {
  readonly literals: Map<string, Branch>;
  placeholder?: { readonly name: string; readonly branch: Branch };
  readonly routes: Map<string, string>;
}

const newBranch = (): Branch => ({ literals: new Map(), routes: new Map() });

let root: Branch | undefined;

function tree(): Branch {
  if (root) return root;
  root = newBranch();
  for (const route of allRoutes()) {
    const [method = "", path = ""] = route.split(" ");
    let branch = root;
    for (const part of split(path)) branch = grow(branch, part);
    branch.routes.set(method, route);
  }
  return root;
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

const split = (path: string): string[] => path.split("/").filter((part) => part !== "");

/** A route and what stands for its placeholders, unescaped. */
export interface Match {
  readonly route: string;
  readonly placeholders: Readonly<Record<string, string>>;
}

/** The route of a method and an unescaped path; undefined when PVE has none. */
export function matchRoute(method: string, path: string): Match | undefined {
  const placeholders: Record<string, string> = {};
  const parts = split(path);
  let branch = tree();
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? "";
    const literal = branch.literals.get(part);
    if (literal) {
      branch = literal;
      continue;
    }
    if (!branch.placeholder) return undefined;
    const { name, branch: next } = branch.placeholder;
    const greedy = GREEDY.has(name) && next.literals.size === 0;
    placeholders[name] = greedy ? parts.slice(i).join("/") : part;
    branch = next;
    if (greedy) break;
  }
  const route = branch.routes.get(method);
  return route === undefined ? undefined : { route, placeholders };
}
