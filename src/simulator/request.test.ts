import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeForm, decodeRequest, RawError, uriUnescape } from "./request.ts";

const post = (body: string, type = "application/x-www-form-urlencoded") => ({
  method: "POST",
  path: "/api2/json/pools",
  headers: { "content-type": type },
  body,
});

describe("form decoding", () => {
  it("reads back what URLSearchParams encodes", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()), {
          selector: ([key]) => key,
        }),
        (pairs) => {
          const encoded = new URLSearchParams(pairs).toString();
          expect(decodeForm(encoded)).toEqual(Object.fromEntries(pairs));
        },
      ),
    );
  });

  it("splits at semicolons and cuts a value at a raw equals sign", () => {
    expect(decodeForm("a=1;b=2")).toEqual({ a: "1", b: "2" });
    expect(decodeForm("net0=virtio,bridge=vmbr0")).toEqual({ net0: "virtio,bridge" });
  });

  it("makes a list of repeated keys and drops keys without a value", () => {
    expect(decodeForm("vms=1&vms=2&vms=3&flag")).toEqual({ vms: ["1", "2", "3"] });
    expect(decodeForm("empty=")).toEqual({ empty: "" });
  });
});

describe("requests", () => {
  it("lets the query win over the body", () => {
    const { params } = decodeRequest({ ...post("a=1&b=2"), path: "/api2/json/pools?b=3&_dc=17" });
    expect(params).toEqual({ a: "1", b: "3" });
  });

  it("unescapes the path once and leaves what is no escape", () => {
    expect(uriUnescape("a%2Fb%zz%25")).toBe("a/b%zz%");
    expect(uriUnescape("%c3%a4")).toBe("ä");
  });

  it("takes JSON objects and nothing else as JSON", () => {
    expect(decodeRequest(post('{"a":true,"b":[1]}', "application/json")).params).toEqual({ a: true, b: [1] });
    expect(() => decodeRequest(post("[1]", "application/json"))).toThrow(RawError);
  });

  it.each([
    ["GET", "x=1", "application/x-www-form-urlencoded", 501],
    ["POST", "x=1", "text/plain;charset=UTF-8", 506],
    ["POST", "x".repeat(600_000), "application/x-www-form-urlencoded", 501],
  ])("refuses %s with a body it cannot use", (method, body, type, status) => {
    expect(() => decodeRequest({ ...post(body, type), method })).toThrow(expect.objectContaining({ status }));
  });
});
