import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSize, parseProperties, parseSize, printProperties } from "./property.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);

test("prints what it parsed, the unnamed value first and the rest by name", () => {
  fc.assert(
    fc.property(word, fc.dictionary(word, word), (bare, rest) => {
      const properties = new Map([["", bare], ...Object.entries(rest)]);
      const printed = printProperties(properties);
      expect(parseProperties(printed)).toEqual(properties);
      expect(printed.split(",")[0]).toBe(bare);
    }),
  );
});

test("keeps chosen keys in front", () => {
  const properties = parseProperties("local:100/disk.raw,size=1G,backup=1,mp=/data");
  expect(printProperties(properties, ["mp"])).toBe("local:100/disk.raw,mp=/data,backup=1,size=1G");
});

test("reads back the sizes it prints", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
      expect(parseSize(formatSize(bytes))).toBe(bytes);
    }),
  );
  expect(formatSize(540672)).toBe("528K");
  expect(parseSize("1.5G")).toBe(1.5 * 1024 ** 3);
  expect(parseSize("lots")).toBeUndefined();
});
