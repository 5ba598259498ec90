import type { Endpoint } from "../endpoint.ts";
import { split, stem, type Word, wordsOf } from "./search-words.ts";

type Method = Endpoint["method"];
/** How well each method fits what is asked; a method not named fits not at all. */
export type Fit = Readonly<Record<Method, number>>;

const READ: Fit = { GET: 1, POST: 0.5, PUT: 0.45, DELETE: 0.4 };
const MAKE: Fit = { GET: 0.45, POST: 1, PUT: 0.8, DELETE: 0.3 };
const CHANGE: Fit = { GET: 0.45, POST: 0.75, PUT: 1, DELETE: 0.45 };
const REMOVE: Fit = { GET: 0.4, POST: 0.5, PUT: 0.65, DELETE: 1 };
/** A deed with a route of its own: `start`, `migrate`, `apply`. */
const ACT: Fit = { GET: 0.5, POST: 1, PUT: 0.95, DELETE: 0.85 };
/** No verb at all: whoever names a thing mostly wants to see it. */
const NAMED: Fit = { GET: 1, POST: 0.75, PUT: 0.72, DELETE: 0.55 };
/** A word that opens a request as a deed (`backup vm 100`) or as a thing (`backup jobs`). */
const EITHER: Fit = { GET: 0.85, POST: 1, PUT: 0.9, DELETE: 0.65 };

/** What the verb of a request says about the method. */
const VERBS: readonly (readonly [Fit, string])[] = [
  [
    READ,
    `list show get see view check display find read look print fetch inspect query tell describe dump what which
     who whose where when why how is are does do did has have can will watch verify compare count any ls know
     preview examine retrieve report lookup search discover browse follow tail explain locate identify track analyze
     analyse estimate monitor`,
  ],
  [
    MAKE,
    `create add new make define build provision deploy register generate set_up setup install upload schedule plan
     connect introduce integrate enroll issue reserve invite allocate prepare spin_up stand_up hook_up open_up`,
  ],
  [
    CHANGE,
    `change set update edit modify rename adjust alter tweak configure reconfigure enable disable assign replace
     increase decrease raise lower reduce extend toggle switch turn limit protect unprotect grant give allow pin mark
     put tag label let restrict reorder rotate mute silence authorize authorise throttle cap require enforce insert
     eject swap shrink move_the customize correct fix extend relabel unmark deny permit make_it lock_out deactivate
     activate turn_on turn_off switch_on switch_off`,
  ],
  [
    REMOVE,
    `delete remove drop destroy revoke erase discard unregister clear deregister purge get_rid prune kick evict
     decommission throw_away clean_up cleanup uninstall unmap unconfigure release take_away abandon kick_out
     take_out stop_sending stop_managing stop_replicating dismiss retire disconnect`,
  ],
  [
    ACT,
    `start stop shutdown shut reboot restart reset suspend pause resume hibernate migrate move copy restore duplicate
     rollback revert roll resize grow enlarge expand back snapshot take run execute exec send open launch power boot
     kill force apply reload refresh sync synchronize wipe format renew order request join leave ping trigger download
     pull import freeze thaw trim convert turn_into evacuate drain upgrade unlock attach detach unmount wake bring
     cancel abort replicate scrub init initialize initialise write regenerate rebuild transfer pass commit login live
     gracefully hard quickly immediately recover spread separate keep ban block close expose bounce recheck resync zap
     unpause continue relocate rejoin press type empty reclaim gracefully cleanly safely undo go_back log_in sign_in
     push export arm disarm pick wake_up put_to roll_back spawn repair promote terminate interrupt halt`,
  ],
  [EITHER, "backup clone log share map test mount lock access power_cycle migration scan"],
];
/** Verbs that only mean little as words of a text: methods stand for them. */
const WEAK = new Set(
  `list show get see view check display find read look create add new make define change set edit modify delete
   remove drop all every one available current existing single give let put take made set_up setup want whole`
    .split(/\s+/)
    .map(stem),
);
/** Words that fit nearly everything. */
const GENERIC = new Set(
  "config option status state information info detail thing value use".split(" ").map(stem),
);
/** Words that ask for more than one. */
const MANY = new Set(
  `all every everything each many several multiple bulk mass list both various evacuate drain empty guests vms
   containers cts machines instances workloads`.split(/\s+/),
);
/** A plural that asks for a list: not `status`, `access`, `settings`. */
const PLURAL =
  /^(?!(?:settings|options|details|logs|stats|statistics|contents|dns|was|does|has|this|its|changes)$).{2,}[^sui]s$/;
/** Openings that come before what is asked. */
const OPENING =
  /^\s*(?:please\s+|hey\s+|(?:how (?:do|can|would|should) (?:i|we|you)|how to|(?:can|could|would) you|i(?:'d| would) (?:like|love) to|i (?:want|need|have) to|we (?:want|need|have) to|let me|let's|help me|is there a way to|(?:i )?want to|need to|go)\s+)+/i;

const VERB_FIT = new Map(
  VERBS.flatMap(([fit, verbs]) =>
    verbs.split(/\s+/).map((verb) => [verb.replaceAll("_", " "), fit] as const),
  ),
);

/** What a request asks for. */
export interface Query {
  /** Words of the index with their share, the strongest is 1. */
  readonly words: readonly { readonly text: string; readonly share: number }[];
  readonly fit: Fit;
  /** The one kind of guest that is named, if it is only one. */
  readonly kind?: "qemu" | "lxc";
  /** It asks for many things at once: `all guests`, `list snapshots`. */
  readonly many: boolean;
  /** It names a guest, of whatever kind. */
  readonly guest: boolean;
  /** It names no guest, but a node or the cluster. */
  readonly scope?: "node" | "cluster";
}

/** Reads a request: its words, what its verb says about the method, and the kind of guest it names. */
export function readQuery(text: string): Query {
  const request = text.replace(OPENING, "");
  const raw = split(request);
  const fit = fitOf(raw);
  const words = wordsOf(request);
  const shares = new Map<string, number>();
  for (const word of words) shares.set(word.text, Math.max(shares.get(word.text) ?? 0, shareOf(word)));
  const vm = shares.has(stem("vm"));
  const container = shares.has(stem("container"));
  const guest = vm || container || shares.has(stem("guest"));
  return {
    words: [...shares].map(([word, share]) => ({ text: word, share })),
    fit,
    many: raw.some((word) => MANY.has(word)) || (fit.GET === 1 && raw.some((word) => PLURAL.test(word))),
    guest,
    ...scopeOf(shares, guest),
    ...(vm === container ? {} : { kind: vm ? ("qemu" as const) : ("lxc" as const) }),
  };
}

function scopeOf(shares: ReadonlyMap<string, number>, guest: boolean): { scope?: "node" | "cluster" } {
  if (guest) return {};
  if (shares.has(stem("cluster"))) return { scope: "cluster" };
  return shares.has(stem("node")) ? { scope: "node" } : {};
}

function shareOf(word: Word): number {
  if (WEAK.has(word.text)) return 0.2;
  if (GENERIC.has(word.text)) return 0.55;
  // A leading "update" is a verb, any later one is what apt brings.
  if (word.at === 0 && (word.raw === "update" || word.raw === "configure")) return 0.3;
  return 1;
}

function fitOf(raw: readonly string[]): Fit {
  const [first = "", second = "", third = ""] = raw;
  // Adverbs come first at times: "live migrate", "gracefully shut down".
  return (
    VERB_FIT.get(`${first} ${second}`) ??
    VERB_FIT.get(first) ??
    VERB_FIT.get(second === "to" ? third : "") ??
    NAMED
  );
}
