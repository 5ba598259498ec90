import type { Route } from "../schema/routes.gen.ts";
import { badParams, type SimCall } from "./route.ts";

/**
 * Options that PVE takes from root@pam itself alone, in the order in which it looks at them (PVE::API2::Qemu,
 * PVE::API2::LXC::Status).
 */
const ROOT_ONLY: { readonly [R in Route]?: string } = {
  "POST /nodes/{node}/qemu/{vmid}/status/start":
    "stateuri skiplock migratedfrom migration_type migration_network targetstorage force-cpu with-conntrack-state nets-host-mtu",
  "POST /nodes/{node}/qemu/{vmid}/status/stop": "skiplock keepActive migratedfrom",
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": "skiplock keepActive",
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": "skiplock",
  "POST /nodes/{node}/qemu/{vmid}/status/resume": "skiplock nocheck",
  "POST /nodes/{node}/qemu/{vmid}/status/reset": "skiplock",
  "POST /nodes/{node}/qemu/{vmid}/migrate": "force migration_type migration_network",
  "POST /nodes/{node}/qemu/{vmid}/config": "skiplock",
  "PUT /nodes/{node}/qemu/{vmid}/config": "skiplock",
  "PUT /nodes/{node}/qemu/{vmid}/resize": "skiplock",
  "PUT /nodes/{node}/qemu/{vmid}/sendkey": "skiplock",
  "DELETE /nodes/{node}/qemu/{vmid}": "skiplock",
  "POST /nodes/{node}/lxc/{vmid}/status/start": "skiplock",
  "POST /nodes/{node}/lxc/{vmid}/status/stop": "skiplock",
};

/** What Perl takes for "not given". */
const NOT_GIVEN: ReadonlySet<unknown> = new Set([undefined, false, 0, "0", ""]);

/** Refuses what only root@pam itself may send; its tokens are not it. Throws a SimError that names the first. */
export function refuseRootOptions(call: SimCall): void {
  if (call.caller.id === "root@pam") return;
  for (const option of ROOT_ONLY[call.route]?.split(" ") ?? [])
    if (!NOT_GIVEN.has(call.params[option])) badParams({ [option]: "Only root may use this option." });
}
