import { int, need, text } from "../args.ts";
import { digestOf } from "../digest.ts";
import { localNode } from "../local-node.ts";
import { denied } from "../permissions.ts";
import { dataOf, die, type Handlers, type SimCall, SimError } from "../route.ts";
import { consoleTicket, isConsoleTicket } from "../tickets.ts";
import type { Json, JsonObject, World } from "../world.ts";
import { nodeOfCall } from "./nodes.ts";
import { verifyUsername } from "./users.ts";

/** PVE::Tools next_vnc_port, next_spice_port: consoles that are open each have one, from the first on. */
function nextPort(world: World, first: number): number {
  const open = [...world.tasks.values()].filter(({ work, type }) => work && /^(vnc|spice)/.test(type));
  return first + open.length;
}

/** A console's port, its ticket and the task that waits for someone to connect. */
export function openConsole(
  call: SimCall,
  on: { node: string; type: string; id: string; path: string; user?: string },
) {
  const port = nextPort(call.world, 5900);
  const { node, type, id, path, user = call.caller.id } = on;
  const upid = call.task({ node, type, id, seconds: 10 });
  return { user, upid, port, ticket: consoleTicket(call.world, { user, path, port }, call.now) };
}

/** The root certificate of the cluster as it is handed out with a console. */
export const rootCertificate = (fingerprint: string): string =>
  `-----BEGIN CERTIFICATE-----\n${fingerprint}\n-----END CERTIFICATE-----\n`;

/** Eight printable characters for the VNC protocol. */
export const vncPassword = ({ rng }: World): string => rng.hex(8);

/** A console's port once its ticket has been checked; the websocket itself is not played. */
export function websocket(call: SimCall, path: string): Json {
  const port = int(call, "port") ?? 0;
  const good = isConsoleTicket(
    call.world,
    need(call, "vncticket"),
    { user: call.caller.id, path, port },
    call.now,
  );
  if (!good) throw new SimError(401, "permission denied - invalid PVEVNC ticket");
  return { port: String(port) };
}

/** remote-viewer's file (PVE::AccessControl remote_viewer_config). */
export function viewerFile(call: SimCall, title: string, path: string, port: number): JsonObject {
  const node = nodeOfCall(call);
  const host = `${node.name}.${node.dns.search ?? "local"}`;
  const what = { user: call.caller.id, path, port, kind: "PVESPICE" };
  return {
    "secure-attention": "Ctrl+Alt+Ins",
    "toggle-fullscreen": "Shift+F11",
    "release-cursor": "Ctrl+Alt+R",
    type: "spice",
    title,
    host: consoleTicket(call.world, what, call.now),
    proxy: `http://${text(call, "proxy") ?? host}:3128`,
    "tls-port": port,
    "host-subject": `OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=${host}`,
    ca: rootCertificate(node.fingerprint).replaceAll("\n", "\\n"),
    password: digestOf([title, call.now]),
    "delete-this-file": 1,
  };
}

export const nextSpicePort = (world: World): number => nextPort(world, 61000);

/** Commands other than a login are root's; a token's name is none that these two take. */
function shellUser(call: SimCall): string {
  const user = verifyUsername(call.caller.id);
  const command = text(call, "cmd");
  if (command !== undefined && command !== "login" && user !== "root@pam") denied("user != root@pam");
  return user;
}

function vncShell(call: SimCall): Json {
  const user = shellUser(call);
  const node = nodeOfCall(call);
  const path = `/nodes/${node.name}`;
  const opened = openConsole(call, { node: node.name, type: "vncshell", id: "", path, user });
  const cert = rootCertificate(node.fingerprint);
  const shown = { ...opened, port: String(opened.port), cert };
  if (call.params.websocket !== true) return shown;
  const password = vncPassword(call.world);
  return { ...shown, ticket: `${password}:${opened.ticket}`, password };
}

interface Command {
  readonly path: string;
  readonly method: string;
  readonly args?: Readonly<Record<string, Json>>;
}

function commandsOf(call: SimCall): Command[] {
  const invalid = () =>
    new SimError(400, "Parameter verification failed.", {
      commands: "invalid format - commands is not a valid array of commands",
    });
  try {
    const parsed: unknown = JSON.parse(need(call, "commands"));
    if (!Array.isArray(parsed)) throw invalid();
    for (const one of parsed)
      if (typeof one?.path !== "string" || typeof one?.method !== "string") throw invalid();
    return parsed as Command[];
  } catch {
    throw invalid();
  }
}

/** Calls on one node in one go; each answers for itself. */
function execute(call: SimCall): Json {
  return commandsOf(call).map(({ method, path, args = {} }): Json => {
    try {
      const answer = call.run(method, `/nodes/${need(call, "node")}/${path.replace(/^\/+/, "")}`, args);
      return { status: 200, data: dataOf(answer) };
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      const { message, errors } = error;
      if (error.status === 501)
        return { status: 500, message: `no handler for 'nodes/${need(call, "node")}/${path}'\n` };
      return { status: error.status, message: `${message}\n`, ...(errors ? { errors } : {}) };
    }
  });
}

/** Shells on nodes, and several calls in one (PVE::API2::Nodes). */
export const shellRoutes: Handlers = {
  "POST /nodes/{node}/termproxy": (call) => {
    const { name } = nodeOfCall(call);
    const opened = openConsole(call, { node: name, type: "vncshell", id: "", path: `/nodes/${name}` });
    return { ...opened, port: String(opened.port) };
  },
  "POST /nodes/{node}/vncshell": vncShell,
  "POST /nodes/{node}/spiceshell": (call) => {
    shellUser(call);
    const { name } = nodeOfCall(call);
    const port = nextSpicePort(call.world);
    call.task({ node: name, type: "spiceshell", id: "", seconds: 40 });
    return viewerFile(call, `Shell on '${name}'`, `/nodes/${name}`, port);
  },
  "GET /nodes/{node}/vncwebsocket": (call) => websocket(call, `/nodes/${nodeOfCall(call).name}`),
  "POST /nodes/{node}/execute": execute,
};

/** Refuses what PVE does on the answering node alone and was asked of another. */
export function needLocal(call: SimCall): string {
  const local = localNode(call.world)?.name ?? die("no nodes");
  const node = need(call, "node");
  if (node !== "localhost" && node !== local)
    throw new SimError(400, "Parameter verification failed.", {
      node: `node needs to be 'localhost' or local hostname '${local}'`,
    });
  return local;
}
