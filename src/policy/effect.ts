import type { Route } from "../schema/routes.gen.ts";
import { splitList } from "../schema/split-list.ts";

/** What a call does, which decides the tier it needs: read-only admits read, read-execute also execute, full all. */
export type Effect = "read" | "execute" | "write";

/** Whether data, access or connectivity may be lost, which decides confirmation and `destructiveHint`. */
export type Risk = "none" | "loss";

export interface Classification {
  readonly effect: Effect;
  readonly risk: Risk;
  /** Why an argument raised the class, e.g. "skiplock ignores the guest's lock". */
  readonly reason?: string;
}

/** Operations that run things without changing configuration. */
const EXECUTE: { readonly [R in Route]?: Risk } = {
  "POST /nodes/{node}/services/{service}/start": "none",
  "POST /nodes/{node}/services/{service}/stop": "loss",
  "POST /nodes/{node}/services/{service}/restart": "loss",
  "POST /nodes/{node}/services/{service}/reload": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/start": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/stop": "loss",
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/resume": "none",
  "POST /nodes/{node}/qemu/{vmid}/status/reset": "loss",
  "POST /nodes/{node}/qemu/{vmid}/migrate": "none",
  "POST /nodes/{node}/lxc/{vmid}/status/start": "none",
  "POST /nodes/{node}/lxc/{vmid}/status/stop": "loss",
  "POST /nodes/{node}/lxc/{vmid}/status/shutdown": "none",
  "POST /nodes/{node}/lxc/{vmid}/status/reboot": "none",
  "POST /nodes/{node}/lxc/{vmid}/status/suspend": "none",
  "POST /nodes/{node}/lxc/{vmid}/status/resume": "none",
  "POST /nodes/{node}/vzdump": "none",
  "DELETE /nodes/{node}/tasks/{upid}": "loss",
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": "none",
  "POST /cluster/bulk-action/guest/start": "none",
  // Its default is to cut the power of guests that are still up after the timeout.
  "POST /cluster/bulk-action/guest/shutdown": "loss",
  "POST /cluster/bulk-action/guest/suspend": "none",
  "POST /cluster/bulk-action/guest/migrate": "none",
};

/** Writes that add or that are easily undone. Every write not named here counts as a risk of loss. */
const HARMLESS_WRITES: ReadonlySet<string> = new Set<Route>([
  "POST /nodes/{node}/qemu",
  "POST /nodes/{node}/lxc",
  "POST /nodes/{node}/qemu/{vmid}/clone",
  "POST /nodes/{node}/lxc/{vmid}/clone",
  "POST /nodes/{node}/qemu/{vmid}/snapshot",
  "POST /nodes/{node}/lxc/{vmid}/snapshot",
  "PUT /nodes/{node}/qemu/{vmid}/config",
  "PUT /nodes/{node}/lxc/{vmid}/config",
  "POST /storage",
  "POST /pools",
  "PUT /pools",
  "POST /access/users",
  "PUT /access/users/{userid}",
  "POST /nodes/{node}/network",
  "DELETE /nodes/{node}/network",
  "POST /cluster/backup",
  "POST /cluster/ha/resources",
  "PUT /cluster/ha/resources/{sid}",
  "POST /cluster/ha/rules",
  "PUT /cluster/ha/rules/{rule}",
  "POST /cluster/ha/status/arm-ha",
]);

interface Raise {
  /** Routes the rule looks at; absent: every route that takes the parameter. */
  readonly route?: RegExp;
  readonly param: string;
  readonly when?: (value: unknown) => boolean;
  readonly effect: Effect;
  readonly reason: string;
}

const isOn = (value: unknown) => /^(1|true|yes|on)$/i.test(String(value).trim());
const DISK = /^(unused|scsi|virtio|ide|sata|mp|efidisk|tpmstate|rootfs)\d*$/;

/** Arguments that delete, override a protection or reach past the guest they name. */
const RAISES: readonly Raise[] = [
  { param: "skiplock", when: isOn, effect: "write", reason: "skiplock ignores the guest's lock" },
  {
    route: /vzdump$/,
    param: "prune-backups",
    effect: "write",
    reason: "prune-backups removes older backups",
  },
  { route: /vzdump$/, param: "remove", when: isOn, effect: "write", reason: "remove deletes older backups" },
  { route: /vzdump$/, param: "script", effect: "write", reason: "script runs a program on the node" },
  { route: /vzdump$/, param: "dumpdir", effect: "write", reason: "dumpdir writes anywhere on the node" },
  { route: /vzdump$/, param: "tmpdir", effect: "write", reason: "tmpdir writes anywhere on the node" },
  { route: /vzdump$/, param: "stop", when: isOn, effect: "write", reason: "stop ends running backups" },
  {
    route: /status\/shutdown$/,
    param: "forceStop",
    when: isOn,
    effect: "execute",
    reason: "forceStop cuts the power",
  },
  {
    route: /guest\/shutdown$/,
    param: "force-stop",
    when: isOn,
    effect: "execute",
    reason: "force-stop cuts the power",
  },
  {
    param: "overrule-shutdown",
    when: isOn,
    effect: "execute",
    reason: "overrule-shutdown aborts running shutdowns",
  },
  {
    route: /config$/,
    param: "delete",
    when: (value) => splitList(String(value)).some((key) => DISK.test(key)),
    effect: "write",
    reason: "delete detaches or destroys a disk",
  },
  {
    route: /^POST .*\/(qemu|lxc)$/,
    param: "force",
    when: isOn,
    effect: "write",
    reason: "force overwrites an existing guest",
  },
  {
    route: /move_(disk|volume)$/,
    param: "delete",
    when: isOn,
    effect: "write",
    reason: "delete removes the source volume",
  },
  {
    route: /^PUT \/access\/acl$/,
    param: "delete",
    when: isOn,
    effect: "write",
    reason: "delete takes access away",
  },
  {
    route: /^PUT \/pools$/,
    param: "delete",
    when: isOn,
    effect: "write",
    reason: "delete takes members out of the pool",
  },
  {
    route: /^PUT \/access\/users\/\{userid\}$/,
    param: "enable",
    when: (value) => !isOn(value),
    effect: "write",
    reason: "enable 0 locks the user out",
  },
  {
    route: /^(POST|PUT) \/cluster\/ha\/resources/,
    param: "state",
    when: (value) => value === "stopped" || value === "disabled",
    effect: "write",
    reason: "this state stops the guest",
  },
];

const ORDER: Readonly<Record<Effect, number>> = { read: 0, execute: 1, write: 2 };

/**
 * Effect and risk of a call, from its route and its arguments. A non-GET route that no table names is a write with
 * risk of loss.
 */
export function classify(route: string, params: Readonly<Record<string, unknown>> = {}): Classification {
  let effect: Effect = "write";
  let risk: Risk = HARMLESS_WRITES.has(route) ? "none" : "loss";
  if (route.startsWith("GET ")) {
    effect = "read";
    risk = "none";
  } else {
    const execute = Object.hasOwn(EXECUTE, route) ? EXECUTE[route as Route] : undefined;
    if (execute) {
      effect = "execute";
      risk = execute;
    }
  }
  let reason: string | undefined;
  if (effect !== "read") {
    for (const raise of RAISES) {
      const value = params[raise.param];
      if (value === undefined || (raise.route && !raise.route.test(route))) continue;
      if (raise.when && !raise.when(value)) continue;
      risk = "loss";
      reason ??= raise.reason;
      if (ORDER[raise.effect] > ORDER[effect]) {
        effect = raise.effect;
        reason = raise.reason;
      }
    }
  }
  return reason === undefined ? { effect, risk } : { effect, risk, reason };
}
