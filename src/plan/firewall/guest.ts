import { flag, num, type Row, record, rows, str } from "../../pve/data.ts";
import { changeFinding } from "../cluster/configuration-object.ts";
import { CONFIG_ROUTE } from "../difference/guest-disk.ts";
import { factOf, propertiesOf, settingText, textOf } from "../difference/setting-value.ts";
import { unseenPoint } from "../guests/guest-configs.ts";
import { guestNames, labelOf } from "../guests/guest-names.ts";
import { guestConfig, guestOf, type StepGuest } from "../guests/guest-state.ts";
import { guestsOnBridges } from "../nodes/network-state.ts";
import { listing, type Point } from "../point.ts";
import type { Finding, Look, Step, Topic } from "../topic.ts";
import { when } from "../wording.ts";
import { placeOfRoute, ruleEdit, setEditPoint, setRemovalPoint } from "./edit.ts";
import { usesAlias, usesSet } from "./users.ts";

const BASE = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/firewall",
  lxc: "GET /nodes/{node}/lxc/{vmid}/firewall",
} as const;

/** The firewall of a guest; parts that could not be read are undefined. */
interface GuestFirewall {
  readonly options: Row | undefined;
  readonly rules: readonly Row[] | undefined;
  readonly aliases: readonly Row[] | undefined;
  readonly config: Row;
  readonly clusterOn: boolean | undefined;
}

async function seen(look: Look, guest: StepGuest): Promise<GuestFirewall> {
  const base = BASE[guest.type];
  const where = { node: guest.node, vmid: guest.vmid };
  const [options, found, aliases, config, cluster] = await Promise.all([
    look.tryRead(`${base}/options`, where),
    look.tryRead(`${base}/rules`, where),
    look.tryRead(`${base}/aliases`, where),
    guestConfig(look, guest),
    look.tryRead("GET /cluster/firewall/options", {}),
  ]);
  return {
    options: options === undefined ? undefined : record(options),
    rules: found === undefined ? undefined : rows(found),
    aliases: aliases === undefined ? undefined : rows(aliases),
    config,
    clusterOn: cluster === undefined ? undefined : (num(record(cluster), "enable") ?? 0) > 0,
  };
}

/** The network devices that the firewall is on for. */
const filtered = ({ type }: StepGuest, config: Row): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) =>
    /^net\d+$/.test(key) &&
    propertiesOf(factOf(CONFIG_ROUTE[type], key), settingText(value))?.firewall === "1"
      ? [key]
      : [],
  );

/** How a guest's firewall stands now. */
function standing(guest: StepGuest, { options, config, clusterOn }: GuestFirewall): string {
  const who = labelOf(guest, config);
  if (options === undefined) return `${who}: the options of its firewall could not be read.`;
  const on = flag(options, "enable");
  const devices = filtered(guest, config);
  const idle = [
    ...when(clusterOn === false, "the cluster's firewall is off"),
    ...when(Object.keys(config).length > 0 && devices.length === 0, "no network device has firewall=1"),
  ];
  const policies = `policy_in ${str(options, "policy_in") ?? "DROP"}, policy_out ${str(options, "policy_out") ?? "ACCEPT"}`;
  const counts = idle.length > 0 ? `; it does not count, ${idle.join(" and ")}` : "";
  return `${who} on ${guest.node}: its firewall is ${on ? "on" : "off"} (${policies}${devices.length > 0 ? `, ${devices.join(", ")}` : ""})${counts}.`;
}

/** What a step of a guest's firewall changes, besides its options. */
async function told(
  step: Step,
  look: Look,
  guest: StepGuest,
  now: GuestFirewall,
): Promise<Pick<Finding, "points" | "tells">> {
  const { method, part } = placeOfRoute(step.route) ?? { method: "POST", part: "" };
  const { params } = step;
  const name = settingText(params.name);
  const using = (uses: (rule: Row) => boolean): Point =>
    listing(
      "Used by",
      (now.rules ?? []).flatMap((rule, pos) => (uses(rule) ? [`rule ${pos}`] : [])),
      "no rule of it",
    );
  if (part.startsWith("rules")) return ruleEdit(now.rules, method, step, labelOf(guest, now.config));
  const renames = textOf(params, "rename");
  if (part.startsWith("aliases")) {
    const alias = now.aliases?.find((row) => str(row, "name")?.toLowerCase() === name.toLowerCase());
    const was = alias ? (str(alias, "cidr") ?? "") : now.aliases ? "not there" : "could not be read";
    const text =
      method === "DELETE"
        ? `Alias ${name} (${was}) goes; rules that use it no longer work.`
        : `Alias ${name}: ${was} → ${settingText(params.cidr)}${renames === undefined ? "" : `, renamed to ${renames}`}.`;
    return {
      points: [text, ...when(method !== "POST", using(usesAlias(name, "guest")))],
      tells: ["name", "cidr", "rename"],
    };
  }
  const of = renames ?? name;
  const data = await look.tryRead(`${BASE[guest.type]}/ipset/{name}`, {
    node: guest.node,
    vmid: guest.vmid,
    name: of,
  });
  const entries = data === undefined ? undefined : rows(data);
  if (part === "ipset")
    return {
      points: [
        renames === undefined ? `IP set ${name} is created.` : `IP set ${renames} becomes ${name}.`,
        ...when(renames !== undefined && renames !== name, using(usesSet(of, "guest"))),
      ],
      tells: ["name", "rename"],
    };
  const used = using(usesSet(name, "guest"));
  if (part === "ipset/{name}" && method === "DELETE")
    return { points: [setRemovalPoint(name, entries), used] };
  return { points: [setEditPoint(name, entries, method, params), used], tells: ["cidr", "nomatch"] };
}

const bare = (list: readonly Row[] | undefined): Row[] | null =>
  list?.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== "digest"))) ?? null;

/** A guest's own firewall: how it stands, and what changes for that guest. */
export const guestFirewallChange: Topic = async (step, look): Promise<Finding | undefined> => {
  const guest = guestOf(step);
  if (!guest) return undefined;
  const now = await seen(look, guest);
  const change =
    placeOfRoute(step.route)?.part === "options"
      ? await changeFinding(step, look, `the firewall of ${labelOf(guest, now.config)}`)
      : await told(step, look, guest, now);
  return {
    ...change,
    points: [...change.points, standing(guest, now)],
    state: {
      [`firewall of guest ${guest.vmid}`]: {
        options: bare(now.options && [now.options]),
        rules: bare(now.rules),
        aliases: bare(now.aliases),
        devices: [...filtered(guest, now.config)],
        clusterOn: now.clusterOn ?? null,
      },
    },
  };
};

/** The firewall between the guests of a virtual network. */
export const vnetFirewallChange: Topic = async (step, look): Promise<Finding> => {
  const { route, params } = step;
  const vnet = settingText(params.vnet);
  const { method, part } = placeOfRoute(route) ?? { method: "PUT", part: "options" };
  const [options, found, on] = await Promise.all([
    look.tryRead("GET /cluster/sdn/vnets/{vnet}/firewall/options", { vnet }),
    look.tryRead("GET /cluster/sdn/vnets/{vnet}/firewall/rules", { vnet }),
    guestsOnBridges(look, [vnet]),
  ]);
  const list = found === undefined ? undefined : rows(found);
  const change =
    part === "options"
      ? await changeFinding(step, look, `the firewall of vnet ${vnet}`)
      : ruleEdit(list, method, step, `vnet ${vnet}`);
  return {
    ...change,
    points: [
      ...change.points,
      on.guests === undefined
        ? `Which guests are on ${vnet} could not be read.`
        : listing(`Guests on ${vnet}`, guestNames(on.guests)),
      ...unseenPoint(on.unseen, `whether they are on ${vnet}`),
      ...when(
        part !== "options" && options !== undefined && !flag(record(options), "enable"),
        "Its firewall is off: the rule does not count yet.",
      ),
    ],
    state: {
      [`firewall of vnet ${vnet}`]: {
        options: bare(options === undefined ? undefined : [record(options)]),
        rules: bare(list),
      },
    },
  };
};
