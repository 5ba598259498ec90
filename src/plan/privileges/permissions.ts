import { record, str } from "../../pve/data.ts";
import { grantLine } from "../../render/grant-line.ts";
import { takesNoToken } from "../../schema/endpoint.ts";
import { endpointOf } from "../../schema/endpoint-table.ts";
import type { Route } from "../../schema/routes.gen.ts";
import type { Look, Step } from "../topic.ts";
import { codeNeeds } from "./code-privileges.ts";
import { heldOn } from "./held-privileges.ts";
import { checkNeed } from "./permission-check.ts";
import {
  asOf,
  every,
  type Holdings,
  type Lack,
  type Need,
  pathsOf,
  rootOnly,
  weigh,
} from "./privilege-need.ts";

/** What a planned request lacks. */
type Missing =
  | {
      readonly because: "check";
      readonly route: Route;
      readonly path: string;
      /** Any of them would do. */
      readonly privileges: readonly string[];
    }
  /** PVE takes the operation from no API token: "token". From root@pam alone, the whole of it or `what`: "root". */
  | { readonly because: "token" | "root"; readonly route: Route; readonly what?: string };

/** What the token may not do of what is planned. */
export interface PrivilegeCheck {
  /** "not checked": nothing is known to be missing, but not all could be looked at. */
  readonly kind: "held" | "missing" | "not checked";
  readonly missing: readonly Missing[];
  /** Operations whose privileges could not be read: nothing is known of them beyond what `missing` has. */
  readonly notChecked: readonly Route[];
  /** The same for a reader, a sentence each: what is missing and the command that grants it. */
  readonly lines: readonly string[];
}

interface Asked {
  readonly route: Route;
  readonly need: Need;
}

/**
 * Operations that asked for other, known privileges before that release (PVE's API descriptions of 7.4, 8.0, 8.4, 9.0,
 * 9.1 and 9.2 compared). Where the privileges themselves are new, that they are unknown to an older PVE tells.
 */
const STATED_SINCE: { readonly [R in Route]?: string } = {
  "POST /nodes/{node}/execute": "8.0",
  "POST /cluster/sdn/vnets": "8.4",
  "PUT /cluster/sdn/vnets/{vnet}": "8.4",
  "DELETE /cluster/sdn/vnets/{vnet}": "8.4",
  "POST /cluster/sdn/vnets/{vnet}/subnets": "8.4",
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": "8.4",
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": "8.4",
  "PUT /cluster/sdn/zones/{zone}": "8.4",
  "DELETE /cluster/sdn/zones/{zone}": "8.4",
  "POST /nodes/{node}/qemu/{vmid}/monitor": "9.0",
};

const endpointFor = ({ route, endpoint }: Step) => endpoint ?? endpointOf(route);

/** PVE::HTTPServer rest_handler, PVE::RPCEnvironment check_api2_permissions. */
async function askedOf(step: Step, look: Look): Promise<Asked> {
  const { check, user } = endpointFor(step);
  const own = check ? checkNeed(check, step, look) : user === undefined ? rootOnly("") : every();
  const [stated, coded] = await Promise.all([own, codeNeeds(step, look)]);
  const release = STATED_SINCE[step.route];
  const need = every(stated, coded);
  return { route: step.route, need: release === undefined ? need : asOf(release, need) };
}

function isOlder(version: string, release: string): boolean {
  const [have, want] = [version.split(/[.~-]/).map(Number), release.split(".").map(Number)];
  const at = want.findIndex((number, index) => number !== (have[index] || 0));
  return at >= 0 && (have[at] || 0) < (want[at] ?? 0);
}

/**
 * Whether this PVE asks for a privilege at all. Administrator has every privilege that a release knows: one that is
 * not among them belongs to another release, where another rule holds.
 */
async function appliesHere(look: Look): Promise<Holdings["applies"] | undefined> {
  const [role, about] = await Promise.all([
    look.tryRead("GET /access/roles/{roleid}", { roleid: "Administrator" }),
    look.tryRead("GET /version", {}),
  ]);
  const version = str(record(about), "version");
  const known = new Set(Object.keys(record(role)));
  if (known.size === 0 || version === undefined) return undefined;
  return (lack) =>
    (lack.kind === "root" || lack.privileges.every((privilege) => known.has(privilege))) &&
    !(lack.since !== undefined && isOlder(version, lack.since));
}

const missingOf = (route: Route, lack: Lack): Missing =>
  lack.kind === "privilege"
    ? { because: "check", route, path: lack.path, privileges: lack.privileges }
    : { because: "root", route, ...(lack.what === "" ? {} : { what: lack.what }) };

/**
 * What the token lacks for the planned requests: by the permissions that PVE's description of each operation states,
 * and by the most important ones that its code asks for besides. What cannot be told is not called missing.
 */
export async function missingPrivileges(steps: readonly Step[], look: Look): Promise<PrivilegeCheck> {
  const own = steps.filter((step) => !isTheLogins(step, look));
  const refused = own.filter(refusesTokens);
  const asked = await Promise.all(
    own.filter((step) => !refusesTokens(step)).map((step) => askedOf(step, look)),
  );
  const on = await heldOn(
    asked.flatMap(({ need }) => pathsOf(need)),
    look,
  );
  const unread = ({ need }: Asked): boolean => pathsOf(need).some((path) => on(path) === undefined);
  const suspects = asked.filter(({ need }) => lacksOf(need, { on, applies: () => true }).length > 0);
  const applies = suspects.length > 0 ? await appliesHere(look) : undefined;
  const held: Holdings = {
    on,
    applies: applies ?? ((lack) => lack.kind === "root" && lack.since === undefined),
  };
  const found = suspects.flatMap(({ route, need }) =>
    distinct(lacksOf(need, held)).map((lack) => missingOf(route, lack)),
  );
  const missing = [...refused.map(({ route }): Missing => ({ because: "token", route })), ...found];
  const unclear = [...asked.filter(unread), ...(applies === undefined ? suspects : [])];
  const notChecked = [...new Set(unclear.map(({ route }) => route))];
  return {
    kind: missing.length > 0 ? "missing" : notChecked.length > 0 ? "not checked" : "held",
    missing,
    notChecked,
    lines: [...missingLines(missing, look.tokenId), ...notCheckedLines(notChecked)],
  };
}

/** Made by the login's user, whose privileges nobody has looked at; but for root@pam alone by anybody else is refused. */
function isTheLogins(step: Step, { login }: Look): boolean {
  const endpoint = endpointFor(step);
  if (login === undefined || !takesNoToken(endpoint)) return false;
  return endpoint.noToken === true || login === "root@pam";
}

/** POST /access/ticket refuses tokens too, but needs no login. */
function refusesTokens(step: Step): boolean {
  const { noToken, user } = endpointFor(step);
  return noToken === true && user !== "world";
}

function lacksOf(need: Need, held: Holdings): readonly Lack[] {
  const verdict = weigh(need, held);
  return verdict === "unknown" ? [] : verdict;
}

/** Each once; a choice of privileges is left out where another lack names one of them on the same path. */
function distinct(lacks: readonly Lack[]): readonly Lack[] {
  const once = [...new Map(lacks.map((lack) => [JSON.stringify(lack), lack])).values()];
  return once.filter(
    (lack) =>
      lack.kind === "root" ||
      !once.some(
        (other) =>
          other.kind === "privilege" &&
          other.path === lack.path &&
          other.privileges.length < lack.privileges.length &&
          other.privileges.every((privilege) => lack.privileges.includes(privilege)),
      ),
  );
}

/** Paths that one sentence names. */
const NAMED_PATHS = 5;

/** Paths that lack the same come in one sentence. */
function missingLines(missing: readonly Missing[], tokenId: string): readonly string[] {
  const paths = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const one of missing) {
    if (one.because === "check") {
      const what = one.privileges.join(" or ");
      paths.set(what, (paths.get(what) ?? new Set()).add(one.path));
    } else if (one.because === "token")
      others.add(
        `PVE takes ${one.route} from no API token at all; a person has to do it in the web interface.`,
      );
    else others.add(`PVE takes ${one.what ?? one.route} from root@pam itself alone, from no API token.`);
  }
  const lacks = [...paths].map(([what, set]) => {
    const [first = "", ...rest] = set;
    const named = [first, ...rest.slice(0, NAMED_PATHS - 1)].join(", ");
    const more = rest.length >= NAMED_PATHS ? ` and ${rest.length + 1 - NAMED_PATHS} more` : "";
    const grant = grantLine(tokenId, first, what.split(" or ")[0] ?? what);
    const each = rest.length > 0 ? ", and so for each" : "";
    return `The token lacks ${what} on ${named}${more}. To allow it, on a node: ${grant} (with privilege separation its user needs it too${each}).`;
  });
  return [...others, ...lacks];
}

const notCheckedLines = (routes: readonly Route[]): readonly string[] =>
  routes.length === 0
    ? []
    : [
        `Not checked, because the token's permissions could not be read: whether it may ${routes.join(", ")}.`,
      ];
