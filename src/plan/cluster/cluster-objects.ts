import type { ChangingRoute } from "../../policy/operations/operation.ts";
import { type Row, rows, str } from "../../pve/data.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { entriesOf, factOf, isOn, propertiesOf, settingText } from "../difference/setting-value.ts";
import { guestConfigs, unseenPoint } from "../guests/guest-configs.ts";
import { guestNames, inventory } from "../guests/guest-names.ts";
import { membership } from "../nodes/node-power.ts";
import { statement } from "../nodes/node-system.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic, TopicTable } from "../topic.ts";
import { listed, refusal, when } from "../wording.ts";
import {
  changeFinding,
  changeOf,
  currentSettings,
  named,
  objectTopics,
  removalFinding,
  unknownBecause,
} from "./configuration-object.ts";

/** Whether a VM's setting uses an object: a mapped device, a shared directory, a CPU model. */
type Uses = (key: string, value: unknown, id: string) => boolean;

const part = (key: string, value: unknown, name: string): string | undefined =>
  propertiesOf(factOf(CONFIG_ROUTE.qemu, key), settingText(value))?.[name];

const USES: Readonly<Record<string, Uses>> = {
  pci: (key, value, id) => /^hostpci\d+$/.test(key) && part(key, value, "mapping") === id,
  usb: (key, value, id) => /^usb\d+$/.test(key) && part(key, value, "mapping") === id,
  dir: (key, value, id) => /^virtiofs\d+$/.test(key) && part(key, value, "dirid") === id,
  cpu: (key, value, id) =>
    key === "cpu" && part(key, value, "cputype") === `custom-${id.replace(/^custom-/, "")}`,
};

/** The VMs that use an object, as points. */
async function users(look: Look, uses: Uses, id: string, removes: boolean): Promise<readonly Point[]> {
  const vms = (await inventory(look))?.filter(({ type }) => type === "qemu");
  if (!vms) return ["Which VMs use it could not be read."];
  const { configs, unseen } = await guestConfigs(look, vms);
  const found = configs
    .filter(([, config]) => Object.entries(config).some(([key, value]) => uses(key, value, id)))
    .map(([guest]) => guest);
  return [
    listing("VMs that use it", guestNames(found)),
    ...unseenPoint(unseen, "whether they use it"),
    ...when(removes && found.length > 0, "Without it they do not start."),
  ];
}

/** Changing or deleting what VMs use. */
const used =
  (route: ChangingRoute, noun: string, key: string, uses: Uses, tells: readonly string[]): Topic =>
  async (step, look): Promise<Finding> => {
    const label = named(noun, key);
    const removes = route.startsWith("DELETE");
    const [finding, points] = await Promise.all([
      route.startsWith("DELETE")
        ? removalFinding(step, look, label, tells)
        : changeFinding(step, look, label),
      users(look, uses, settingText(step.params[key]), removes),
    ]);
    return {
      ...finding,
      points: [...(removes ? points : finding.points), ...(removes ? finding.points : points)],
    };
  };

/** Objects that VMs use: mapped devices and directories, CPU models. */
function usedTopics(path: string, key: string, noun: string, uses: Uses | undefined): TopicTable {
  const [change, remove] = [`PUT ${path}/{${key}}`, `DELETE ${path}/{${key}}`] as [
    ChangingRoute,
    ChangingRoute,
  ];
  if (!uses) return {};
  return {
    ...objectTopics({ path, key, noun }),
    [change]: [used(change, noun, key, uses, [])],
    [remove]: [used(remove, noun, key, uses, ["map", "reported-model", "flags", "description"])],
  };
}

/** The matchers that send to a target. */
async function matchersOf(look: Look, target: string): Promise<readonly string[] | undefined> {
  const data = await look.tryRead("GET /cluster/notifications/matchers", {});
  if (data === undefined) return undefined;
  const sends = (row: Row): boolean => entriesOf(row.target).includes(target);
  return rows(data)
    .filter(sends)
    .flatMap((row) => str(row, "name") ?? []);
}

/** A target of notifications that changes or goes: who sends to it. */
const endpoint =
  (route: ChangingRoute, noun: string): Topic =>
  async (step, look): Promise<Finding> => {
    const removes = route.startsWith("DELETE");
    const label = named(noun, "name");
    const [finding, matchers] = await Promise.all([
      removes
        ? removalFinding(step, look, label, ["server", "mailto", "mailto-user", "url", "disable", "comment"])
        : changeFinding(step, look, label),
      matchersOf(look, settingText(step.params.name)),
    ]);
    const off = isOn(step.params, "disable");
    return {
      ...finding,
      points: [
        ...refusal([
          removes && matchers && matchers.length > 0 ? `matcher ${listed(matchers)} sends to it` : undefined,
        ]),
        ...finding.points,
        ...when(off, "Switched off, it delivers nothing."),
        matchers === undefined
          ? "Matchers that send to it: could not be read."
          : listing("Matchers that send to it", matchers),
      ],
    };
  };

function endpointTopics(type: string): TopicTable {
  const path = `/cluster/notifications/endpoints/${type}`;
  const [change, remove] = [`PUT ${path}/{name}`, `DELETE ${path}/{name}`] as [ChangingRoute, ChangingRoute];
  return {
    ...objectTopics({ path, key: "name", noun: `${type} target` }),
    [change]: [endpoint(change, `${type} target`)],
    [remove]: [endpoint(remove, `${type} target`)],
  };
}

/** An account at a certificate authority that goes: PVE deactivates it there (PVE::API2::ACMEAccount deactivate_account). */
const accountRemoval: Topic = async (step: Step, look: Look): Promise<Finding> => {
  // Its key and contacts are nobody's business here.
  const now = await currentSettings(step, look);
  return {
    points: [
      `ACME account ${settingText(step.params.name)} goes: ${now ? (str(now, "directory") ?? "directory unknown") : await unknownBecause(step, look)}. Certificates that were ordered with it are no longer renewed.`,
    ],
    state: {
      [`ACME account ${settingText(step.params.name)}`]: now ? (str(now, "directory") ?? null) : null,
    },
    final: "the account is closed at the authority.",
  };
};

/** Cluster membership, datacenter options, mappings, notifications, metrics, certificates' accounts. */
export const CLUSTER_TOPICS: TopicTable = {
  ...objectTopics({ path: "/cluster/acme/account", key: "name", noun: "ACME account" }),
  "DELETE /cluster/acme/account/{name}": [accountRemoval],
  ...objectTopics({ path: "/cluster/acme/plugins", key: "id", noun: "ACME plugin", field: "plugin" }),
  ...objectTopics({
    path: "/cluster/jobs/realm-sync",
    key: "id",
    noun: "realm synchronisation",
    namedInPath: true,
    tells: ["realm", "schedule", "scope", "remove-vanished", "enabled", "comment"],
  }),
  ...usedTopics("/cluster/mapping/dir", "id", "directory mapping", USES.dir),
  ...usedTopics("/cluster/mapping/pci", "id", "PCI mapping", USES.pci),
  ...usedTopics("/cluster/mapping/usb", "id", "USB mapping", USES.usb),
  ...usedTopics("/cluster/qemu/custom-cpu-models", "cputype", "CPU model", USES.cpu),
  ...objectTopics({
    path: "/cluster/metrics/server",
    key: "id",
    noun: "metric server",
    namedInPath: true,
    tells: ["type", "server", "port", "disable"],
  }),
  ...endpointTopics("gotify"),
  ...endpointTopics("sendmail"),
  ...endpointTopics("smtp"),
  ...endpointTopics("webhook"),
  ...objectTopics({
    path: "/cluster/notifications/matchers",
    key: "name",
    noun: "notification matcher",
    tells: ["target", "match-severity", "match-field", "mode", "disable", "comment"],
  }),
  "POST /cluster/notifications/targets/{name}/test": [
    statement(({ name }) => `A test notification is sent to ${settingText(name)}.`),
  ],
  "PUT /cluster/options": [changeOf("the datacenter's options")],
  "POST /cluster/config": [membership],
  "POST /cluster/config/join": [membership],
  "POST /cluster/config/nodes/{node}": [membership],
  "DELETE /cluster/config/nodes/{node}": [membership],
};
