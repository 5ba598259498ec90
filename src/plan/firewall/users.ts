import { flag, type Row, record, rows, str } from "../../pve/data.ts";
import type { Guest } from "../../pve/guests.ts";
import { inventory } from "../guests/guest-names.ts";
import { guestName } from "../guests/guest-state.ts";
import type { Look } from "../topic.ts";
import type { Firewall } from "./state.ts";

const RULES = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/firewall/rules",
  lxc: "GET /nodes/{node}/lxc/{vmid}/firewall/rules",
} as const;
const OPTIONS = {
  qemu: "GET /nodes/{node}/qemu/{vmid}/firewall/options",
  lxc: "GET /nodes/{node}/lxc/{vmid}/firewall/options",
} as const;

/** Guests whose firewall is looked at, and at once. */
const MOST = 60;
const AT_ONCE = 8;

/** What was found of guests' firewalls. */
interface GuestFirewalls {
  readonly guests: readonly Guest[];
  /** Guests that were not looked at. */
  readonly unseen: number;
}

/** The guests for which a test of their firewall says yes; those that could not be read are not among them. */
async function guestsWhere(
  look: Look,
  test: (guest: Guest) => Promise<boolean | undefined>,
): Promise<GuestFirewalls> {
  const all = (await inventory(look)) ?? [];
  const found: Guest[] = [];
  let unseen = Math.max(0, all.length - MOST);
  for (let from = 0; from < Math.min(all.length, MOST); from += AT_ONCE) {
    const few = all.slice(from, Math.min(from + AT_ONCE, MOST));
    const answers = await Promise.all(few.map(test));
    for (const [at, guest] of few.entries()) {
      if (answers[at] === undefined) unseen += 1;
      else if (answers[at]) found.push(guest);
    }
  }
  return { guests: found, unseen };
}

/** The guests whose own firewall is switched on. */
export const guestsWithFirewall = (look: Look): Promise<GuestFirewalls> =>
  guestsWhere(look, async ({ type, node, vmid }) => {
    const options = await look.tryRead(OPTIONS[type], { node, vmid });
    return options === undefined ? undefined : flag(record(options), "enable");
  });

/** Whether a rule uses a security group. */
export const usesGroup =
  (name: string) =>
  (rule: Row): boolean =>
    str(rule, "type") === "group" && str(rule, "action") === name;

/** Whether a rule uses an IP set of the datacenter, or of its guest. */
export const usesSet =
  (name: string, scope: "dc" | "guest" = "dc") =>
  (rule: Row): boolean =>
    ["source", "dest"].some((key) => [`+${name}`, `+${scope}/${name}`].includes(str(rule, key) ?? ""));

/** Whether a rule uses an alias of the datacenter, or of its guest; names count in either case. */
export const usesAlias =
  (name: string, scope: "dc" | "guest" = "dc") =>
  (rule: Row): boolean =>
    ["source", "dest"].some((key) =>
      [name, `${scope}/${name}`].some((one) => one.toLowerCase() === str(rule, key)?.toLowerCase()),
    );

/** Who uses a group, a set or an alias: rules of the cluster, of nodes and of groups by place, guests by name. */
export async function usersOf(
  look: Look,
  { cluster, nodes }: Firewall,
  uses: (rule: Row) => boolean,
): Promise<{ readonly names: readonly string[]; readonly unseen: number }> {
  const at = (rules: readonly Row[] | undefined, of: string): readonly string[] =>
    (rules ?? []).flatMap((rule, pos) => (uses(rule) ? [`rule ${pos} of ${of}`] : []));
  const { guests, unseen } = await guestsWhere(look, async ({ type, node, vmid }) => {
    const rules = await look.tryRead(RULES[type], { node, vmid });
    return rules === undefined ? undefined : rows(rules).some(uses);
  });
  return {
    names: [
      ...at(cluster.rules, "the cluster"),
      ...nodes.flatMap(({ node, rules }) => at(rules, node)),
      ...[...cluster.groups].flatMap(([name, rules]) => at(rules, `group ${name}`)),
      ...guests.map((guest) => guestName(guest, guest.name)),
    ],
    unseen,
  };
}
