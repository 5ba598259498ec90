import { record, str } from "../../pve/data.ts";
import type { RouteParams } from "../../schema/routes.gen.ts";
import { settingText } from "../difference/setting-value.ts";
import type { Finding, Topic } from "../topic.ts";
import { refusal, when } from "../wording.ts";
import { membersOf } from "./node-power.ts";

/** What a service carries, as the end of "it carries". */
interface Service {
  readonly carries: string;
  /** What is lost while it does not run; absent: nothing to speak of. */
  readonly without?: string;
  /** This server's own calls go through it. */
  readonly own?: true;
  /** A restart already leaves a gap that matters. */
  readonly gap?: true;
  /** PVE refuses to stop it (PVE::API2::Services, $essential_services). */
  readonly essential?: true;
}

type ServiceName = RouteParams["GET /nodes/{node}/services/{service}/state"]["service"];

/** The services that PVE lets its API manage (PVE::API2::Services, $service_name_list). */
const SERVICES: Readonly<Record<ServiceName, Service>> = {
  chrony: { carries: "the time", without: "the clock drifts; corosync and certificates need it" },
  corosync: {
    carries: "the node's membership in the cluster",
    without: "the node loses the cluster; with HA guests on it, it is fenced after about a minute",
    gap: true,
  },
  cron: { carries: "scheduled commands of the system" },
  ksmtuned: { carries: "memory shared between guests" },
  lxcfs: {
    carries: "/proc of containers",
    without: "running containers lose it until they are restarted",
    gap: true,
  },
  postfix: { carries: "mail of the node", without: "notifications by mail are not sent" },
  "proxmox-firewall": {
    carries: "the nftables firewall",
    without: "firewall changes do not take effect",
  },
  "pve-cluster": {
    carries: "/etc/pve, the cluster's configuration",
    without: "nothing of PVE's configuration can be read or changed",
    own: true,
    essential: true,
  },
  "pve-firewall": { carries: "the firewall", without: "its rules are taken out: everything is let in" },
  "pve-ha-crm": {
    carries: "HA's decisions when this node leads",
    without: "another node takes the lead",
  },
  "pve-ha-lrm": {
    carries: "the HA guests of this node",
    // Without a shutdown of the node it freezes its guests (PVE::HA::LRM shutdown_request).
    without: "HA leaves the guests of this node as they are",
  },
  "pve-lxc-syscalld": { carries: "system calls of containers" },
  pvedaemon: {
    carries: "the API's privileged calls",
    without: "nearly every call that changes something fails on this node",
    own: true,
    essential: true,
  },
  "pvefw-logger": { carries: "the firewall's log" },
  pveproxy: {
    carries: "the API and the web interface, port 8006",
    without: "nobody reaches PVE through this node",
    own: true,
    essential: true,
  },
  pvescheduler: {
    carries: "backup jobs and replication",
    without: "no scheduled backup and no replication runs on this node",
  },
  pvestatd: { carries: "states and figures of guests and storages", without: "they show as unknown" },
  qmeventd: { carries: "the clean-up after VMs that shut down" },
  spiceproxy: { carries: "SPICE consoles" },
  sshd: {
    carries: "ssh, and with it migration and what nodes do on each other",
    without: "nobody logs in by ssh; migration and replication from and to this node fail",
  },
  syslog: { carries: "the system's log" },
  "systemd-journald": { carries: "the journal" },
  "systemd-timesyncd": { carries: "the time", without: "the clock drifts" },
};

const VERBS: Readonly<Record<string, string>> = {
  start: "is started",
  stop: "is stopped",
  restart: "is stopped and started again",
  reload: "reads its configuration anew, or is restarted where it cannot",
};

const isKnown = (name: string): name is ServiceName => Object.hasOwn(SERVICES, name);

/** A service that is started, stopped, restarted or reloaded: what it carries. */
export const serviceCommand: Topic = async ({ route, params }, look): Promise<Finding> => {
  const node = settingText(params.node);
  const name = settingText(params.service);
  const verb = route.slice(route.lastIndexOf("/") + 1);
  const [data, members] = await Promise.all([
    isKnown(name)
      ? look.tryRead("GET /nodes/{node}/services/{service}/state", { node, service: name })
      : undefined,
    membersOf(look),
  ]);
  const state = record(data);
  const unit = str(state, "unit-state");
  const local = members?.find((member) => member.name === node)?.local ?? false;
  const known = isKnown(name) ? SERVICES[name] : undefined;
  return {
    points: [
      ...refusal([
        verb === "stop" && known?.essential ? `it does not stop ${name}, which is essential` : undefined,
        unit === "not-found" || unit === "masked" ? `${name} is not installed on ${node}` : undefined,
      ]),
      ...when(
        local && known?.own === true && verb !== "start",
        `This server's own calls go through it: they ${verb === "stop" ? "fail from then on" : "may fail for a moment"}.`,
      ),
      `${name} on ${node} ${VERBS[verb] ?? verb}; it carries ${known?.carries ?? "what its name says"}. Now: ${
        data === undefined ? "could not be read" : (str(state, "state") ?? "unknown")
      }.`,
      ...(verb === "stop" && known?.without !== undefined ? [`Without it: ${known.without}.`] : []),
      ...(verb === "restart" && known?.gap && known.without !== undefined
        ? [`Until it is back: ${known.without}.`]
        : []),
    ],
    state: { [`service ${name} of ${node}`]: data === undefined ? null : (str(state, "state") ?? null) },
  };
};
