import type { Route } from "../schema/routes.gen.ts";
import { tool } from "./define.ts";
import { type GuestType, guestPlace, KINDS } from "./guest-kinds.ts";
import type { ToolSpec } from "./tool.ts";

interface PowerAction {
  readonly verb: string;
  readonly title: string;
  /** For sentences: "Shutdown of VM 101". */
  readonly noun: string;
  /** GUEST stands for "a VM" or "a container". */
  readonly description: string;
  /** The same for containers, where it is another. */
  readonly asLxc?: string;
  /** Listed parameters by type; a type that is missing has no such action. */
  readonly params: { readonly [T in GuestType]?: Readonly<Record<string, string>> };
  /** Types whose endpoint takes more. */
  readonly more?: readonly GuestType[];
}

/** What PVE takes besides (`skiplock`, `keepActive`, `nocheck`) it takes from root@pam itself only, from no token. */
const ACTIONS: readonly PowerAction[] = [
  {
    verb: "start",
    title: "Start",
    noun: "Start",
    description: "Start GUEST.",
    params: { qemu: {}, lxc: { debug: "" } },
    more: ["qemu"],
  },
  {
    verb: "stop",
    title: "Stop",
    noun: "Stop",
    description: "Stop GUEST at once; unsaved data is lost.",
    params: { qemu: {}, lxc: { "overrule-shutdown": "PVE 8.1+" } },
    more: ["qemu"],
  },
  {
    verb: "shutdown",
    title: "Shut down",
    noun: "Shutdown",
    description: "Shut GUEST down cleanly.",
    params: {
      qemu: { timeout: "", forceStop: "" },
      lxc: { timeout: "", forceStop: "" },
    },
  },
  {
    verb: "reboot",
    title: "Reboot",
    noun: "Reboot",
    description: "Restart GUEST cleanly, with its pending changes.",
    // What does not stop in time is killed (PVE::LXC vm_reboot).
    asLxc: "Restart GUEST with its pending changes; killed after timeout.",
    params: { qemu: { timeout: "" }, lxc: { timeout: "" } },
  },
  {
    verb: "suspend",
    title: "Suspend",
    noun: "Suspension",
    description: "Suspend GUEST.",
    params: { qemu: { todisk: "Hibernate", statestorage: "" }, lxc: {} },
  },
  {
    verb: "resume",
    title: "Resume",
    noun: "Resumption",
    description: "Resume GUEST that is suspended.",
    params: { qemu: {}, lxc: {} },
  },
  {
    verb: "reset",
    title: "Reset",
    noun: "Reset",
    description: "Reset GUEST at once; unsaved data is lost.",
    params: { qemu: {} },
  },
];

/** The tools that start and stop guests of one type. */
export function powerTools(type: GuestType): readonly ToolSpec[] {
  const { an, label, tool: suffix } = KINDS[type];
  return ACTIONS.flatMap(({ verb, title, noun, description, asLxc, params, more }): ToolSpec[] => {
    const listed = params[type];
    if (!listed) return [];
    return [
      tool({
        name: `pve_${verb}_${suffix}`,
        title: `${title} ${label}`,
        tier: "read-execute",
        description: (type === "lxc" ? (asLxc ?? description) : description).replace("GUEST", an),
        route: `POST /nodes/{node}/${type}/{vmid}/status/${verb}` as Route,
        params: listed,
        more: more?.includes(type) ?? false,
        done: (call) => `${noun} of ${guestPlace(call)}.`,
      }),
    ];
  });
}
