/** Arguments that make no sense; `message` says what they should be, without repeating them: one may be a secret. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
