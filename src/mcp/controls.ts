import { num, type Row, str } from "../pve/data.ts";

/** Arguments of every tool that changes something; no endpoint has a parameter of these names. */
export interface Controls {
  /** Only the plan is wanted. */
  readonly dryRun: boolean;
  /** The code of a plan. */
  readonly code: string | undefined;
  /** How long to wait for a job, in seconds. */
  readonly wait: number;
}

/** Splits a call's arguments into what steers the pipeline and what is the tool's. */
export function splitControls(input: Row, defaultWait: number): { controls: Controls; input: Row } {
  const { dry_run, confirm: _code, wait: _wait, ...rest } = input;
  return {
    controls: {
      dryRun: dry_run === true,
      code: str(input, "confirm"),
      wait: num(input, "wait") ?? defaultWait,
    },
    input: rest,
  };
}
