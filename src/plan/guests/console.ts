import { rows, str } from "../../pve/data.ts";
import { quoted } from "../../render/foreign.ts";
import { redactData } from "../../render/redact.ts";
import { settingText } from "../difference/setting-value.ts";
import { shownParameter } from "../difference/shown-setting.ts";
import { listings } from "../point.ts";
import type { Finding, Step, Topic } from "../topic.ts";
import { listed, refusedFor } from "../wording.ts";
import { runs } from "./guest-condition.ts";
import { labelOf } from "./guest-names.ts";
import { guestConfig, guestOf, guestStatus } from "./guest-state.ts";
import { volumesOf, volumeText } from "./guest-volumes.ts";

const CLOUDINIT = "GET /nodes/{node}/qemu/{vmid}/cloudinit";

/** A topic that says one thing of a guest, which has to run where `live` says so. */
const oneLine =
  (says: (who: string, params: Step["params"]) => string, live = true): Topic =>
  async (step, look): Promise<Finding | undefined> => {
    const guest = guestOf(step);
    if (!guest) return undefined;
    const [config, status] = await Promise.all([guestConfig(look, guest), guestStatus(look, guest)]);
    const label = labelOf(guest, config);
    return {
      points: [
        ...refusedFor(label, [live && runs(status) === false ? "it does not run" : undefined]),
        says(label, redactData(step.route, step.params) as Step["params"]),
      ],
    };
  };

/** A ticket for a console. */
export const consoleTicket = oneLine(
  (who, params) =>
    `Opens a console of ${who}${params.serial === undefined ? "" : ` on ${shownParameter(params, "serial")}`}: who has the ticket sees its screen and types into it.`,
  false,
);

/** Keys that are pressed in a VM. */
export const keyPress = oneLine(
  (who, { key }) =>
    `Presses ${quoted(settingText(key))} on the keyboard of ${who}: what that does, the guest decides.`,
);

/** A command for QEMU's monitor. */
export const monitorCommand = oneLine(
  (who, { command }) =>
    `Runs in the QEMU monitor of ${who}, past PVE's own checks: ${quoted(settingText(command), 300)}.`,
);

/** The helper that carries a VM's connections along in a migration. */
export const dbusVmstate = oneLine((who, params) =>
  settingText(params.action) === "stop"
    ? `Stops the helper that would carry the connections of ${who} along in a migration.`
    : `Starts the helper that carries the connections of ${who} along in a migration.`,
);

/** The receiving end of a migration from another cluster. */
export const migrationTunnel = oneLine((who, params) => {
  const named = ["storages", "bridges"].flatMap((name) => {
    const value = shownParameter(params, name);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  const uses = named.length === 0 ? "" : `, with ${listed(named)}`;
  return `Opens the receiving end of a migration from another cluster: who has the ticket makes ${who} anew${uses}.`;
}, false);

/** The image of a VM's cloud-init drive, made anew. */
export const cloudInitImage: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const [config, pending] = await Promise.all([
    guestConfig(look, guest),
    look.tryRead(CLOUDINIT, { node: guest.node, vmid: guest.vmid }),
  ]);
  const label = labelOf(guest, config);
  const drives = volumesOf("qemu", config).filter(({ kind }) => kind === "cloudinit");
  const changed = rows(pending)
    .filter((row) => row.pending !== undefined || row.delete !== undefined)
    .flatMap((row) => str(row, "key") ?? []);
  return {
    points: [
      drives.length === 0 && Object.keys(config).length > 0
        ? `${label} has no cloud-init drive: nothing changes.`
        : `The cloud-init image of ${label} is made anew${drives.length > 0 ? `: ${listed(drives.map(volumeText))}` : ""}; the guest reads it when it boots.`,
      ...listings("New in it", changed),
    ],
    state: { [`cloudinit ${guest.vmid}`]: changed },
  };
};
