import type { Row } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { redactData } from "../../render/redact.ts";
import { asFlag } from "../../render/units.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { factOf, isOn, propertiesOf, settingText } from "../difference/setting-value.ts";
import type { Finding, Step, Topic } from "../topic.ts";
import { counted, refusedFor } from "../wording.ts";
import { runs } from "./guest-condition.ts";
import { labelOf } from "./guest-names.ts";
import { guestConfig, guestOf, guestStatus } from "./guest-state.ts";

/** Whether a VM's configuration has a guest agent. */
export const hasAgent = (config: Row): boolean =>
  asFlag(propertiesOf(factOf(CONFIG_ROUTE.qemu, "agent"), settingText(config.agent))?.enabled) === true;

type Params = Step["params"];
/** What a command does, `who` being "VM 103 (mail)". */
type Says = (who: string, params: Params) => string;

/** Longest part of a command that is shown. */
const COMMAND_MAX = 300;

/** A command as a shell would show it, quoted: it is whatever the caller wrote. */
const commandText = (command: unknown): string =>
  quoted(Array.isArray(command) ? command.map(String).join(" ") : settingText(command), COMMAND_MAX);

const sized = (text: unknown): string => counted(Buffer.byteLength(settingText(text)), "byte");

const still: Says = (who) => `${who} is only asked: nothing in it changes.`;

/** What the guest agent is asked to do, by the last part of the route or the command of the older one. */
const COMMANDS: Readonly<Record<string, Says>> = {
  exec: (who, { command, "input-data": input }) =>
    `Runs in ${who}, as whoever the agent runs as (root, SYSTEM): ${commandText(command)}${input === undefined ? "" : `, with ${sized(input)} of input`}.`,
  "file-write": (who, { file, content }) =>
    `Writes ${sized(content)} to ${quoted(settingText(file))} in ${who}; what is in that file now is lost.`,
  "set-user-password": (who, params) =>
    `Sets the password of user ${quoted(settingText(params.username))} in ${who}${isOn(params, "crypted") ? ", given as a hash" : ""}.`,
  "fsfreeze-freeze": (who) =>
    `The file systems of ${who} take no writes until they are thawed: programs in it hang.`,
  "fsfreeze-thaw": (who) => `The file systems of ${who} take writes again.`,
  fstrim: (who) => `${who} gives unused blocks of its file systems back to its storages.`,
  shutdown: (who) => `${who} shuts down, as from within; HA, where it manages it, starts it again.`,
  "suspend-disk": (who) => `${who} hibernates: it writes its memory to its own disk and goes off.`,
  "suspend-hybrid": (who) => `${who} writes its memory to its own disk and sleeps.`,
  "suspend-ram": (who) => `${who} sleeps; it wakes by a wake-up event only.`,
};

/** The parameters as they may be shown; only the lengths of contents are. */
const shownParams = ({ route, params }: Step): Params => ({
  ...(redactData(route, params) as Params),
  content: params.content,
  "input-data": params["input-data"],
});

/** A command for the agent in a VM. */
export const agentCommand: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const [config, status] = await Promise.all([guestConfig(look, guest), guestStatus(look, guest)]);
  const label = labelOf(guest, config);
  const name = /\/agent\/([\w-]+)$/.exec(step.route)?.[1] ?? settingText(step.params.command);
  const says = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const known = Object.keys(config).length > 0;
  return {
    points: [
      ...refusedFor(label, [
        known && !hasAgent(config) ? "no guest agent is configured" : undefined,
        runs(status) === false ? "it does not run" : undefined,
      ]),
      (says ?? still)(label, shownParams(step)),
    ],
  };
};
