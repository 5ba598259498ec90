import type { Endpoint, PermissionCheck } from "./endpoint.ts";

const subChecks = (check: PermissionCheck): readonly PermissionCheck[] =>
  check.slice(1).filter((sub): sub is PermissionCheck => Array.isArray(sub));

const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const isAny = (check: PermissionCheck): boolean => {
  const at = check.indexOf("any");
  return at > 0 && Number(check[at + 1]) === 1;
};

function text(check: PermissionCheck): string {
  switch (check[0]) {
    case "and":
    case "or":
      return subChecks(check)
        .map((sub) => (sub[0] === "and" || sub[0] === "or" ? `(${text(sub)})` : text(sub)))
        .join(` ${check[0]} `);
    case "perm":
      return `${names(check[2]).join(isAny(check) ? " or " : " and ")} on ${check[1]}`;
    case "perm-modify":
      return `Permissions.Modify on ${check[1]}`;
    case "userid-param":
      return check[1] === "self" ? "being that user" : `${check[1]} for the user's realm`;
    case "userid-group":
      return `${names(check[1]).join(" or ")} on the user's groups`;
    default:
      return "more than can be told";
  }
}

/** Who may call an operation, in a few words: `VM.Audit on /vms/{vmid}`. */
export function permissionText({ check, user }: Pick<Endpoint, "check" | "user">): string {
  if (check) return text(check);
  if (user === "world") return "anyone, without a login";
  return user === "all" ? "every user, PVE's code may ask for more" : "root@pam alone";
}
