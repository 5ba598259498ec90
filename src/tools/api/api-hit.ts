import { type Classification, classOf, classOfUnknown } from "../../policy/effect.ts";
import { tierFor } from "../../policy/tier.ts";
import type { Apidoc } from "../../schema/description/apidoc.ts";
import { mergedEndpoint } from "../../schema/description/merge-description.ts";
import type { Endpoint } from "../../schema/endpoint.ts";
import type { Route } from "../../schema/routes.gen.ts";
import { summaryOf } from "../../schema/summaries/summaries.ts";
import { type Held, tokenReach } from "./token-reach.ts";

/** An operation as the API tools tell of it. */
export interface Told {
  readonly endpoint: Endpoint;
  /** Our tables have it. */
  readonly known: boolean;
  readonly added: readonly string[];
  readonly absent: readonly string[];
  readonly classification: Classification;
  /** What it does, in a line; of an operation that only the node describes, the node's own words. */
  readonly summary: string;
  /** The summary is the node's. */
  readonly foreign: boolean;
}

/** What is known of an operation from both sources; undefined when neither has it. */
export function toldOf(route: string, apidoc?: Apidoc): Told | undefined {
  const merged = mergedEndpoint(route, apidoc);
  if (!merged) return undefined;
  const ours = summaryOf(route);
  const theirs = apidoc?.prose.get(route)?.description.split(/[.\n]/)[0]?.trim();
  return {
    ...merged,
    classification: merged.known ? classOf(route as Route) : classOfUnknown(route),
    summary: ours ?? (theirs || merged.endpoint.name || "not described"),
    foreign: ours === undefined,
  };
}

/** `write, full`; `write!` where it can lose data, access or connectivity. */
export const effectText = ({ effect, risk }: Classification): string =>
  `${effect}${risk === "loss" ? "!" : ""}, ${tierFor(effect)}`;

/** Parameters that must be given besides those of the path. */
export const requiredOf = ({ params, path }: Endpoint): readonly string[] =>
  Object.entries(params).flatMap(([name, { required }]) =>
    required && !path.includes(`{${name}}`) ? [name] : [],
  );

/** `VM.Config.Disk …` of a choice of privileges. */
const firstOf = (lacks: string): string => {
  const [first = "", ...others] = lacks.replace(/ on .*/, "").split(/ or |, /);
  return others.length > 0 ? `${first} …` : first;
};

/** How much is told, and who logs in for what PVE takes from no token. */
interface ReachTextOptions {
  /** The privilege alone: `no: VM.Audit`. */
  readonly brief?: boolean;
  readonly login?: string | undefined;
}

/** Whether the token may call it: `yes`, `no: lacks VM.Audit on /vms/{vmid}`. */
export function reachText(
  endpoint: Endpoint,
  held: Held | undefined,
  { brief = false, login }: ReachTextOptions = {},
): string {
  const { may, lacks } = tokenReach(endpoint, held, login);
  if (may !== "no") return may === "yes" ? "yes" : "not known";
  if (lacks !== undefined) return brief ? `no: ${firstOf(lacks)}` : `no: lacks ${lacks}`;
  if (!endpoint.noToken) return "no: root@pam alone";
  return brief ? "no token may" : "no: PVE takes it from no token";
}
