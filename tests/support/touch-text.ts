import { expect, test } from "vitest";
import type { Touch } from "../../src/policy/touches/touch.ts";
import { touches } from "../../src/policy/touches/touches.ts";
import type { Route } from "../../src/schema/routes.gen.ts";

/** Touches in short: `VM 103 change`, `storage nas allocate`, `everything: …`. */
function short(touch: Touch): string {
  switch (touch.kind) {
    case "guest":
      return `guest ${touch.vmid} ${touch.how}`;
    case "new-guest":
      return `new ${[touch.vmid, touch.node, touch.pool, ...touch.tags].filter((part) => part !== undefined).join(" ")}${touch.tagsOf ? ` like ${touch.tagsOf}` : ""}`;
    case "every-guest":
      return `all${touch.but.length > 0 ? ` but ${touch.but}` : ""} ${touch.how}`;
    case "guests-of-node":
      return `all on ${touch.name}${touch.but.length > 0 ? ` but ${touch.but}` : ""} ${touch.how}`;
    case "guests-of-pool":
      return `all in ${touch.name} ${touch.how}`;
    case "guest-storages":
      return `storages of ${touch.vmid}${touch.snapshot ? ` and ${touch.snapshot}` : ""}${touch.everySnapshot ? " and its snapshots" : ""} ${touch.how}${touch.localOnly ? " local" : ""}`;
    case "replaced-disks":
      return `replaced on ${touch.vmid}: ${Object.keys(touch.disks)}`;
    case "moved-storages":
      return `storages of moved guests${touch.node ? ` on ${touch.node}` : ""}${touch.managed ? " of HA" : ""}`;
    case "backing":
      return `${touch.change ? "new " : ""}backing of ${touch.storage}: ${Object.entries(touch.given)
        .map((pair) => pair.join("="))
        .sort()
        .join()}`;
    case "any-storage":
      return `some storage ${touch.how}`;
    case "storage":
    case "pool":
    case "node":
      return `${touch.kind} ${touch.name} ${touch.how}`;
    case "owners":
      return `owners on ${touch.storage} ${touch.by}`;
    case "backup-job":
    case "ha-rule":
      return `${touch.kind} ${touch.id} ${touch.how}`;
    case "ha-group":
      return `group ${touch.id}${touch.members ? " members" : ""}`;
    case "ha-companions":
      return `companions of ${touch.vmid}${touch.by === "rules" ? " in rules" : ""}`;
    case "task":
      return `task of ${touch.user}: ${touch.of.map(short)}`;
    case "by-default":
      return `if ${touch.of} ${touch.node}${touch.storage ? ` ${touch.storage}` : ""}: ${touch.then.map(short)}`;
    case "every-node":
    case "quorum":
    case "cluster":
      return touch.kind;
    case "everything":
      return `everything: ${touch.why}`;
  }
}

/** All that a call touches, in short. */
export const touched = (route: string, params: Record<string, unknown>) => [
  ...new Set(touches(route, params).map(short)),
];

/** Route, arguments, and all that the call touches. */
export type Case = readonly [route: Route, params: Record<string, unknown>, expected: readonly string[]];
/** A test for each of these calls. */
export const holds = (name: string, cases: readonly Case[]) =>
  test.each(cases)(`${name}: %s %j`, (route, params, expected) => {
    expect(touched(route, params).sort()).toEqual([...expected].sort());
  });

/** The guest most calls name. */
export const AT = { node: "pve1", vmid: 107 };
