import { compareReleases, isIn, parseRelease, type Release } from "../schema/release.ts";
import type { Node, World } from "./world.ts";

type Build = World["version"];

/** The releases that can be played, oldest first, each as a build of it (pve-manager's changelog and commits). */
const BUILDS = {
  "7.4": { version: "7.4-4", release: "7.4", repoid: "4a8501a8" },
  "8.4": { version: "8.4.1", release: "8.4", repoid: "2a5fa54a8503f96d" },
  "9.0": { version: "9.0.18", release: "9.0", repoid: "5cacb35d7ee87217" },
  "9.1": { version: "9.1.19", release: "9.1", repoid: "076d7c3c108f0346" },
  "9.2": { version: "9.2.11", release: "9.2", repoid: "14a22df35955d97d" },
} as const satisfies Record<string, Build>;

/** A PVE release the simulator can be. */
export type PlayedRelease = keyof typeof BUILDS;

/** Every release the simulator can be, oldest first. */
export const PLAYED_RELEASES = Object.keys(BUILDS) as readonly PlayedRelease[];

/** Whether the simulator can be the release of that name. */
export const isPlayed = (text: string): text is PlayedRelease => Object.hasOwn(BUILDS, text);

/** What a node says of its version: its own release's build, else that of the world. */
export const buildOf = (world: World, node: Node | undefined): Build =>
  node?.release === undefined ? world.version : BUILDS[node.release];

/** The release of a build. Throws when the world's version is none. */
export function releaseOf({ version }: Build): Release {
  const release = parseRelease(version);
  if (!release) throw new Error(`${version} is no version of PVE.`);
  return release;
}

const before = (release: Release, major: number, minor: number): boolean =>
  compareReleases(release, { major, minor }) < 0;

/** Whether refusals carry their text in the body too: libpve-http-server-perl 5.2.0; before, the reason alone has it. */
export const tellsInBody = (release: Release): boolean => !before(release, 8, 4);

/** The largest request body in bytes: libpve-http-server-perl 5.2.1 raised it. */
export const bodyLimit = (release: Release): number => (before(release, 8, 4) ? 64 : 512) * 1024;

/** Makes a world one of that release: its version, the privileges of its roles, HA groups instead of rules before 9.0. */
export function playRelease(world: World, name: PlayedRelease): void {
  world.version = BUILDS[name];
  const release = releaseOf(world.version);
  for (const [role, { privs, special }] of world.access.roles) {
    const known = privilegesIn(privs, release);
    if (special && known.length === 0 && privs.length > 0) world.access.roles.delete(role);
    else world.access.roles.set(role, { privs: known, special });
  }
  if (before(release, 9, 0)) groupsForRules(world.ha);
}

/** Privileges that not every release has (libpve-access-control's changelog). */
const SINCE: Readonly<Record<string, string>> = {
  "Mapping.Audit": "8.0",
  "Mapping.Modify": "8.0",
  "Mapping.Use": "8.0",
  "SDN.Use": "8.0",
  "Sys.AccessNetwork": "8.1",
  "VM.GuestAgent.Audit": "9.0",
  "VM.GuestAgent.FileRead": "9.0",
  "VM.GuestAgent.FileSystemMgmt": "9.0",
  "VM.GuestAgent.FileWrite": "9.0",
  "VM.GuestAgent.Unrestricted": "9.0",
  "VM.Replicate": "9.0",
};

function privilegesIn(privs: readonly string[], release: Release): string[] {
  const known = privs.filter((priv) => isIn({ since: SINCE[priv] }, release));
  // VM.Monitor was one privilege for all that the guest agent and the monitor can do.
  if (before(release, 9, 0) && privs.includes("VM.GuestAgent.Unrestricted")) known.push("VM.Monitor");
  return known.sort();
}

/** The reverse of PVE::HA::Groups::migrate_groups_to_rules; what a group cannot say is dropped. */
function groupsForRules(ha: World["ha"]): void {
  const groups: NonNullable<World["ha"]["groups"]> = new Map();
  for (const { rule, type, config } of ha.rules.values()) {
    if (type !== "node-affinity") continue;
    const { nodes = "", strict, comment } = config;
    groups.set(rule, {
      nodes,
      ...(strict === 1 ? { restricted: 1 } : {}),
      ...(comment === undefined ? {} : { comment }),
    });
    for (const sid of String(config.resources ?? "").split(",")) {
      const resource = ha.resources.get(sid);
      if (resource) resource.config = { ...resource.config, group: rule };
    }
  }
  ha.rules.clear();
  ha.groups = groups;
}
