/** A PVE release, the two numbers its API changes with: 9.2.11 is of release 9.2. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

/** A fact that holds from one release on, up to another; both as text such as "9.1", both inclusive. */
export interface Lifetime {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The release a version belongs to; undefined when the text is none. Takes what PVE states as `release` or
 * `version` in GET /version (`9.2`, `9.2.11`, `7.4-17`) and as `pveversion` in a node's status
 * (`pve-manager/9.2.11/14a22df35955d97d`).
 */
export function parseRelease(text: string): Release | undefined {
  const match = /^(?:pve-manager\/)?(\d{1,3})\.(\d{1,3})(?![\d])/.exec(text.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** A release as PVE writes it: `9.2`. */
export const releaseText = ({ major, minor }: Release): string => `${major}.${minor}`;

/** Order of releases: negative when `a` is the older one, 0 when both are the same. */
export const compareReleases = (a: Release, b: Release): number => a.major - b.major || a.minor - b.minor;

/**
 * Whether a release has the parameter or endpoint a fact is about. A fact without `since` holds for every older
 * release too, one without `until` for every younger. A bound that is no release bounds nothing.
 */
export function isIn(fact: Lifetime, release: Release): boolean {
  const since = fact.since === undefined ? undefined : parseRelease(fact.since);
  const until = fact.until === undefined ? undefined : parseRelease(fact.until);
  return (
    (since === undefined || compareReleases(release, since) >= 0) &&
    (until === undefined || compareReleases(release, until) <= 0)
  );
}
