import { flag, num, type Row, record, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { type HaResource, haOfGuest, haResources } from "../cluster/ha-resource.ts";
import { settingText } from "../difference/setting-value.ts";
import { guestNames, inventory } from "../guests/guest-names.ts";
import { absence, listing, listings, type Point } from "../point.ts";
import type { Finding, Look, Topic } from "../topic.ts";
import { counted, listed, when } from "../wording.ts";

/** A node of the cluster and its weight in it. */
interface Member {
  readonly name: string;
  readonly online: boolean;
  readonly ip: string | undefined;
  /** It answers this server's calls itself. */
  readonly local: boolean;
  readonly votes: number;
}

/** The nodes of the cluster; undefined where they cannot be read. A node alone has one vote of one. */
export async function membersOf(look: Look): Promise<readonly Member[] | undefined> {
  const [status, config] = await Promise.all([
    look.tryRead("GET /cluster/status", {}),
    look.tryRead("GET /cluster/config/nodes", {}),
  ]);
  if (status === undefined) return undefined;
  const votes = new Map(
    rows(config).map((row) => [str(row, "name") ?? str(row, "node"), num(row, "quorum_votes")]),
  );
  return rows(status).flatMap((row) => {
    const name = str(row, "name");
    if (str(row, "type") !== "node" || name === undefined) return [];
    const member = { name, ip: str(row, "ip"), local: flag(row, "local"), votes: votes.get(name) ?? 1 };
    return [{ ...member, online: flag(row, "online") }];
  });
}

/** What is left of the votes when a node is away, and whether they are a majority. */
function quorumPoint(members: readonly Member[], without: string): readonly string[] {
  if (members.length < 2) return [];
  const all = members.reduce((sum, { votes }) => sum + votes, 0);
  const left = members
    .filter(({ name, online }) => online && name !== without)
    .reduce((sum, { votes }) => sum + votes, 0);
  const offline = members.filter(({ online, name }) => !online && name !== without).map(({ name }) => name);
  const away = offline.length > 0 ? `; ${listed(offline)} is offline already` : "";
  return [
    left * 2 > all
      ? `${left} of ${all} votes stay online: the cluster keeps its quorum${away}.`
      : `Only ${left} of ${all} votes stay online: the cluster LOSES its quorum, nothing can be changed or started until the node is back${away}.`,
  ];
}

/** What HA does with its guests on a node that goes down, by policy (PVE::HA::LRM shutdown_request). */
function haFate(policy: string, reboots: boolean): string {
  if (policy === "migrate") return "are moved to other nodes first";
  const freezes = policy === "freeze" || (policy === "conditional" && reboots);
  return freezes
    ? "stop and start again on it when it is back"
    : "stop, and start on other nodes some minutes later";
}

function guestPoints(
  running: readonly Guest[],
  ha: ReadonlyMap<string, HaResource> | undefined,
  fate: string,
  node: string,
): readonly Point[] {
  const managed = running.filter((guest) => haOfGuest(ha, guest)?.managed === true);
  const others = running.filter((guest) => !managed.includes(guest));
  return [
    others.length === 0
      ? absence("guest", `runs on ${node} but those of HA.`)
      : listing(
          `${counted(others.length, "running guest")} on ${node} ${others.length === 1 ? "is" : "are"} shut down`,
          guestNames(others),
        ),
    ...listings(`HA guests ${fate}`, guestNames(managed)),
    ...when(ha === undefined, "Which of them HA manages could not be read."),
  ];
}

/** A node that is restarted or switched off. */
export const nodePower: Topic = async ({ params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const reboots = settingText(params.command) === "reboot";
  const [members, guests, ha, options, tasks] = await Promise.all([
    membersOf(look),
    inventory(look),
    haResources(look),
    look.tryRead("GET /cluster/options", {}),
    look.tryRead("GET /nodes/{node}/tasks", { node, source: "active", limit: 20 }),
  ]);
  const running = guests?.filter((guest) => guest.node === node && guest.status === "running");
  const policy = str(record(record(options).ha), "shutdown_policy") ?? "conditional";
  const member = members?.find(({ name }) => name === node);
  const jobs = rows(tasks).filter((row) => row.endtime === undefined);
  return {
    points: [
      ...when(
        member?.local ?? false,
        `${node}${member?.ip === undefined ? "" : ` (${member.ip})`} is the node that answers this server: it cannot reach PVE until ${reboots ? "it is back" : "somebody switches it on again"}.`,
      ),
      `${node} is ${reboots ? "restarted" : "switched off"}.`,
      ...(running === undefined
        ? [`Which guests run on ${node} could not be read.`]
        : guestPoints(running, ha, haFate(policy, reboots), node)),
      ...(members ? quorumPoint(members, node) : ["What becomes of the quorum could not be read."]),
      ...listings(
        "Jobs that run on it are ended",
        jobs.map((row) => [str(row, "type"), str(row, "id")].filter(Boolean).join(" ")),
      ),
    ],
    tells: ["command"],
    state: {
      [`node ${node}`]: {
        running: running?.map(({ vmid }) => vmid).sort((a, b) => a - b) ?? null,
        online:
          members
            ?.filter(({ online }) => online)
            .map(({ name }) => name)
            .sort() ?? null,
        policy,
      },
    },
  };
};

/** A job that is stopped. */
export const taskStop: Topic = async ({ params }, look): Promise<Finding> => {
  const upid = settingText(params.upid);
  const data = await look.tryRead("GET /nodes/{node}/tasks/{upid}/status", {
    node: settingText(params.node),
    upid,
  });
  const task: Row = record(data);
  const what = [str(task, "type"), str(task, "id")].filter(Boolean).join(" ");
  const status = str(task, "status");
  return {
    points: [
      data === undefined
        ? "The job could not be read."
        : status === "running"
          ? `Job ${what} of ${str(task, "user") ?? "unknown"} is ended; what it had done so far stays.`
          : `Job ${what} of ${str(task, "user") ?? "unknown"} does not run any more (${status ?? "ended"}): nothing is stopped.`,
    ],
    state: { [`job ${upid}`]: status ?? null },
  };
};

/** A node that is to join or leave the cluster. */
export const membership: Topic = async ({ route, params }, look): Promise<Finding> => {
  const [members, guests] = await Promise.all([membersOf(look), inventory(look)]);
  const node = settingText(params.node);
  const names = members?.map(({ name }) => name);
  const theirs = guests?.filter((guest) => guest.node === node) ?? [];
  const leaves = route.startsWith("DELETE");
  const online = members?.find(({ name }) => name === node)?.online;
  const what =
    route === "POST /cluster/config"
      ? `A cluster ${settingText(params.clustername)} is made; this node is its first member.`
      : route === "POST /cluster/config/join"
        ? `This node joins the cluster of ${settingText(params.hostname)}: its own configuration is replaced by the cluster's, and it must have no guests.`
        : leaves
          ? `Node ${node} leaves the cluster; it must be switched off and never come back as it is.`
          : `Node ${node} joins the cluster.`;
  return {
    points: [
      ...when(leaves && online === true, `${node} is online: it has to be switched off first.`),
      what,
      ...(leaves ? listings("Guests on it, which go with it", guestNames(theirs)) : []),
      ...(leaves && members
        ? quorumPoint(
            members.filter(({ name }) => name !== node),
            node,
          )
        : []),
      names === undefined ? "The members could not be read." : listing("Members now", names),
    ],
    state: { "members of the cluster": names ? [...names].sort() : null },
    ...(leaves ? { final: "a node that left can only join again after it is set up anew." } : {}),
    ...(route === "POST /cluster/config/join" ? { final: "the node's own configuration is gone." } : {}),
  };
};
