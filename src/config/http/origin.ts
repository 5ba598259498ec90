const ANY_PORT = ":*";

/** How an origin of any port is written: `http://localhost:*`. */
export const withAnyPort = (scheme: "http" | "https", host: string): string =>
  `${scheme}://${host}${ANY_PORT}`;

/**
 * Is the `Origin` header of a browser one of the allowed ones? Those that end in `:*` stand for every port, the
 * scheme's own included.
 */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  const parts = /^(https?:\/\/(?:[^\s/:[\]@]+|\[[\da-f:.]+\]))(?::\d{1,5})?$/i.exec(origin.toLowerCase());
  return parts !== null && (allowed.includes(parts[0]) || allowed.includes(`${parts[1]}${ANY_PORT}`));
}
