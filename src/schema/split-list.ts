/**
 * The entries of a list parameter as PVE splits it (PVE::ParseUtils::split_list): at NUL when there is one, else at
 * commas, semicolons and white space; empty entries at the end are dropped.
 */
export function splitList(text: string): string[] {
  const parts = text.includes("\0") ? text.split("\0") : text.split(/[,;\s]+/);
  if (!text.includes("\0") && parts[0] === "") parts.shift();
  while (parts.at(-1) === "") parts.pop();
  return parts;
}
