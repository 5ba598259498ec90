import type { Writable } from "node:stream";

/**
 * Writes lines to a stream and waits until they have left; quiet when nobody reads them to the end, as `| head` does.
 * Throws the stream's other errors.
 */
export async function printLines(stream: Writable, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (error && !("code" in error && error.code === "EPIPE")) reject(error);
      else resolve();
    };
    // The error comes to the callback and, without a listener, ends the process besides.
    stream.once("error", done);
    stream.write(`${lines.join("\n")}\n`, (error) => {
      done(error);
    });
  });
}
