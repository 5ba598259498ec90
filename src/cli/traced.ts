import type { Transport } from "../pve/line/transport.ts";

/** With DEBUG, every exchange is a line on stderr: method, path without its query, status, milliseconds. */
export function traced(transport: Transport, debug: boolean, log: (line: string) => void): Transport {
  if (!debug) return transport;
  return {
    ...transport,
    close: () => transport.close(),
    send: async (request) => {
      const begun = Date.now();
      const line = `${request.method} ${request.path.split("?")[0]}`;
      try {
        const response = await transport.send(request);
        log(`${line} ${response.status} ${Date.now() - begun} ms`);
        return response;
      } catch (error) {
        log(
          `${line} failed after ${Date.now() - begun} ms: ${error instanceof Error ? error.message : String(error)}`,
        );
        throw error;
      }
    },
  };
}
