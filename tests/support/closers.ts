import { afterAll } from "vitest";

/** A list of what to close when the tests of a file are over, in the order in which it was opened. */
export function closers(): (() => Promise<void>)[] {
  const open: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of open) await close();
  });
  return open;
}
