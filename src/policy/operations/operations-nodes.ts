import { isNot } from "../argument-values.ts";
import {
  EXECUTE,
  EXECUTE_LOSS,
  loss,
  type Operations,
  type Raise,
  raised,
  WRITE,
  WRITE_LOSS,
  write,
} from "./operation.ts";

/** Services that carry access neither to the node, nor to the cluster, nor to its guests. */
const ASIDE = [
  "chrony",
  "cron",
  "ksmtuned",
  "lxcfs",
  "postfix",
  "pve-lxc-syscalld",
  "pvefw-logger",
  "pvescheduler",
  "pvestatd",
  "qmeventd",
  "spiceproxy",
  "syslog",
  "systemd-journald",
  "systemd-timesyncd",
] as const;
/** Services that let in, rather than filter, what comes to the node. */
const OPENING = [
  "corosync",
  "pve-cluster",
  "pve-ha-crm",
  "pve-ha-lrm",
  "pvedaemon",
  "pveproxy",
  "sshd",
] as const;

/** One that we do not know may carry access, too. */
const CARRIES = ["service", "may carry access to the node", isNot(...ASIDE)] as const;
const ACCESS: Raise = loss(...CARRIES);
const FILTERS: Raise = loss("service", "may filter what comes to the node", isNot(...ASIDE, ...OPENING));

/** Nodes: power, services, network, system, certificates, consoles. */
export const NODES = {
  "POST /nodes/{node}/apt/repositories": WRITE,
  "PUT /nodes/{node}/apt/repositories": WRITE,
  "POST /nodes/{node}/apt/update": EXECUTE,
  "POST /nodes/{node}/certificates/acme/certificate": WRITE_LOSS,
  "PUT /nodes/{node}/certificates/acme/certificate": WRITE_LOSS,
  "DELETE /nodes/{node}/certificates/acme/certificate": WRITE_LOSS,
  "POST /nodes/{node}/certificates/custom": WRITE_LOSS,
  "DELETE /nodes/{node}/certificates/custom": WRITE_LOSS,
  "PUT /nodes/{node}/config": WRITE,
  "PUT /nodes/{node}/dns": WRITE_LOSS,
  "POST /nodes/{node}/execute": WRITE_LOSS,
  "POST /nodes/{node}/hosts": WRITE_LOSS,
  "POST /nodes/{node}/network": WRITE,
  "PUT /nodes/{node}/network": WRITE_LOSS,
  // It drops what others have prepared, too.
  "DELETE /nodes/{node}/network": WRITE_LOSS,
  "PUT /nodes/{node}/network/{iface}": WRITE_LOSS,
  "DELETE /nodes/{node}/network/{iface}": WRITE_LOSS,
  "POST /nodes/{node}/services/{service}/reload": raised(EXECUTE, ACCESS),
  "POST /nodes/{node}/services/{service}/restart": raised(EXECUTE_LOSS, ACCESS),
  "POST /nodes/{node}/services/{service}/start": raised(EXECUTE, FILTERS),
  "POST /nodes/{node}/services/{service}/stop": raised(EXECUTE_LOSS, write(...CARRIES)),
  "POST /nodes/{node}/spiceshell": WRITE_LOSS,
  "POST /nodes/{node}/status": WRITE_LOSS,
  "POST /nodes/{node}/subscription": EXECUTE,
  "PUT /nodes/{node}/subscription": WRITE_LOSS,
  "DELETE /nodes/{node}/subscription": WRITE_LOSS,
  "DELETE /nodes/{node}/tasks/{upid}": EXECUTE_LOSS,
  "POST /nodes/{node}/termproxy": WRITE_LOSS,
  "PUT /nodes/{node}/time": WRITE,
  "POST /nodes/{node}/vncshell": WRITE_LOSS,
  "POST /nodes/{node}/wakeonlan": EXECUTE,
} satisfies Operations;
