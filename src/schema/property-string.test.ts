import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkKeys } from "./check-value.ts";
import type { PropertyFormat } from "./endpoint.ts";
import { endpointOf } from "./endpoint-table.ts";
import { PROPERTY_FORMATS } from "./formats/formats-property.ts";
import { formatPropertyString } from "./property-string.ts";
import { splitPropertyString } from "./split-property.ts";

function keysOf(name: string): PropertyFormat {
  const format = endpointOf("POST /nodes/{node}/qemu").params[name]?.format;
  if (typeof format !== "object") throw new Error(`${name} is not a property string`);
  return format;
}

const net = keysOf("net[n]");
const scsi = keysOf("scsi[n]");
const agent = keysOf("agent");

/** A property string taken apart and checked key by key, as `checkValue` does with a parameter's. */
function parse(text: string, keys: PropertyFormat) {
  const split = splitPropertyString(text, keys);
  return "error" in split ? split : { values: split.values, issues: checkKeys(keys, split.values, "") };
}

/** The same, of a text that can be taken apart. */
function parsed(text: string, keys: PropertyFormat) {
  const result = parse(text, keys);
  if ("error" in result) throw new Error(result.error);
  return result;
}

describe("a property string", () => {
  it("resolves aliases that also name a value", () => {
    expect(parsed("virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=yes,tag=20", net)).toEqual({
      values: { model: "virtio", macaddr: "BC:24:11:00:00:01", bridge: "vmbr0", firewall: "1", tag: "20" },
      issues: [],
    });
  });

  it.each([
    ["virtio,bridge=vmbr0", net, { model: "virtio", bridge: "vmbr0" }],
    ["model=e1000", net, { model: "e1000" }],
    ["local:8,discard=on,ssd=1", scsi, { file: "local:8", discard: "on", ssd: "1" }],
    ["volume=local:8", scsi, { file: "local:8" }],
    ["bps_rd_length=5,none", scsi, { bps_rd_max_length: "5", file: "none" }],
    ["on,fstrim_cloned_disks=no", agent, { enabled: "1", fstrim_cloned_disks: "0" }],
    [" , 1,,", agent, { enabled: " 1" }],
  ])("%s", (text, keys, values) => expect(parsed(text, keys).values).toEqual(values));

  it.each([
    ["tag=1,tag=2,virtio", net, "duplicate key in comma-separated list property: tag\n"],
    ["virtio,e1000", net, "duplicate key in comma-separated list property: model\n"],
    ["virtio=BC:24:11:00:00:01,e1000=BC:24:11:00:00:02", net, "key alias 'model' is already defined\n"],
    ["local:8,volume=local:9", scsi, "key 'file' is already defined (via alias)\n"],
    ["virtio,bridge=", net, "missing key in comma-separated list property\n"],
    ["x", { a: { type: "string" } }, "value without key, but schema does not define a default key\n"],
  ] as [string, PropertyFormat, string][])("refuses %s", (text, keys, pve) => {
    expect(parse(text, keys)).toMatchObject({ error: pve });
  });

  it("offers the key that was meant", () => {
    expect(parsed("virtio,brige=vmbr0", net).issues[0]).toMatchObject({ nearest: "bridge" });
  });

  it.each([
    ["bridge=vmbr0", net, [["model", "property is missing and it is not optional"]]],
    [
      "virtio,brige=vmbr0",
      net,
      [["brige", "property is not defined in schema and the schema does not allow additional properties"]],
    ],
    ["virtio,tag=0", net, [["tag", "value must have a minimum value of 1"]]],
    ["virtio,tag=x", net, [["tag", "type check ('integer') failed - got 'x'"]]],
    ["virtio,firewall=maybe", net, [["firewall", "type check ('boolean') failed - got 'maybe'"]]],
    [
      "virtio=01:00:00:00:00:00",
      net,
      [["macaddr", "invalid format - value does not look like a valid unicast MAC address\n"]],
    ],
    [
      "local:8,size=big",
      scsi,
      [["size", "invalid format - value does not look like a valid disk size: big\n"]],
    ],
    [
      "local:8,cache=fast",
      scsi,
      [
        [
          "cache",
          "value 'fast' does not have a value in the enumeration 'none, writethrough, writeback, unsafe, directsync'",
        ],
      ],
    ],
    [
      "gw=192.0.2.1",
      PROPERTY_FORMATS["pve-qm-ipconfig"]?.keys ?? {},
      [["ip", "missing property required by 'gw'"]],
    ],
  ] as [string, PropertyFormat, [string, string][]][])("finds what is wrong in %s", (text, keys, found) => {
    expect(parsed(text, keys).issues.map((one) => [one.param, one.pve])).toEqual(found);
  });

  it("never throws and lets no unknown key pass", () => {
    const part = fc.oneof(fc.constantFrom(...Object.keys(net), "__proto__", "constructor"), fc.string());
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.tuple(part, fc.constantFrom("=", ",", ""), part).map((three) => three.join("")))
        .map((all) => all.join(",")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const result = parse(text, net);
        if ("error" in result) return;
        const { values, issues } = result;
        const refused = issues.filter((one) => one.code === "unknown").map((one) => one.param);
        expect(Object.keys(values).filter((key) => !Object.hasOwn(net, key))).toEqual(refused);
      }),
    );
  });
});

describe("formatPropertyString", () => {
  it("puts the default key first, without its name", () => {
    expect(formatPropertyString({ bridge: "vmbr0", model: "virtio", firewall: true, tag: 20 }, net)).toBe(
      "virtio,bridge=vmbr0,firewall=1,tag=20",
    );
    expect(formatPropertyString({ order: ["scsi0", "net0"] })).toBe("order=scsi0;net0");
  });

  it.each([{ a: "x,b=1" }, { a: "" }, { a: { b: 1 } }, { "a=b": "c" }, {}, { a: " " }])(
    "does not write what would be read differently: %j",
    (values) => expect(formatPropertyString(values)).toBeUndefined(),
  );

  it("is undone by parsing", () => {
    const values = fc.record(
      {
        model: fc.constantFrom("virtio", "e1000", "vmxnet3"),
        bridge: fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/),
        tag: fc.integer({ min: 1, max: 4094 }),
        firewall: fc.boolean(),
        rate: fc.integer({ min: 0, max: 1000 }),
        trunks: fc.array(fc.integer({ min: 1, max: 4094 }), { minLength: 1 }),
      },
      { requiredKeys: ["model"] },
    );
    fc.assert(
      fc.property(values, (given) => {
        const found = parsed(formatPropertyString(given, net) ?? "", net);
        const expected = Object.fromEntries(
          Object.entries(given).map(([key, value]) => [
            key,
            typeof value === "boolean" ? String(Number(value)) : [value].flat().join(";"),
          ]),
        );
        expect(found).toEqual({ values: expected, issues: [] });
      }),
    );
  });

  it("is undone by parsing whatever the text, when it writes it at all", () => {
    const keys: PropertyFormat = { a: { type: "string", defaultKey: true }, b: { type: "string" } };
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const text = formatPropertyString({ a, b }, keys);
        if (text !== undefined) expect(parsed(text, keys).values).toEqual({ a, b });
      }),
    );
  });
});
