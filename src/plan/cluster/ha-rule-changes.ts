import { list, type Row, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { isOn, settingText } from "../difference/setting-value.ts";
import { inventory } from "../guests/guest-names.ts";
import { guestName } from "../guests/guest-state.ts";
import { listing, listings, type Point } from "../point.ts";
import type { Finding, Topic } from "../topic.ts";
import { namesOr, when } from "../wording.ts";
import {
  changeFinding,
  creationFinding,
  currentSettings,
  named,
  settingsText,
  stableSettings,
  unknownBecause,
} from "./configuration-object.ts";
import { guestOfSid, sidName } from "./ha-changes.ts";

/** The guests that a rule would have moved now, by node affinity: none of its nodes has them. */
function misplaced(
  resources: readonly string[],
  nodes: readonly string[],
  guests: readonly Guest[],
): readonly string[] {
  return resources.flatMap((sid) => {
    const guest = guestOfSid(guests, sid);
    return guest && nodes.length > 0 && !nodes.includes(guest.node)
      ? [`${guestName(guest, guest.name)} from ${guest.node}`]
      : [];
  });
}

/** The guests that share a node, or do not. */
function together(
  resources: readonly string[],
  affinity: string,
  guests: readonly Guest[],
): readonly string[] {
  const found = resources.flatMap((sid) => guestOfSid(guests, sid) ?? []);
  const nodes = new Set(found.map(({ node }) => node));
  if (affinity === "positive")
    return nodes.size > 1 ? found.map((one) => `${guestName(one, one.name)} on ${one.node}`) : [];
  return found
    .filter((one) => found.some((other) => other !== one && other.node === one.node))
    .map((one) => `${guestName(one, one.name)} on ${one.node}`);
}

/** What a rule with these settings demands of guests, and which are not as it wants. */
function demands(rule: Row, guests: readonly Guest[]): readonly Point[] {
  const resources = list(str(rule, "resources"));
  const nodes = list(str(rule, "nodes")).map((node) => node.replace(/:\d+$/, ""));
  const affinity = str(rule, "affinity");
  const names = resources.map((sid) => sidName(guests, sid));
  if (affinity !== undefined) {
    const wrong = together(resources, affinity, guests);
    return [
      listing(affinity === "positive" ? "Kept on one node" : "Kept on different nodes", names, "no guest"),
      ...listings("HA moves some of these, which are not as it wants", wrong),
    ];
  }
  const away = misplaced(resources, nodes, guests);
  const strict = isOn(rule, "strict");
  return [
    listing(
      `${strict ? "May run on no node but" : "Should run on"} ${namesOr(nodes, "none")}`,
      names,
      "no guest",
    ),
    ...listings("HA moves", away),
    ...when(strict, "When none of these nodes is online, the guests stay stopped."),
  ];
}

const ruleLabel = named("HA rule", "rule");

/** A new or changed HA rule: whom it is about, and whom HA then moves. */
export const haRuleChange: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const guests = (await inventory(look)) ?? [];
  const given: Row = Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, settingText(value)]],
    ),
  );
  const made = route.startsWith("POST")
    ? await creationFinding(step, look, { label: ruleLabel, list: "GET /cluster/ha/rules", key: "rule" })
    : await changeFinding(step, look, ruleLabel);
  const now = route.startsWith("POST") ? {} : await currentSettings(step, look);
  const after = { ...now, ...given };
  const off = isOn(after, "disable");
  return {
    ...made,
    points: [
      ...made.points,
      ...(off ? ["It is switched off: HA does not follow it."] : demands(after, guests)),
      ...when(guests.length === 0, "The guests could not be read."),
    ],
  };
};

/** A rule that goes: guests stay where they are. */
export const haRuleRemoval: Topic = async (step, look): Promise<Finding> => {
  const [rule, guests] = await Promise.all([currentSettings(step, look), inventory(look)]);
  const name = settingText(step.params.rule);
  return {
    points: [
      `HA rule ${name} goes: ${rule ? settingsText(rule, ["type", "resources", "nodes", "affinity", "strict", "disable", "comment"]) : await unknownBecause(step, look)}.`,
      ...(rule
        ? [
            listing(
              "No longer bound by it",
              list(str(rule, "resources")).map((sid) => sidName(guests, sid)),
              "no guest",
            ),
          ]
        : []),
    ],
    state: { [`HA rule ${name}`]: stableSettings(rule) },
  };
};
