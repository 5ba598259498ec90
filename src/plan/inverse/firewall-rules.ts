import type { ChangingRoute } from "../../policy/operations/operation.ts";
import { num, type Row, rows, str } from "../../pve/data.ts";
import { factOf, sameValue, settingText } from "../difference/setting-value.ts";
import type { ReadRoute } from "../topic.ts";
import {
  type Inverse,
  type MadeChange,
  NOT_RECORDED,
  NOTHING,
  type NowRead,
  none,
  type Params,
  type ReversalTable,
  requests,
  type Way,
} from "./kinds.ts";
import { plainEffect } from "./settings.ts";
import {
  changedSince,
  isHidden,
  isSet,
  placeholdersOf,
  requestValues,
  secretText,
  settingNames,
} from "./values.ts";

/** The operations on one list of rules. */
interface RuleList {
  readonly create: ChangingRoute;
  readonly change: ChangingRoute;
  readonly remove: ChangingRoute;
  readonly read: ReadRoute;
  /** What a rule consists of. */
  readonly fields: readonly string[];
}

/** A rule that was made is deleted, a deleted one made again in its place, a changed or moved one put back. */
export function ruleReversals(path: string): ReversalTable {
  const create = `POST ${path}` as ChangingRoute;
  const list: RuleList = {
    create,
    change: `PUT ${path}/{pos}` as ChangingRoute,
    remove: `DELETE ${path}/{pos}` as ChangingRoute,
    read: `GET ${path}` as ReadRoute,
    fields: settingNames(create).filter((name) => name !== "pos"),
  };
  const present = presentList(list);
  return {
    [create]: { sends: [list.remove], present, way: (change: MadeChange) => deletion(list, change) },
    [list.change]: { sends: [list.change], present, way: (change: MadeChange) => restoration(list, change) },
    [list.remove]: {
      sends: [create, list.change],
      present,
      way: (change: MadeChange) => creation(list, change),
    },
  };
}

const presentList = ({ read }: RuleList): NowRead => ({
  read,
  params: (params) => where(read, params),
  pick: (data) => ({ entries: data }),
});

/** The parameters that say which list it is. */
const where = (route: ChangingRoute | ReadRoute, params: Params): Params =>
  Object.fromEntries(
    placeholdersOf(route)
      .filter((name) => name !== "pos")
      .map((name) => [name, params[name]]),
  );

type Rule = Readonly<Record<string, string>>;

/** A rule's fields as texts; `-` and an empty text stand for nothing, and a rule that does not say so is off. */
function ruleOf({ fields }: RuleList, values: Params): Rule {
  const known = fields
    .map((field) => [field, settingText(values[field])] as const)
    .filter(([, text]) => text !== "" && text !== "-");
  return { enable: "0", ...Object.fromEntries(known) };
}

/** The fields by which two rules differ. */
const differing = ({ fields, change }: RuleList, one: Rule, other: Rule): readonly string[] =>
  fields.filter(
    (field) => one[field] !== other[field] && !sameValue(factOf(change, field), one[field], other[field]),
  );

const entriesNow = (now: Row | undefined): readonly Row[] => rows(now?.entries);

/** The rules that are as a change left one. */
const alike = (list: RuleList, now: Row | undefined, wanted: Rule): readonly Row[] =>
  entriesNow(now).filter((entry) => differing(list, ruleOf(list, entry), wanted).length === 0);

const digestOf = (entry: Row | undefined): { readonly digest?: string } => {
  const digest = entry && str(entry, "digest");
  return digest === undefined ? {} : { digest };
};

/** Goes on with the one rule that is as a change left it. */
function withOnly(list: RuleList, now: Row | undefined, wanted: Rule, then: (rule: Row) => Inverse): Inverse {
  const [rule, second] = alike(list, now, wanted);
  if (!rule) return none("no rule is as this change left it: it has been changed or deleted since.");
  if (second) return none("several rules are as this change left one: which it is, is not known.");
  return then(rule);
}

function deletion(list: RuleList, { params }: MadeChange): Way | string {
  const hidden = list.fields.find((field) => isHidden(list.create, field, params[field]));
  if (hidden !== undefined) return secretText(hidden);
  const made = ruleOf(list, params);
  return (now) =>
    withOnly(list, now, made, (rule) =>
      requests([
        {
          route: list.remove,
          params: { ...where(list.read, params), pos: num(rule, "pos"), ...digestOf(rule) },
        },
      ]),
    );
}

function restoration(list: RuleList, change: MadeChange): Way | string {
  const { params, before } = change;
  if (before === undefined) return NOT_RECORDED;
  if (params.moveto !== undefined && params.moveto !== null) return moveBack(list, change, before);
  const { set, deleted } = plainEffect(list.change, params);
  const was = ruleOf(list, before);
  const gone = Object.fromEntries(deleted.map((field) => [field, ""]));
  const made = ruleOf(list, { ...was, ...set, ...gone });
  const changed = differing(list, was, made);
  if (changed.length === 0) return NOTHING;
  const hidden = changed.find(
    (field) => isHidden(list.change, field, params[field]) || isHidden(list.change, field, before[field]),
  );
  if (hidden !== undefined) return secretText(hidden);
  const kept = Object.fromEntries(
    changed.filter((field) => isSet(was[field])).map((field) => [field, was[field]]),
  );
  const unset = changed.filter((field) => !isSet(was[field]));
  return (now) =>
    withOnly(list, now, made, (rule) =>
      requests([
        {
          route: list.change,
          params: {
            ...where(list.read, params),
            pos: num(rule, "pos"),
            ...requestValues(list.change, kept),
            ...(unset.length > 0 ? { delete: unset.join(",") } : {}),
            ...digestOf(rule),
          },
        },
      ]),
    );
}

/** Where a rule is after a move of so many: `moveto` counts the places before it (PVE::API2::Firewall::Rules). */
const landing = (from: number, to: number, count: number): number =>
  to > from ? Math.min(to, count) - 1 : to;

/** The `moveto` that brings a rule from one place to another. */
const moveTo = (from: number, to: number): number => (to > from ? to + 1 : to);

function moveBack(list: RuleList, { params }: MadeChange, before: Row): Way | string {
  const [from, to] = [Number(params.pos), Number(params.moveto)];
  if (to === from || to === from + 1) return NOTHING;
  const wanted = ruleOf(list, before);
  return (now) => {
    const all = entriesNow(now);
    const at = landing(from, to, all.length);
    if (at === from) return none(NOTHING);
    const rule = all.find((entry) => num(entry, "pos") === at);
    if (!rule || differing(list, ruleOf(list, rule), wanted).length > 0)
      return changedSince([`the rule at position ${at} is not the one that was moved there`]);
    return requests([
      {
        route: list.change,
        params: { ...where(list.read, params), pos: at, moveto: moveTo(at, from), ...digestOf(rule) },
      },
    ]);
  };
}

function creation(list: RuleList, { params, before }: MadeChange): Way | string {
  if (before === undefined) return NOT_RECORDED;
  const hidden = list.fields.find((field) => isHidden(list.create, field, before[field]));
  if (hidden !== undefined) return secretText(hidden);
  const was = ruleOf(list, before);
  return (now) => {
    const all = entriesNow(now);
    const [there] = alike(list, now, was);
    if (there) return none(`such a rule is there, at position ${num(there, "pos") ?? 0}.`);
    const home = Math.min(Number(params.pos), all.length);
    const here = where(list.read, params);
    const made = {
      route: list.create,
      params: { ...here, ...requestValues(list.create, was), ...digestOf(all[0]) },
    };
    // PVE puts a new rule in front of all others.
    if (home === 0) return requests([made]);
    const recheck = (then: Row): { readonly digest?: string } | string => {
      const [top] = entriesNow(then);
      return top && differing(list, ruleOf(list, top), was).length === 0
        ? digestOf(top)
        : "another rule was added at the same time";
    };
    return requests([
      made,
      { route: list.change, params: { ...here, pos: 0, moveto: moveTo(0, home) }, recheck },
    ]);
  };
}
