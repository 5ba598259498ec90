import { type Json, record } from "../../pve/data.ts";
import { type Endpoint, type PermissionCheck, takesNoToken } from "../../schema/endpoint.ts";

/** Whether the token may call an operation at all, on some object at least. */
export interface Reach {
  readonly may: "yes" | "no" | "unknown";
  /** What it has nowhere; absent where no token ever may. */
  readonly lacks?: string;
}

/** What the token holds: path, privilege, whether it goes on below (GET /access/permissions). */
export type Held = Readonly<Record<string, Json>>;

const YES: Reach = { may: "yes" };
const UNKNOWN: Reach = { may: "unknown" };

const subChecks = (check: PermissionCheck): readonly PermissionCheck[] =>
  check.slice(1).filter((sub): sub is PermissionCheck => Array.isArray(sub));

const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");

/** Paths that a template may mean: `/vms/{vmid}` any path of that form. */
const meaning = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split("/")
      .map((part) => (/^\{.*\}$/.test(part) ? "[^/]+" : escaped(part).replace(/\\?\{[^}]*\}/g, "[^/]+")))
      .join("/")}$`,
  );

/** The privileges held on any path that the template may mean, or passed on to it from above. */
function heldOn(template: string, held: Held): ReadonlySet<string> {
  const exact = meaning(template);
  const parts = template.split("/");
  const above = parts.map((_, at) => meaning(parts.slice(0, at).join("/")));
  const found = new Set<string>();
  for (const [path, privileges] of Object.entries(held)) {
    const here = exact.test(path);
    const over = path === "/" || above.some((one) => one.test(path));
    if (!here && !over) continue;
    for (const [privilege, goesOn] of Object.entries(record(privileges)))
      if (here || Number(goesOn) > 0) found.add(privilege);
  }
  return found;
}

function perm(template: string, wanted: readonly string[], any: boolean, held: Held): Reach {
  const have = heldOn(template, held);
  const lacking = wanted.filter((privilege) => !have.has(privilege));
  if (lacking.length === 0 || (any && lacking.length < wanted.length)) return YES;
  return { may: "no", lacks: `${lacking.join(any ? " or " : ", ")} on ${template}` };
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function judge(check: PermissionCheck, held: Held): Reach {
  const subs = () => subChecks(check).map((sub) => judge(sub, held));
  switch (check[0]) {
    case "and":
      return subs().find(({ may }) => may === "no") ?? subs().find(({ may }) => may === "unknown") ?? YES;
    case "or":
      return (
        subs().find(({ may }) => may === "yes") ??
        subs().find(({ may }) => may === "unknown") ??
        subs()[0] ??
        UNKNOWN
      );
    case "perm": {
      const at = check.indexOf("any");
      return perm(String(check[1]), strings(check[2]), at > 0 && Number(check[at + 1]) === 1, held);
    }
    case "userid-group":
      return perm("/access/groups/{group}", strings(check[1]), true, held).may === "yes"
        ? YES
        : perm("/access/groups", strings(check[1]), true, held);
    case "userid-param":
      return check[1] === "self"
        ? { may: "no" }
        : perm("/access/realm/{realm}", [String(check[1])], false, held);
    default:
      return UNKNOWN;
  }
}

/**
 * Whether a token may call an operation on some object at least, by the permissions that PVE's description states.
 * @param held what the token holds; undefined where that could not be read
 * @param login the user whose login makes the calls that PVE takes from no token
 */
export function tokenReach(
  endpoint: Pick<Endpoint, "check" | "user" | "noToken">,
  held: Held | undefined,
  login?: string,
): Reach {
  const { check, user, noToken } = endpoint;
  if (login !== undefined && takesNoToken(endpoint))
    return login === "root@pam" ? YES : noToken ? UNKNOWN : { may: "no" };
  if (noToken && user !== "world") return { may: "no" };
  if (!check) return user === undefined ? { may: "no" } : YES;
  return held === undefined ? UNKNOWN : judge(check, held);
}
