import { type Row, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { isOn, settingText, textOf } from "../difference/setting-value.ts";
import { inventory } from "../guests/guest-names.ts";
import { guestName } from "../guests/guest-state.ts";
import { listing, listings } from "../point.ts";
import type { Finding, Look, ReadRoute, Topic } from "../topic.ts";
import { when } from "../wording.ts";
import {
  changeFinding,
  creationFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "./configuration-object.ts";
import { haRulesOf } from "./ha-resource.ts";

const ALL: ReadRoute = "GET /cluster/ha/resources";

/** The VMID in `vm:101` or `101`. */
const vmidOf = (sid: string): number => Number(sid.replace(/^[a-z]+:/, ""));

/** The guest that a resource is about. */
export const guestOfSid = (guests: readonly Guest[] | undefined, sid: string): Guest | undefined =>
  guests?.find(({ vmid }) => vmid === vmidOf(sid));

/** "VM 101 (web-02)" for `vm:101`; the resource's own id where the guest is not known. */
export const sidName = (guests: readonly Guest[] | undefined, sid: string): string => {
  const guest = guestOfSid(guests, sid);
  return guest ? guestName(guest, guest.name) : sid;
};

const guestText = (guest: Guest | undefined): string =>
  guest ? `${guest.status ?? "in an unknown state"} on ${guest.node}` : "not to be found";

/** What HA does to a guest when another state is asked of it (PVE::HA::Manager). */
function stateEffect(guest: Guest | undefined, wanted: string | undefined): readonly string[] {
  if (!guest || wanted === undefined) return [];
  const running = guest.status === "running";
  const name = guestName(guest, guest.name);
  switch (wanted === "enabled" ? "started" : wanted) {
    case "started":
      return running ? [] : [`HA then STARTS ${name}.`];
    case "stopped":
    case "disabled":
      return running ? [`HA then STOPS ${name}.`] : [];
    case "ignored":
      return [`HA then leaves ${name} alone: it stays as it is, and is not restarted elsewhere.`];
    default:
      return [];
  }
}

const guestState = (guest: Guest | undefined): Row | null =>
  guest ? { node: guest.node, status: guest.status ?? null } : null;

/** A guest that HA is to look after. */
export const haResourceCreation: Topic = async (step, look): Promise<Finding> => {
  const { params } = step;
  const sid = settingText(params.sid);
  const guests = await inventory(look);
  const guest = guestOfSid(guests, sid);
  const full = guest ? `${guest.type === "qemu" ? "vm" : "ct"}:${guest.vmid}` : sid;
  const label = `HA resource ${full}`;
  const made = await creationFinding({ ...step, params: { ...params, sid: full } }, look, {
    label,
    list: ALL,
    key: "sid",
  });
  return {
    points: [
      ...stateEffect(guest, textOf(params, "state") ?? "started"),
      `HA looks after ${sidName(guests, sid)}, ${guestText(guest)}; asked of it: ${textOf(params, "state") ?? "started"}.`,
      ...(made.state?.[label] === "absent" ? [] : made.points),
      ...when(params.group !== undefined, "group: PVE 9 has rules instead of groups, and refuses it."),
    ],
    tells: ["sid", "state"],
    state: { ...made.state, [`guest of ${full}`]: guestState(guest) },
  };
};

const resourceLabel = named("HA resource", "sid");

/** A changed HA resource: the guest, and what becomes of it. */
export const haResourceChange: Topic = async (step, look): Promise<Finding> => {
  const sid = settingText(step.params.sid);
  const [change, guests] = await Promise.all([changeFinding(step, look, resourceLabel), inventory(look)]);
  const guest = guestOfSid(guests, sid);
  return {
    ...change,
    points: [
      ...stateEffect(guest, textOf(step.params, "state")),
      ...change.points,
      `${sidName(guests, sid)}: ${guestText(guest)}.`,
    ],
    state: { ...change.state, [`guest of ${sid}`]: guestState(guest) },
  };
};

/** A guest that HA no longer looks after; rules that name nothing else go with it (delete_service_from_config). */
export const haResourceRemoval: Topic = async (step, look): Promise<Finding> => {
  const sid = settingText(step.params.sid);
  const purges = step.params.purge === undefined || isOn(step.params, "purge");
  const [resource, guests, rules] = await Promise.all([
    currentSettings(step, look),
    inventory(look),
    haRulesOf(look, sid),
  ]);
  const guest = guestOfSid(guests, sid);
  const [gone, kept] = [rules.filter(({ alone }) => alone), rules.filter(({ alone }) => !alone)];
  const names = (some: typeof rules): readonly string[] => some.map(({ rule }) => rule);
  return {
    points: [
      `HA no longer looks after ${sidName(guests, sid)}: it stays ${guestText(guest)}, and is not restarted elsewhere when its node fails.`,
      `HA resource ${sid} goes: ${resource ? settingsText(resource, ["state", "max_restart", "max_relocate", "group", "failback", "comment"]) : await unknownBecause(step, look)}.`,
      ...(purges ? listings("HA rules that go with it", names(gone)) : []),
      ...(purges ? listings("HA rules that no longer name it", names(kept)) : []),
      ...(purges ? [] : listings("HA rules that go on naming it", names(rules))),
    ],
    state: {
      [`HA resource ${sid}`]: stableSettings(resource),
      [`guest of ${sid}`]: guestState(guest),
      [`rules of ${sid}`]: rules.map(({ rule }) => rule).sort(),
    },
  };
};

/** A guest that HA is to move: online as a migration, or stopped and started (relocate). */
export const haMove: Topic = async ({ route, params }, look): Promise<Finding> => {
  const sid = settingText(params.sid);
  const node = settingText(params.node);
  const [data, guests] = await Promise.all([look.tryRead("GET /cluster/ha/resources", {}), inventory(look)]);
  const guest = guestOfSid(guests, sid);
  const managed = rows(data).some((row) => vmidOf(str(row, "sid") ?? "") === vmidOf(sid));
  const relocates = route.endsWith("/relocate");
  const running = guest?.status === "running";
  const name = sidName(guests, sid);
  return {
    points: [
      ...when(data !== undefined && !managed, `HA does not look after ${name}: PVE refuses.`),
      ...when(
        running && (relocates || guest?.type === "lxc"),
        `${name} is shut down, moved and started again.`,
      ),
      guest?.node === node
        ? `${name} is on ${node} already: nothing moves.`
        : `HA moves ${name}, ${guestText(guest)}, to ${node}, unless a rule forbids it.`,
    ],
    state: { [`guest of ${sid}`]: guestState(guest) },
  };
};

/** HA switched off or on for the whole cluster: every resource by name. */
export const haArming: Topic = async ({ route, params }, look: Look): Promise<Finding> => {
  const [data, current, guests] = await Promise.all([
    look.tryRead("GET /cluster/ha/resources", {}),
    look.tryRead("GET /cluster/ha/status/current", {}),
    inventory(look),
  ]);
  const sids = rows(data).flatMap((row) => str(row, "sid") ?? []);
  const fencing = rows(current).find((row) => str(row, "type") === "fencing");
  const armed = fencing && str(fencing, "armed-state");
  const disarms = route.endsWith("/disarm-ha");
  const mode = settingText(params["resource-mode"]);
  const names = sids.map((sid) => sidName(guests, sid));
  return {
    points: [
      disarms
        ? listing(
            "HA is switched off in the whole cluster: no node is fenced, no guest is restarted elsewhere",
            names,
            "no guest",
          )
        : listing("HA is switched on again for", names, "no guest"),
      ...when(
        disarms && mode === "freeze",
        "freeze: commands and changes of state wait until it is on again.",
      ),
      ...when(disarms && mode === "ignore", "ignore: these guests are handled as if HA did not manage them."),
      `Now: ${armed ?? "could not be read"}.`,
      ...when(data === undefined, "HA's resources could not be read."),
    ],
    state: {
      "HA of the cluster": {
        armed: armed ?? null,
        resources: data === undefined ? null : [...sids].sort(),
      },
    },
  };
};
