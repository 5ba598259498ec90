import type {
  Endpoint,
  Param,
  PastPermissions,
  PropertyFormat,
  StoredEndpoint,
  StoredTable,
} from "../src/schema/endpoint.ts";

/** What one release's API description says: its operations by route. */
export interface Description {
  readonly release: string;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

type Lifetime = { since?: string; until?: string };

/** The endpoint table from descriptions of several releases, in any order; the newest gives the operations. */
export function buildTable(descriptions: readonly Description[]): StoredTable {
  const read = [...descriptions].sort((a, b) =>
    a.release.localeCompare(b.release, undefined, { numeric: true }),
  );
  const [oldest, newest] = [read[0], read.at(-1)];
  if (!oldest || !newest) throw new Error("no description read");
  /** First and last release that `has` it, each left out where it bounds nothing. */
  const lifetime = (has: (endpoints: Description["endpoints"]) => boolean): Lifetime => {
    const having = read.filter(({ endpoints }) => has(endpoints));
    const [first, last] = [having[0]?.release, having.at(-1)?.release];
    return {
      ...(first === undefined || first === oldest.release ? {} : { since: first }),
      ...(last === undefined || last === newest.release ? {} : { until: last }),
    };
  };
  const pool: Param[] = [];
  const places = new Map<string, number>();
  const intern = (fact: Param): number => {
    const key = JSON.stringify(fact);
    const known = places.get(key) ?? pool.push(fact) - 1;
    places.set(key, known);
    return known;
  };
  /** The keys of a property string with theirs; a release that only names the format tells nothing of them. */
  const datedKeys = (route: string, name: string, format: PropertyFormat, whole: Lifetime): PropertyFormat =>
    Object.fromEntries(
      Object.entries(format).map(([key, fact]) => {
        const { since } = lifetime((endpoints) => {
          const param = endpoints.get(route)?.params[name];
          return (
            param !== undefined && (typeof param.format !== "object" || Object.hasOwn(param.format, key))
          );
        });
        return [key, since === undefined || since === whole.since ? fact : { ...fact, since }];
      }),
    );
  /** A parameter with its lifetime, where that is not its operation's own. */
  const dated = (route: string, name: string, param: Param, whole: Lifetime): Param => {
    const own = lifetime((endpoints) => Object.hasOwn(endpoints.get(route)?.params ?? {}, name));
    return {
      ...undated(param),
      ...(typeof param.format === "object" ? { format: datedKeys(route, name, param.format, own) } : {}),
      ...(own.since === undefined || own.since === whole.since ? {} : { since: own.since }),
      ...(own.until === undefined || own.until === whole.until ? {} : { until: own.until }),
    };
  };
  /** The parameters of a route that `wanted` asks for, as the newest release that has each states it. */
  const placed = (
    route: string,
    whole: Lifetime,
    wanted: (name: string) => boolean,
  ): Record<string, number> => {
    const facts = new Map<string, Param>();
    for (const { endpoints } of read)
      for (const [name, param] of Object.entries(endpoints.get(route)?.params ?? {})) {
        // The newest release's order decides.
        facts.delete(name);
        facts.set(name, param);
      }
    return Object.fromEntries(
      [...facts]
        .filter(([name]) => wanted(name))
        .map(([name, param]) => [name, intern(dated(route, name, param, whole))]),
    );
  };
  const entry = (endpoint: Endpoint, params: Record<string, number>, whole: Lifetime): StoredEndpoint => {
    const {
      route: _route,
      method: _method,
      path: _path,
      name,
      params: _params,
      ...facts
    } = undated(endpoint);
    return { name, params, ...facts, ...whole };
  };

  const endpoints: Record<string, StoredEndpoint> = {};
  for (const [route, endpoint] of sorted(newest.endpoints)) {
    const whole = lifetime((all) => all.has(route));
    endpoints[route] = entry(
      endpoint,
      placed(route, whole, (name) => Object.hasOwn(endpoint.params, name)),
      whole,
    );
  }
  const past: Record<string, StoredEndpoint> = {};
  const last = new Map(read.flatMap(({ endpoints: all }) => [...all]));
  for (const [route, endpoint] of sorted(last)) {
    if (newest.endpoints.has(route)) continue;
    const whole = lifetime((all) => all.has(route));
    past[route] = entry(
      endpoint,
      placed(route, whole, () => true),
      whole,
    );
  }
  const gone: Record<string, Record<string, number>> = {};
  for (const [route, endpoint] of sorted(newest.endpoints)) {
    const whole = lifetime((all) => all.has(route));
    const params = placed(route, whole, (name) => !Object.hasOwn(endpoint.params, name));
    if (Object.keys(params).length > 0) gone[route] = params;
  }
  return {
    pve: newest.release,
    releases: read.map(({ release }) => release),
    pool,
    endpoints,
    past: { endpoints: past, params: gone, permissions: pastPermissions(read, newest) },
  };
}

/** Who might call what, where the newest release says otherwise: one entry for each stretch of releases that agree. */
function pastPermissions(
  read: readonly Description[],
  newest: Description,
): StoredTable["past"]["permissions"] {
  const all: Record<string, PastPermissions[]> = {};
  for (const [route] of sorted(newest.endpoints)) {
    const stretches: PastPermissions[] = [];
    for (const { release, endpoints } of read) {
      const older = endpoints.get(route);
      if (!older) continue;
      const said = permissionsOf(older);
      const last = stretches.at(-1);
      if (last && same(permissionsOf(last), said)) stretches.pop();
      stretches.push({ ...said, until: release });
    }
    // The last stretch is what the newest release says.
    stretches.pop();
    if (stretches.length > 0) all[route] = stretches;
  }
  return all;
}

const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);

const permissionsOf = (said: Pick<Endpoint, "check" | "user">) => ({
  ...(said.check === undefined ? {} : { check: said.check }),
  ...(said.user === undefined ? {} : { user: said.user }),
});

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

function undated<T extends { since?: string; until?: string }>(fact: T): Omit<T, "since" | "until"> {
  const { since: _since, until: _until, ...rest } = fact;
  return rest;
}

/** The text of src/schema/endpoints.gen.json: an entry a line, so that a change reads as one. */
export function tableText(table: StoredTable): string {
  const lines = (entries: Readonly<Record<string, unknown>>) =>
    Object.entries(entries)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(",\n");
  return [
    `{"pve":${JSON.stringify(table.pve)},`,
    `"releases":${JSON.stringify(table.releases)},`,
    `"pool":[\n${table.pool.map((param) => JSON.stringify(param)).join(",\n")}\n],`,
    `"endpoints":{\n${lines(table.endpoints)}\n},`,
    `"past":{"endpoints":{\n${lines(table.past.endpoints)}\n},`,
    `"params":{\n${lines(table.past.params)}\n},`,
    `"permissions":{\n${lines(table.past.permissions)}\n}}}\n`,
  ].join("\n");
}
