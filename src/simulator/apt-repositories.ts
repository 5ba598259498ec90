import { flag, int, need } from "./args.ts";
import { objects } from "./config-objects.ts";
import { assertDigest, digestOf } from "./digest.ts";
import { die, type SimCall } from "./route.ts";
import type { Json, JsonObject } from "./world.ts";

/** A repository that PVE knows by name (proxmox-apt, APTRepositoryHandle). */
interface Standard {
  readonly handle: string;
  readonly name: string;
  readonly file: string;
  readonly uri: string;
  readonly component: string;
}

const FREE = "http://download.proxmox.com/debian";
const PAID = "https://enterprise.proxmox.com/debian";

const standard = (handle: string, name: string, file: string, uri: string, component: string): Standard => ({
  handle,
  name,
  file: `/etc/apt/sources.list.d/${file}.sources`,
  uri,
  component,
});

const STANDARD: readonly Standard[] = [
  standard("enterprise", "Enterprise", "pve-enterprise", `${PAID}/pve`, "pve-enterprise"),
  standard("no-subscription", "No-Subscription", "proxmox", `${FREE}/pve`, "pve-no-subscription"),
  standard("test", "Test", "proxmox", `${FREE}/pve`, "pve-test"),
  standard("ceph-squid-enterprise", "Ceph Squid Enterprise", "ceph", `${PAID}/ceph-squid`, "enterprise"),
  standard(
    "ceph-squid-no-subscription",
    "Ceph Squid No-Subscription",
    "ceph",
    `${FREE}/ceph-squid`,
    "no-subscription",
  ),
  standard("ceph-squid-test", "Ceph Squid Test", "ceph", `${FREE}/ceph-squid`, "test"),
];

const DEBIAN = "/etc/apt/sources.list.d/debian.sources";

const entry = (uri: string, suite: string, components: string[], enabled: boolean): JsonObject => ({
  Types: ["deb"],
  URIs: [uri],
  Suites: [suite],
  Components: components,
  FileType: "sources",
  Enabled: enabled ? 1 : 0,
  Comment: "",
});

const entryOf = ({ uri, component }: Standard, enabled: boolean): JsonObject =>
  entry(uri, "trixie", [component], enabled);

/** A node's files with repositories, by path; a new node has Debian's, PVE's and, switched off, the paid one. */
function filesOf(call: SimCall): Map<string, JsonObject[]> {
  const kept = objects(call.world, `apt/${need(call, "node")}`);
  if (kept.size === 0) {
    const [enterprise, free] = STANDARD;
    const both = ["trixie", "trixie-security"] as const;
    kept.set(DEBIAN, {
      repositories: both.map((suite) =>
        entry(
          suite === "trixie" ? "http://deb.debian.org/debian" : "http://security.debian.org/debian-security",
          suite,
          ["main", "contrib", "non-free-firmware"],
          true,
        ),
      ),
    });
    if (enterprise) kept.set(enterprise.file, { repositories: [entryOf(enterprise, false)] });
    if (free) kept.set(free.file, { repositories: [entryOf(free, true)] });
  }
  return new Map([...kept].map(([path, file]) => [path, (file.repositories ?? []) as JsonObject[]]));
}

function keep(call: SimCall, path: string, repositories: readonly JsonObject[]): null {
  objects(call.world, `apt/${need(call, "node")}`).set(path, { repositories });
  return null;
}

const isThe = ({ uri, component }: Standard, { URIs, Components }: JsonObject): boolean =>
  Array.isArray(URIs) && URIs.includes(uri) && Array.isArray(Components) && Components.includes(component);

/** GET apt/repositories: files, what each is from, and the standard repositories' state. */
export function repositories(call: SimCall): Json {
  const files = filesOf(call);
  const all = [...files.values()].flat();
  return {
    files: [...files].map(([path, found]) => ({
      path,
      "file-type": "sources",
      repositories: found,
      digest: [...Buffer.from(digestOf(found), "hex")],
    })),
    errors: [],
    infos: [...files].flatMap(([path, found]) =>
      found.map((_, at) => ({
        path,
        index: String(at),
        kind: "origin",
        message: path === DEBIAN ? "Debian" : "Proxmox",
      })),
    ),
    "standard-repos": STANDARD.map((known) => ({
      handle: known.handle,
      name: known.name,
      status: all.find((repository) => isThe(known, repository))?.Enabled ?? null,
    })),
    digest: digestOf(files),
  };
}

/** PUT apt/repositories: adds a standard repository, or switches it on where it is. */
export function addRepository(call: SimCall): Json {
  const handle = need(call, "handle");
  const known = STANDARD.find((one) => one.handle === handle) ?? die(`unknown repository handle '${handle}'`);
  const files = filesOf(call);
  assertDigest(call, digestOf(files));
  for (const [path, found] of files)
    if (found.some((repository) => isThe(known, repository)))
      return keep(
        call,
        path,
        found.map((repository) => (isThe(known, repository) ? { ...repository, Enabled: 1 } : repository)),
      );
  return keep(call, known.file, [...(files.get(known.file) ?? []), entryOf(known, true)]);
}

/** POST apt/repositories: switches one repository of a file on or off. */
export function changeRepository(call: SimCall): Json {
  const path = need(call, "path");
  const at = int(call, "index") ?? 0;
  const files = filesOf(call);
  assertDigest(call, digestOf(files));
  const found = files.get(path) ?? die(`invalid path - ${path}`);
  const repository = found[at] ?? die(`invalid index - ${at}`);
  if (call.params.enabled === undefined) return null;
  const changed = { ...repository, Enabled: flag(call, "enabled") ? 1 : 0 };
  return keep(
    call,
    path,
    found.map((one, index) => (index === at ? changed : one)),
  );
}
