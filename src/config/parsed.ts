/** What became of one variable's text: its value, or what is wrong with it, to follow the variable's name. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };
