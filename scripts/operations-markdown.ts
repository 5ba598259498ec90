import type { Operation, Operations, Raise, StateRaise } from "../src/policy/operations/operation.ts";
import { AREAS } from "../src/policy/operations/operations.ts";
import { endpointOf } from "../src/schema/endpoint-table.ts";
import type { Route } from "../src/schema/routes.gen.ts";

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

function raiseText({ params, allBut, says, effect }: Raise, route: Route, operation: Operation): string {
  const known = endpointOf(route).params;
  const named = code(params.filter((name) => Object.hasOwn(known, name)));
  const which = allBut ? `any but ${named}:` : named;
  return `${which} ${says}${effect && effect !== operation.effect ? " (write)" : ""}`;
}

/** What PVE's state gives it: the answer to a question that is put before the call. */
const stateText = ({ says, effect }: StateRaise, operation: Operation): string =>
  `*where it* ${says}${effect && effect !== operation.effect ? " (write)" : ""}`;

/** All that raises an operation, or why a read is more than that. */
function whyText(route: Route, operation: Operation): string {
  const { raises = [], byState = [], says } = operation;
  return [
    ...(says === undefined ? [] : [`it ${says}`]),
    ...raises.map((raise) => raiseText(raise, route, operation)),
    ...byState.map((raise) => stateText(raise, operation)),
  ].join("<br>");
}

/** Operations as `PUT, DELETE /path`, VMs and containers on one line. */
function operationList(routes: readonly string[]): string {
  const kinds = new Map<string, Set<string>>();
  for (const route of routes) {
    const neutral = route.replace(/\/(?:qemu|lxc)(?=\/|$)/, "/{kind}");
    const kind = /\/(qemu|lxc)(?=\/|$)/.exec(route)?.[1];
    kinds.set(neutral, new Set([...(kinds.get(neutral) ?? []), ...(kind ? [kind] : [])]));
  }
  const methods = new Map<string, string[]>();
  for (const [neutral, which] of kinds) {
    const [method = "", path = ""] = neutral.replace("{kind}", [...which].join("\\|")).split(" ");
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  return [...methods].map(([path, all]) => `\`${all.join(", ")} ${path}\``).join("<br>");
}

/** One row for all operations of an area that have the same class and are raised by the same arguments. */
function rows(operations: Operations): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [route, operation] of Object.entries(operations)) {
    const why = whyText(route as Route, operation);
    const key = `${operation.effect} | ${operation.risk === "loss" ? "loss" : ""} | ${why}`;
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups].map(([key, routes]) => `| ${operationList(routes)} | ${key} |`);
}

/** The table of operations for docs/safety.md: by area, operations of the same class together. */
export function operationsMarkdown(): string {
  return AREAS.map(([area, operations]) =>
    [
      `### ${area}`,
      "",
      "| operations | effect | risk | what gives it risk of loss |",
      "|---|---|---|---|",
      ...rows(operations),
      "",
    ].join("\n"),
  ).join("\n");
}
