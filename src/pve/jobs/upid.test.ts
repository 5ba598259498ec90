import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isUpid, parseUpid } from "./upid.ts";

const hex = (digits: number) =>
  fc
    .integer({ min: 0, max: 16 ** digits - 1 })
    .map((n) => ({ n, text: n.toString(16).toUpperCase().padStart(digits, "0") }));
const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,11}$/);
const node = fc.stringMatching(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?$/);

describe("parseUpid", () => {
  test("takes apart what PVE puts together", () => {
    const parts = fc.record({
      node,
      pid: hex(8),
      pstart: fc.oneof(hex(8), hex(9)),
      start: hex(8),
      type: word,
      id: fc.oneof(fc.constant(""), word, fc.constant("100"), fc.constant("local%3Aiso")),
      user: fc.constantFrom("root@pam", "mcp@pve!helper", "a.b-c@ad.example"),
    });
    fc.assert(
      fc.property(parts, ({ node, pid, pstart, start, type, id, user }) => {
        const text = `UPID:${node}:${pid.text}:${pstart.text}:${start.text}:${type}:${id}:${user}:`;
        expect(parseUpid(text)).toEqual({ node, pid: pid.n, starttime: start.n, type, id, user });
        expect(isUpid(text)).toBe(true);
      }),
    );
  });

  test("takes nothing else, and never throws", () => {
    const good = "UPID:pve:0000C530:001C9BEC:52E0E53E:qmstart:100:root@pam:";
    expect(isUpid(good)).toBe(true);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(parseUpid(text)).toBeUndefined();
        if (text !== "") expect(parseUpid(good + text)).toBeUndefined();
      }),
    );
    for (let length = 0; length < good.length; length++) expect(isUpid(good.slice(0, length))).toBe(false);
  });

  test.each([
    "UPID:pve/../x:0000C530:001C9BEC:52E0E53E:qmstart:100:root@pam:",
    "UPID:pve:0000C530:001C9BEC:52E0E53E:qm start:100:root@pam:",
    "UPID:pve:C530:001C9BEC:52E0E53E:qmstart:100:root@pam:",
    "UPID:pve:0000C530:001C9BEC:52E0E53E:qmstart:100:root@pam:\n",
    "UPID::0000C530:001C9BEC:52E0E53E:qmstart:100:root@pam:",
  ])("%j is none", (text) => {
    expect(isUpid(text)).toBe(false);
  });

  test.each([null, undefined, 1, {}, ["UPID:"], "OK"])("%j is none", (data) => {
    expect(isUpid(data)).toBe(false);
  });
});
