/** A configuration that must not be used: `message` lists every problem, a line or more each, without secrets. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  /** `notes` are printed behind the problems: warnings that may explain them, lists of valid names. */
  constructor(problems: readonly string[], notes: readonly string[] = []) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [
        `The configuration has ${count}:`,
        ...problems.map((problem) => `- ${problem}`),
        ...notes,
        "docs/configuration.md describes every variable.",
      ].join("\n"),
    );
    this.problems = problems;
  }
}
