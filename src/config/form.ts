import type { Parsed } from "./parsed.ts";

/** The form of a setting's value in a file, where values have types and lists are lists. */
export type Form =
  | { readonly kind: "text" }
  | { readonly kind: "boolean" }
  /** From `least` to `most`, both included; one that is not whole is above `least`. */
  | { readonly kind: "number"; readonly whole: boolean; readonly least: number; readonly most: number }
  | { readonly kind: "choice"; readonly names: readonly string[] }
  | {
      readonly kind: "list";
      /** The only entries there are; absent: any text. */
      readonly names?: readonly string[];
      /** Entries that are whole numbers within these limits. */
      readonly numbers?: { readonly least: number; readonly most: number };
    };

/** Turns the text of a setting into its value. */
export interface Parser<T> {
  (text: string): Parsed<T>;
  /** Absent: text. */
  readonly form?: Form;
}

/** A parser that says which form its values have in a file. */
export function formed<T>(form: Form, parse: (text: string) => Parsed<T>): Parser<T> {
  return Object.assign((text: string) => parse(text), { form });
}
