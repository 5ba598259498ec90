import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { closers } from "../support/closers.ts";
import { connect } from "../support/mcp.ts";
import { startRawPve } from "../support/raw-pve.ts";
import { realLine } from "../support/real-line.ts";
import { ROOT_TOKEN, smallWorld } from "../support/small-world.ts";

const open = closers();

/** The time limit of a read here; a write has 35 s, as always. */
const LIMIT_MS = 4_000;
/** What a busy machine may add. */
const SLACK_MS = 2_500;

const head = (status: string, more = "") => `HTTP/1.1 ${status}\r\n${more}\r\n`;
const whole = (status: string, body: string, type = "application/json;charset=UTF-8") =>
  head(status, `content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`) + body;
const NODES = '{"data":[{"node":"pve1","status":"online","type":"node","id":"node/pve1"}]}';
const every = (ms: number, act: () => void, socket: Socket) => {
  const timer = setInterval(act, ms);
  socket.on("close", () => clearInterval(timer));
};
/** Without a length the end of the connection is the end of the answer. */
const closing = (socket: Socket, text: string | Buffer) => socket.end(text);

interface Case {
  readonly name: string;
  readonly reply: (socket: Socket) => void;
  /** What a read is answered with. */
  readonly read: RegExp;
  /** What a change is answered with; it is always sent once. */
  readonly write: RegExp;
  /** How often a read is sent; absent: once. */
  readonly sent?: number;
}

const MAY_HAVE_RUN = /It may have run all the same/;
const UNCHANGED = /Nothing was changed/;

const CASES: readonly Case[] = [
  {
    name: "a refused token, after pveproxy's three seconds",
    reply: (socket) => {
      setTimeout(() => closing(socket, head("401 Authentication failed!", "content-length: 0\r\n")), 3_000);
    },
    read: /PVE refused the token \(Authentication failed!\)/,
    write: /PVE refused the token[\s\S]*Nothing was changed/,
  },
  {
    name: "595",
    reply: (socket) => closing(socket, head("595 No route to host", "content-length: 0\r\n")),
    read: /The node could not be reached through the cluster \(No route to host\)/,
    write: UNCHANGED,
    sent: 4,
  },
  {
    name: "596",
    reply: (socket) => closing(socket, head("596 Broken pipe", "content-length: 0\r\n")),
    read: /The node did not answer in time \(Broken pipe\)/,
    write: MAY_HAVE_RUN,
    sent: 4,
  },
  {
    name: "599",
    reply: (socket) => closing(socket, head("599 Too many redirections", "content-length: 0\r\n")),
    read: /The node did not answer in time \(Too many redirections\)/,
    write: MAY_HAVE_RUN,
  },
  {
    name: "a captive portal's page",
    reply: (socket) =>
      socket.write(whole("200 OK", "<!doctype html><form>Log in to Wi-Fi</form>", "text/html")),
    read: /The answer is not Proxmox VE's JSON[\s\S]*PVE_BASE_URL/,
    write: MAY_HAVE_RUN,
  },
  {
    name: "a captive portal's redirect",
    reply: (socket) =>
      socket.write(head("302 Found", "location: http://portal.lan/\r\ncontent-length: 0\r\n")),
    read: /redirects to http:\/\/portal\.lan\//,
    write: MAY_HAVE_RUN,
  },
  {
    name: "JSON cut short by the end of the connection",
    reply: (socket) =>
      closing(socket, `${head("200 OK", "content-type: application/json\r\n")}{"data":[{"no`),
    read: /not Proxmox VE's JSON/,
    write: MAY_HAVE_RUN,
  },
  {
    name: "JSON shorter than its length says",
    reply: (socket) => closing(socket, head("200 OK", "content-length: 500\r\n") + NODES.slice(0, 40)),
    read: /The connection to PVE failed: aborted/,
    write: MAY_HAVE_RUN,
    sent: 4,
  },
  {
    name: "a gzip bomb",
    reply: (socket) => {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
      socket.write(head("200 OK", `content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n`));
      socket.write(bomb);
    },
    read: /the answer is compressed \(gzip\), which nobody asked for/,
    write: MAY_HAVE_RUN,
  },
  {
    name: "an endless answer",
    reply: (socket) => {
      const piece = Buffer.alloc(1024 * 1024, " ");
      socket.write(head("200 OK", "content-type: application/json\r\n"));
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", more);
      more();
    },
    read: /the answer is longer than \d+ bytes/,
    write: MAY_HAVE_RUN,
  },
  {
    name: "endless headers",
    reply: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      every(5, () => socket.write(`x: ${"y".repeat(4_000)}\r\n`), socket);
    },
    read: /The connection to PVE failed: .*(HPE_HEADER_OVERFLOW)/,
    write: MAY_HAVE_RUN,
    sent: 4,
  },
  {
    name: "something that is not HTTP",
    reply: (socket) => closing(socket, "220 mail.example.com ESMTP\r\n"),
    read: /The connection to PVE failed: .*HPE_/,
    write: MAY_HAVE_RUN,
    sent: 4,
  },
  {
    name: "no answer, and the connection ends",
    reply: (socket) => void socket.end(),
    read: /The connection to PVE failed: socket hang up/,
    write: /It may have run all the same|not started/,
    sent: 4,
  },
];

/** The real server before a PVE that answers so. */
async function answering(reply: Case["reply"], only: "GET" | "POST") {
  const world = smallWorld();
  const pve = await startRawPve((socket, request) => {
    if (request.startsWith(only)) return reply(socket);
    // What comes before a write: reads are answered.
    socket.write(whole("200 OK", request.includes("/version") ? '{"data":{"version":"9.2.11"}}' : NODES));
  });
  open.push(pve.close);
  const line = realLine([pve.url]);
  const connected = await connect(world, ROOT_TOKEN, {
    env: { PVE_CONFIRM: "off" },
    timeoutMs: LIMIT_MS,
    through: () => line.transport,
  });
  open.push(async () => line.transport.close());
  return { ...connected, sent: () => pve.requests.filter((first) => first.startsWith(only)).length };
}

describe.concurrent("answers that are none", () => {
  test.each(CASES)("$name: a read ends in time and says what is wrong", async ({ reply, read, sent = 1 }) => {
    const server = await answering(reply, "GET");
    const begun = performance.now();
    const { text, isError } = await server.call("pve_list_nodes");
    expect(performance.now() - begun).toBeLessThan(LIMIT_MS + SLACK_MS);
    expect(text).toMatch(read);
    expect(text).not.toContain(ROOT_TOKEN.secret);
    expect(text).not.toMatch(/\n\s+at /);
    expect(isError).toBe(true);
    expect(server.sent()).toBeLessThanOrEqual(sent);
  });

  test.each(CASES)(
    "$name: a change is sent once, and what is said of it is true",
    async ({ reply, write }) => {
      const server = await answering(reply, "POST");
      const { text, isError } = await server.call("pve_create_pool", { poolid: "x" });
      expect(text).toMatch(write);
      expect(text).not.toContain(ROOT_TOKEN.secret);
      expect(isError).toBe(true);
      expect(server.sent()).toBe(1);
    },
  );
});

describe.concurrent("answers that take for ever", () => {
  test.each<[string, (socket: Socket) => void]>([
    ["nothing", () => {}],
    ["a byte of the headers now and then", (socket) => every(100, () => socket.write("H"), socket)],
    [
      "a byte of the body now and then",
      (socket) => {
        socket.write(head("200 OK", "content-length: 100000\r\n"));
        every(100, () => socket.write(" "), socket);
      },
    ],
    [
      "interim answers without end",
      (socket) => every(50, () => socket.write("HTTP/1.1 100 Continue\r\n\r\n"), socket),
    ],
  ])("%s: the time limit ends a read", async (_, reply) => {
    const server = await answering(reply, "GET");
    const begun = performance.now();
    const { text } = await server.call("pve_list_nodes");
    expect(performance.now() - begun).toBeLessThan(LIMIT_MS + SLACK_MS);
    expect(text).toMatch(/No answer within 4 s|The connection to PVE failed/);
  });

  test("a change waits for pveproxy's verdict, 35 s, and is not repeated", async () => {
    const server = await answering(() => {}, "POST");
    const begun = performance.now();
    const { text } = await server.call("pve_create_pool", { poolid: "x" });
    expect(performance.now() - begun).toBeLessThan(35_000 + SLACK_MS);
    expect(text).toMatch(/No answer within 35 s/);
    expect(text).toMatch(MAY_HAVE_RUN);
    expect(server.sent()).toBe(1);
  });
});

test("what is not to be read to its end does not fill the memory", async () => {
  const bomb = CASES.find(({ name }) => name === "an endless answer");
  if (!bomb) throw new Error("no such case");
  const server = await answering(bomb.reply, "GET");
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 5; round++) await server.call("pve_list_nodes");
  // Five answers that were cut at 32 MiB; what is left is what Node has not given back yet.
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(250);
});
