import { index, int, need, text } from "../args.ts";
import { disksOfNode } from "../node-disks.ts";
import { die, type Handlers, type SimCall, SimError } from "../route.ts";
import type { Json, Storage } from "../world.ts";
import { groupRow, thinRows } from "./disk-lvm.ts";
import { hasZfs, poolSpace } from "./disk-zfs.ts";
import { nodeOfCall } from "./nodes.ts";

const ADDRESS = /^(\d+\.){3}\d+$|:/;

/** Storages of a type that are on a server: what a scan of it finds. Names are known only from storages. */
function served(call: SimCall, type: string, server: string, what: string): Storage[] {
  const all = [...call.world.storages.values()];
  const known = all.filter(({ config }) => config.server === server || hostOf(config.portal) === server);
  if (known.length === 0 && !ADDRESS.test(server)) die(`unable to ${what} '${server}'`);
  return known.filter((storage) => storage.type === type);
}

/** The host of `host`, `host:port` or `[address]:port`. */
function hostOf(portal: Json | undefined): string {
  const text = String(portal ?? "");
  return /^\[(.+)\]/.exec(text)?.[1] ?? (/^[^:]+(?=:\d+$)/.exec(text)?.[0] || text);
}

const unique = <T>(rows: readonly T[]): T[] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];

function nfs(call: SimCall): Json {
  const server = need(call, "server");
  const found = served(call, "nfs", server, "resolve address for server");
  if (found.length === 0)
    die(`command '/sbin/showmount --no-headers --exports ${server}' failed: exit code 1`);
  return unique(found.map(({ config }) => ({ path: config.export ?? "", options: "*" })));
}

function cifs(call: SimCall): Json {
  const server = need(call, "server");
  const found = served(call, "cifs", server, "resolve address for server");
  if (found.length === 0)
    throw new SimError(500, `do_connect: Connection to ${server} failed (Error NT_STATUS_HOST_UNREACHABLE)`);
  return unique(found.map(({ config }) => ({ share: config.share ?? "", description: "" })));
}

function pbs(call: SimCall): Json {
  const server = need(call, "server");
  const at = `${server}:${int(call, "port") ?? 8007}`;
  const found = [...call.world.storages.values()].filter(
    ({ type, config }) => type === "pbs" && config.server === server,
  );
  if (found.length === 0) die(`error fetching datastores - 500 Can't connect to ${at} (No route to host)`);
  return unique(found.map(({ config }) => ({ store: config.datastore ?? "" })));
}

/** A portal that does not answer has no targets. */
function iscsi(call: SimCall): Json {
  const portal = need(call, "portal");
  const found = served(call, "iscsi", hostOf(portal), "parse/resolve portal address");
  return unique(
    found.map(({ config }) => ({ target: config.target ?? "", portal: `${hostOf(config.portal)}:3260` })),
  );
}

const LVS =
  "vg_name,lv_name,lv_size,lv_attr,pool_lv,data_percent,metadata_percent,snap_percent,uuid,tags,metadata_size,time";

function thinPools(call: SimCall): Json {
  const node = nodeOfCall(call);
  const disks = disksOfNode(call.world, node);
  const group = text(call, "vg");
  if (group !== undefined && !disks.groups.has(group))
    die(
      "command '/sbin/lvs --separator : --noheadings --units b --unbuffered --nosuffix --config " +
        `'report/time_format="%s"' --options ${LVS} ${group}' failed: exit code 5`,
    );
  return thinRows(call.world, node, disks, group);
}

const ZFS_LIST = "zfs list -t filesystem -Hp -o name,avail,used";

/** What a node finds to use as a storage (PVE::API2::Storage::Scan). */
export const scanRoutes: Handlers = {
  "GET /nodes/{node}/scan": () => index("method", "cifs iscsi lvm nfs pbs zfs"),
  "GET /nodes/{node}/scan/nfs": nfs,
  "GET /nodes/{node}/scan/cifs": cifs,
  "GET /nodes/{node}/scan/pbs": pbs,
  "GET /nodes/{node}/scan/iscsi": iscsi,
  "GET /nodes/{node}/scan/lvm": (call) => {
    const disks = disksOfNode(call.world, nodeOfCall(call));
    return [...disks.groups.keys()].map((vg) => ({ vg, ...groupRow(disks, vg) }));
  },
  "GET /nodes/{node}/scan/lvmthin": thinPools,
  "GET /nodes/{node}/scan/zfs": (call) => {
    if (!hasZfs(call.world))
      die(
        `command '${ZFS_LIST}' failed: open3: exec of ${ZFS_LIST} failed: No such file or directory at /usr/share/perl5/PVE/Cmd.pm line 174.`,
      );
    const node = nodeOfCall(call);
    return [...disksOfNode(call.world, node).pools].map(([pool, config]) => {
      const { size, free } = poolSpace(call.world, node.name, pool, config);
      return { pool, size, free };
    });
  },
};
