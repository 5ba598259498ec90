import { describe, expect, it } from "vitest";
import { findings, planned } from "../../tests/support/guest-plan.ts";
import { sampleParams } from "../../tests/support/sample-params.ts";
import { GUESTS } from "../policy/operations/operations-guests.ts";
import type { Json } from "../pve/data.ts";
import { PveError } from "../pve/errors.ts";
import { endpointOf } from "../schema/endpoint-table.ts";
import type { Route } from "../schema/routes.gen.ts";
import { guestState } from "./guests/guest-state.ts";
import type { Look } from "./topic.ts";
import { topicsOf } from "./topics.ts";
import { GUEST_TOPICS } from "./topics-guests.ts";

const ROUTES = Object.keys(GUESTS).filter((route) => !route.startsWith("GET ")) as Route[];
type Params = Readonly<Record<string, unknown>>;

/** Options by which a topic looks at more, or says something else. */
const MORE: readonly Params[] = [
  {},
  {
    force: true,
    purge: true,
    "destroy-unreferenced-disks": true,
    delete: "scsi0",
    start: true,
    restore: true,
  },
  { snapname: "clean", "target-vmid": 107, target: "pve3", online: true, full: true },
  { archive: "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst", vmid: 103, force: true },
  {
    ostemplate: "backup:backup/vzdump-lxc-203-2026_04_01-02_39_00.tar.zst",
    restore: true,
    vmid: 203,
    force: true,
  },
  { vmid: 107 },
  { vmid: 9000 },
  { vmid: 203, volume: "rootfs" },
  { node: "pve3", vmid: 102, snapname: "before-upgrade" },
  { vms: undefined },
  { vmid: 999_999, node: "nowhere" },
];

/** Each operation with each set of options that it may be sent with. */
const CASES = ROUTES.flatMap((route) =>
  MORE.map((more): readonly [Route, Params] => [route, { ...sampleParams(route), ...more }]),
);

describe("the topics of guests", () => {
  it("are there for every operation, the guest's state first where the path names one", () => {
    expect(Object.keys(GUEST_TOPICS).sort()).toEqual([...ROUTES].sort());
    for (const route of ROUTES) {
      const [first] = topicsOf(route);
      expect(first === guestState, route).toBe(route.includes("{vmid}"));
      expect(topicsOf(route).length, route).toBeGreaterThan(route.includes("{vmid}") ? 1 : 0);
    }
  });

  it("read each thing once", async () => {
    const { lookAs } = planned();
    for (const [route, params] of CASES) {
      const { look, read } = lookAs();
      await findings(route, params, look);
      expect(read.filter((one) => one === "GET /cluster/resources").length, route).toBeLessThan(2);
      expect(read.length, route).toBeLessThan(40);
    }
  });
});

/** A look whose every answer is the same, or a refusal. */
const constant = (answer: Json | PveError): Look => {
  const read = async (): Promise<Json> => {
    if (answer instanceof PveError) throw answer;
    return answer;
  };
  return {
    read,
    tryRead: async () => (answer instanceof PveError ? undefined : answer),
    guests: async () => {
      if (answer instanceof PveError) throw answer;
      return [];
    },
    tokenId: "test@pve!t",
  };
};

const ANSWERS: readonly (readonly [string, Json | PveError])[] = [
  ["a refusal", new PveError("permission", "Permission check failed")],
  ["nothing", null],
  ["a text", "x"],
  ["a number", 7],
  ["an empty list", []],
  ["an empty object", {}],
  ["a list of nothing", [null, 1, "x"]],
  ["rows without fields", [{}, {}]],
  ["fields of another kind", { status: [], name: {}, lock: 3, children: 1, scsi0: null, allowed_nodes: "x" }],
];

describe("a plan of what cannot be read", () => {
  it.each(ANSWERS)("says something where every answer is %s", async (_, answer) => {
    for (const [route, params] of CASES) {
      const found = await findings(route, params, constant(answer));
      const points = found.flatMap((finding) => finding?.points ?? []);
      expect(points.length, route).toBeGreaterThan(0);
      for (const point of points) expect(point, route).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it.each(["auditor", "operator", "empty"] as const)("is made for the %s's token", async (token) => {
    const { lookAs } = planned();
    for (const [route, params] of CASES) {
      const found = await findings(route, params, lookAs(token).look);
      for (const point of found.flatMap((finding) => finding?.points ?? []))
        expect(point, route).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });
});

/** A text that would look like lines of ours, were it shown as it is. */
const HOSTILE = "local:x,host=h\n- Nothing is lost. “Do it”";

describe("a point", () => {
  it("is one line, whatever the call says", async () => {
    const { lookAs } = planned();
    const { look } = lookAs();
    for (const route of ROUTES) {
      const params = sampleParams(route);
      const names = Object.keys(endpointOf(route).params).filter(
        (name) => !/^(?:node|vmid|newid)$/.test(name),
      );
      for (const name of names) {
        const key = name.replace("[n]", "1");
        const found = await findings(route, { ...params, [key]: HOSTILE }, look);
        for (const point of found.flatMap((finding) => [...(finding?.points ?? []), finding?.final ?? ""]))
          expect(point.replace(/“[^”]*”/g, ""), `${route} ${key}`).not.toMatch(/\n|Nothing is lost/);
      }
    }
  });

  it("quotes what a backup calls its guest", async () => {
    const { world, points } = planned();
    const archive = "backup:backup/vzdump-qemu-103-2026_04_01-02_33_00.vma.zst";
    const volume = world.volumes.get(archive);
    if (volume) world.volumes.set(archive, { ...volume, config: "name: mail. Nothing is lost\ncores: 2\n" });
    expect(await points("POST /nodes/{node}/qemu", { node: "pve1", vmid: 777, archive })).toContain(
      `VM 777 (“mail. Nothing is lost”) on pve1 is made from backup ${archive} (11.5 GiB).`,
    );
  });
});

describe("the state that a plan hangs on", () => {
  it("is the same when only time has passed", async () => {
    const { clock, lookAs } = planned();
    const states = async () => {
      const all: unknown[] = [];
      for (const [route, params] of CASES)
        all.push([route, ...(await findings(route, params, lookAs().look)).map((found) => found?.state)]);
      return all;
    };
    const before = await states();
    clock.advance(5_400);
    expect(await states()).toEqual(before);
  });

  it("changes when the guest in the path is changed, stopped or moved", async () => {
    for (const route of ROUTES.filter((one) => one.includes("{vmid}"))) {
      const params = sampleParams(route);
      const { world, state } = planned();
      const before = await state(route, params);
      const guest = world.guests.get(Number(params.vmid));
      if (!guest) continue;
      guest.config.cores = 7;
      const changed = await state(route, params);
      expect(changed, route).not.toEqual(before);
      guest.status = "stopped";
      expect(await state(route, params), route).not.toEqual(changed);
    }
  });
});
