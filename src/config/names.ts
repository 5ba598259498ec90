import { isTypo, nearest } from "./nearest.ts";
import { show } from "./show.ts";

/** Names in lines of at most `width` columns, each behind `indent`. */
export function wrap(names: readonly string[], indent: string, width = 100): string {
  const lines: string[] = [];
  let line = "";
  for (const [at, name] of names.entries()) {
    const word = at < names.length - 1 ? `${name},` : name;
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== "") lines.push(indent + line);
  return lines.join("\n");
}

/**
 * What to say of names that are not valid: each one (unless it may be a secret) with the nearest valid ones.
 * The full list is the caller's to add. Undefined when all are valid.
 */
export function unknownNames(
  kind: string,
  given: readonly string[],
  valid: readonly string[],
): string | undefined {
  const parts = given
    .filter((name) => !valid.includes(name))
    .map((name) => {
      const near = nearest(name, valid);
      const hint = near.length > 0 ? ` (nearest: ${near.join(", ")})` : "";
      return `${show(name, isTypo(name, valid))}${hint}`;
    });
  if (parts.length === 0) return undefined;
  return `has an unknown ${kind}: ${parts.join("; ")}`;
}
