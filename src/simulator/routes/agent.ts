import { index, int, need, text } from "../args.ts";
import { bootDiskSize, cpusOf, guestFigures, memoryOf } from "../figures.ts";
import { agentOf, execute, interfaces, supportedCommands } from "../guest-agent.ts";
import { agentAnswers } from "../guest-status.ts";
import { guestOf, halt, isRunning } from "../guests.ts";
import { badParams, die, type Handlers, type SimCall } from "../route.ts";
import type { Guest, Json } from "../world.ts";

const INDEX =
  "exec exec-status file-read file-write fsfreeze-freeze fsfreeze-status fsfreeze-thaw fstrim get-fsinfo get-host-name get-memory-block-info get-memory-blocks get-osinfo get-time get-timezone get-users get-vcpus info network-get-interfaces ping set-user-password shutdown suspend-disk suspend-hybrid suspend-ram";

const MEMORY_BLOCK = 128 * 1024 ** 2;

/** The guest, when its agent is configured and answers (PVE::QemuServer::Agent assert_agent_available). */
function withAgent(call: SimCall): Guest {
  const guest = guestOf(call);
  if (guest.config.agent === undefined) die("No QEMU guest agent configured");
  if (!isRunning(guest)) die(`VM ${guest.vmid} is not running`);
  if (!agentAnswers(guest, call.now)) die("QEMU guest agent is not running");
  return guest;
}

type Command = (guest: Guest, call: SimCall) => Json;

/** Agent commands without arguments, by the name their route ends with. */
const COMMANDS = {
  info: () => ({ version: "10.0.13", supported_commands: supportedCommands() }),
  ping: () => ({}),
  "get-osinfo": (guest) => ({ ...agentOf(guest).os }),
  "get-host-name": (guest) => ({ "host-name": agentOf(guest).hostname }),
  "get-time": (_, call) => Math.trunc(call.now) * 1_000_000_000,
  "get-timezone": () => ({ zone: "UTC", offset: 0 }),
  "get-users": () => [],
  "get-vcpus": (guest) =>
    Array.from({ length: cpusOf(guest) }, (_, n) => ({
      "logical-id": n,
      online: true,
      "can-offline": n > 0,
    })),
  "get-memory-blocks": (guest) =>
    Array.from({ length: Math.ceil(memoryOf(guest) / MEMORY_BLOCK) }, (_, n) => ({
      "phys-index": n,
      online: true,
      "can-offline": true,
    })),
  "get-memory-block-info": () => ({ size: MEMORY_BLOCK }),
  "get-fsinfo": (guest) => fileSystems(guest),
  "network-get-interfaces": (guest, call) => interfaces(guest, guestFigures(guest, call.now).netout),
  "fsfreeze-status": (guest) => (agentOf(guest).frozen ? "frozen" : "thawed"),
  "fsfreeze-freeze": (guest) => setFrozen(guest, true),
  "fsfreeze-thaw": (guest) => setFrozen(guest, false),
  fstrim: () => ({ paths: [{ path: "/", trimmed: 0, minimum: 0 }] }),
  shutdown: (guest) => stopped(guest),
  "suspend-disk": (guest) => stopped(guest),
  "suspend-hybrid": () => ({}),
  "suspend-ram": () => ({}),
} as const satisfies Record<string, Command>;

function stopped(guest: Guest): Json {
  halt(guest);
  return {};
}

function setFrozen(guest: Guest, frozen: boolean): Json {
  agentOf(guest).frozen = frozen;
  return frozen ? Math.max(1, (fileSystems(guest) as readonly Json[]).length) : 1;
}

/** A guest without addresses runs from memory: no file system to report. */
function fileSystems(guest: Guest): Json {
  const size = bootDiskSize(guest);
  if (size === 0 || guest.load.disk < 1000) return [];
  return [
    {
      name: "sda1",
      mountpoint: "/",
      type: "ext4",
      "total-bytes": size,
      "used-bytes": Math.trunc(size * 0.37),
      disk: [
        {
          dev: "/dev/sda1",
          "bus-type": "scsi",
          bus: 0,
          target: 0,
          unit: 0,
          serial: "0QEMU_QEMU_HARDDISK_drive-scsi0",
        },
      ],
    },
  ];
}

const answer = (name: keyof typeof COMMANDS) => (call: SimCall) => ({
  result: (COMMANDS[name] as Command)(withAgent(call), call),
});

function exec(call: SimCall): Json {
  const guest = withAgent(call);
  const command = call.params.command;
  const words = Array.isArray(command) ? command.map(String) : [String(command ?? "")];
  const agent = agentOf(guest);
  const pid = 161 + agent.processes.size * 3;
  agent.processes.set(pid, execute(guest, words, text(call, "input-data") ?? ""));
  return { pid };
}

function execStatus(call: SimCall): Json {
  const guest = withAgent(call);
  const pid = int(call, "pid") ?? 0;
  const state = agentOf(guest).processes.get(pid) ?? die("Agent error: PID ld does not exist");
  agentOf(guest).processes.delete(pid);
  return state;
}

function fileRead(call: SimCall): Json {
  const guest = withAgent(call);
  const file = need(call, "file");
  const content =
    agentOf(guest).files.get(file) ??
    die(`Agent error: failed to open file '${file}' (mode: 'r'): No such file or directory`);
  return { content, "bytes-read": Buffer.byteLength(content) };
}

function fileWrite(call: SimCall): Json {
  const guest = withAgent(call);
  agentOf(guest).files.set(need(call, "file"), need(call, "content"));
  return null;
}

/** The older POST .../agent with the command as a parameter. */
function anyCommand(call: SimCall): Json {
  const name = need(call, "command");
  const run = Object.hasOwn(COMMANDS, name)
    ? (COMMANDS[name as keyof typeof COMMANDS] as Command)
    : undefined;
  if (!run) return badParams({ command: `value '${name}' does not have a value in the enumeration` });
  return { result: run(withAgent(call), call) };
}

/** The guest agent (PVE::API2::Qemu::Agent). */
export const agentRoutes: Handlers = {
  "GET /nodes/{node}/qemu/{vmid}/agent": () => index("name", INDEX),
  "POST /nodes/{node}/qemu/{vmid}/agent": anyCommand,
  "GET /nodes/{node}/qemu/{vmid}/agent/info": answer("info"),
  "POST /nodes/{node}/qemu/{vmid}/agent/ping": answer("ping"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo": answer("get-osinfo"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-host-name": answer("get-host-name"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-time": answer("get-time"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-timezone": answer("get-timezone"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-users": answer("get-users"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-vcpus": answer("get-vcpus"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-blocks": answer("get-memory-blocks"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-block-info": answer("get-memory-block-info"),
  "GET /nodes/{node}/qemu/{vmid}/agent/get-fsinfo": answer("get-fsinfo"),
  "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces": answer("network-get-interfaces"),
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status": answer("fsfreeze-status"),
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze": answer("fsfreeze-freeze"),
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw": answer("fsfreeze-thaw"),
  "POST /nodes/{node}/qemu/{vmid}/agent/fstrim": answer("fstrim"),
  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown": answer("shutdown"),
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk": answer("suspend-disk"),
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid": answer("suspend-hybrid"),
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram": answer("suspend-ram"),
  "POST /nodes/{node}/qemu/{vmid}/agent/exec": exec,
  "GET /nodes/{node}/qemu/{vmid}/agent/exec-status": execStatus,
  "GET /nodes/{node}/qemu/{vmid}/agent/file-read": fileRead,
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write": fileWrite,
  "POST /nodes/{node}/qemu/{vmid}/agent/set-user-password": (call) => {
    withAgent(call);
    return { result: {} };
  },
};
