import type { ChangingRoute } from "./operation.ts";

/**
 * Operations that PVE works through one thing at a time and may give up in between: an error of theirs is no proof that
 * nothing was done. (update_vm_api of PVE::API2::Qemu, update_pct_config of PVE::LXC::Config, the hooks of
 * PVE::Storage::Plugin and PVE::Auth::Plugin around the written configuration, prune_backups, create_user, upload_custom_cert.)
 */
const STEPWISE: ReadonlySet<string> = new Set<ChangingRoute>([
  "PUT /nodes/{node}/qemu/{vmid}/config",
  "POST /nodes/{node}/qemu/{vmid}/config",
  "PUT /nodes/{node}/qemu/{vmid}/unlink",
  "PUT /nodes/{node}/lxc/{vmid}/config",
  "POST /storage",
  "PUT /storage/{storage}",
  "DELETE /storage/{storage}",
  "DELETE /nodes/{node}/storage/{storage}/prunebackups",
  "POST /access/users",
  "POST /access/domains",
  "PUT /access/domains/{realm}",
  "DELETE /access/domains/{realm}",
  "POST /nodes/{node}/certificates/custom",
]);

/** May an error of this operation come after a part of it was done? */
export const isStepwise = (route: string): boolean => STEPWISE.has(route);
