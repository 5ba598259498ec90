// zod/mini: 17 kB bundled and some 2 ms at start-up; all of zod brings 450 kB and some 15 ms.
import * as z from "zod/mini";
import type { Form, Parser } from "./form.ts";
import type { Parsed } from "./parsed.ts";

/** The groups of variables, in the order of the documentation; stdio does without `http`. */
export const GROUPS = ["connection", "clusters", "surface", "safety", "answers", "http"] as const;
/** The groups that a simulated PVE does without. */
export const OF_REAL_PVE: readonly (typeof GROUPS)[number][] = ["connection", "clusters"];

/** What is known of a variable besides how its text is read. */
export interface SettingFacts {
  readonly group: (typeof GROUPS)[number];
  /** The values it takes, for the documentation. */
  readonly type: string;
  readonly meaning: string;
  /** One that must be given. */
  readonly required?: true;
  /** The default as an operator would write it, or a word for it. */
  readonly default?: string;
  /** Its value is never shown. */
  readonly secret?: true;
  /** Blanks around the value belong to it and are not cut off. */
  readonly verbatim?: true;
}

/** What is known of a variable, with what its parser and its maker tell. */
export interface KnownFacts extends SettingFacts {
  readonly form: Form;
  /** The default as it is read. */
  readonly written?: string;
}

const facts = z.registry<KnownFacts>();
const formOf = ({ form = { kind: "text" } }: Parser<unknown>): Form => form;

/** Text to value by `parse`; a refusal becomes an issue whose message follows the variable's name. */
function read<T>(about: SettingFacts, parse: Parser<T>, written = "") {
  return z.transform((given: string | undefined = written, context): T => {
    const text = about.verbatim ? given : given.trim();
    // Blanks only are a mistake; taken as unset they would widen a tier or a list to its default.
    const outcome: Parsed<T> = text === "" ? { problem: "contains nothing but blanks" } : parse(text);
    if ("value" in outcome) return outcome.value;
    context.issues.push({ code: "custom", message: outcome.problem, input: given });
    return z.NEVER;
  });
}

/** A variable that must be given. */
export function required<T>(about: SettingFacts, parse: Parser<T>) {
  return read(about, parse).register(facts, { ...about, form: formOf(parse), required: true });
}

/** A variable without which something is left undefined. */
export function optional<T>(about: SettingFacts, parse: Parser<T>) {
  return z.optional(read(about, parse)).register(facts, { ...about, form: formOf(parse) });
}

/** A variable whose default is written as an operator would write it, and read the same way. */
export function withDefault<T>(written: string, about: SettingFacts, parse: Parser<T>) {
  return read(about, parse, written).register(facts, {
    default: written,
    ...about,
    form: formOf(parse),
    written,
  });
}

/** What is known of a variable made by one of the functions above. */
export function factsOf(schema: z.core.$ZodType): KnownFacts {
  const about = facts.get(schema as z.ZodMiniType);
  if (about === undefined) throw new Error("A setting was made without facts");
  return about;
}
