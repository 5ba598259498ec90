/**
 * A PVE that answers at once, in a process of its own: what is measured is the server, not a simulation. Prints its
 * port on the first line of stdout and ends with its parent. `GET /peak` tells the most API connections open at a
 * time since it was last asked.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const tls = (name: string) => readFileSync(new URL(`../tests/fixtures/tls/${name}`, import.meta.url));

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api2/json/version": { version: "9.2.11", release: "9.2", repoid: "0f1e2d3c4b5a6978" },
  "/api2/json/access/permissions": { "/": { "Sys.Audit": 1, "VM.Audit": 1 } },
  "/api2/json/cluster/resources": [],
  "/api2/json/nodes/pve1/version": { version: "9.2.11", release: "9.2", repoid: "0f1e2d3c4b5a6978" },
  "/api2/json/nodes/pve1/dns": { search: "example.com", dns1: "192.0.2.1" },
};
const bodies = new Map(Object.entries(ANSWERS).map(([path, data]) => [path, JSON.stringify({ data })]));

const open = new Set<Duplex>();
let peak = 0;
const server = createServer({ key: tls("leaf.key"), cert: tls("leaf.pem") }, (request, response) => {
  if (request.url === "/peak") {
    response.end(String(peak));
    peak = open.size;
    return;
  }
  open.add(request.socket);
  peak = Math.max(peak, open.size);
  const body = bodies.get(request.url?.split("?")[0] ?? "");
  response.writeHead(body === undefined ? 501 : 200, { "content-type": "application/json;charset=UTF-8" });
  response.end(body ?? '{"data":null}');
});
server.on("secureConnection", (socket) => {
  socket.once("close", () => open.delete(socket));
});
server.listen(0, "127.0.0.1", () => {
  console.log((server.address() as AddressInfo).port);
});
process.stdin.once("end", () => process.exit(0)).resume();
