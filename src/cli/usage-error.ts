/** Arguments that make no sense; `message` says what they should be, without repeating them: one may be a secret. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What is said of an argument nothing knows; shown only if it looks like a word: it may be a misplaced secret. */
export const unknownArgument = (given: string): string =>
  `Unknown argument${/^-{0,2}[a-z][a-z-]{0,30}$/.test(given) ? `: ${given}` : ""}`;
