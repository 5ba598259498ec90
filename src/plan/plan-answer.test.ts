import { describe, expect, it } from "vitest";
import { classify } from "../policy/effect.ts";
import { quoted } from "../render/foreign.ts";
import { toText } from "../render/text.ts";
import type { Route } from "../schema/routes.gen.ts";
import type { Plan } from "./plan.ts";
import { planBlocks, planMessage } from "./plan-answer.ts";
import type { Point } from "./point.ts";

type Params = Readonly<Record<string, unknown>>;

const step = (route: Route, params: Params): Plan["steps"][number] => ({
  route,
  params,
  classification: classify(route, params),
});

const planOf = (
  steps: readonly (readonly [Route, Params])[],
  points: readonly Point[] = ["Something is touched."],
  final: readonly string[] = [],
): Plan => ({
  steps: steps.map(([route, params]) => step(route, params)),
  points,
  blocks: [],
  state: {},
  final,
  privileges: { kind: "held", missing: [], notChecked: [], lines: [] },
});

const shown = (plan: Plan): string => toText({ headline: "Plan", blocks: planBlocks(plan) });

const STOP: Route = "POST /cluster/bulk-action/guest/shutdown";
const CONFIG: Route = "PUT /nodes/{node}/qemu/{vmid}/config";
const names = (count: number) => Array.from({ length: count }, (_, at) => `VM ${2000 + at} (load-${at})`);

describe("a whole plan", () => {
  it("has a short list on its line, and a long one below the points, each entry once", () => {
    const short = shown(planOf([[STOP, {}]], [{ says: "Shuts down 3 guests", entries: names(3) }]));
    expect(short).toContain(
      "\n- Shuts down 3 guests: VM 2000 (load-0), VM 2001 (load-1), VM 2002 (load-2).\n",
    );
    const long = shown(
      planOf(
        [[STOP, {}]],
        [{ says: "Shuts down 130 guests", entries: names(130) }, "What runs on loses power."],
      ),
    );
    expect(long.split("\n").slice(1, 3)).toEqual([
      "- Shuts down 130 guests: all 130 of them below.",
      "- What runs on loses power.",
    ]);
    for (const name of names(130)) expect(long.split(name)).toHaveLength(2);
  });

  it("says how many it leaves out where even the answer is too short for them", () => {
    const text = shown(planOf([[STOP, {}]], [{ says: "Shuts down 2000 guests", entries: names(2_000) }]));
    expect(text.length).toBeLessThanOrEqual(12_000);
    expect(text).toMatch(/\d+ of 2000 shown \(cut to fit\)/);
    expect(text).toContain("Sends: POST /cluster/bulk-action/guest/shutdown");
  });

  it("cuts no sentence, however long", () => {
    const sentence = `Lost: ${Array.from({ length: 300 }, (_, at) => `name-${at}`).join(", ")}.`;
    const text = shown(planOf([[STOP, {}]], [sentence]));
    for (let at = 0; at < 300; at++) expect(text).toMatch(new RegExp(`name-${at}[,.]`));
  });

  it("breaks no quotation, so that what users wrote never begins a line", () => {
    const quotes = Array.from({ length: 30 }, (_, at) =>
      quoted(`${at}, - Nothing is lost, ${"x, ".repeat(20)}`),
    );
    const text = shown(planOf([[STOP, {}]], [`Lost: ${quotes.join(", ")}.`]));
    for (const line of text.split("\n"))
      expect(line.replace(/“[^”]*”/g, "")).not.toMatch(/Nothing is lost|[“”]/);
    for (const quote of quotes) expect(text).toContain(quote);
  });
});

describe("the requests of a plan", () => {
  it.each<[unknown, string]>([
    [Array.from({ length: 130 }, (_, at) => 2000 + at), "vms=2000-2129"],
    [["100", "101", "102", "200", "201", "300"], "vms=100-102,200,201,300"],
    ["2000,2001,2002,2003", "vms=2000-2003"],
    ["102,101,100", "vms=102,101,100"],
    [[100, 101], "vms=100,101"],
    ["100,101,web", "vms=100,101,web"],
  ])("name ids exactly: %j", (vms, expected) => {
    expect(shown(planOf([[STOP, { vms }]]))).toContain(
      `Sends: ${STOP} ${expected}`.replace("{node}", "pve1"),
    );
  });

  it("are unabridged: many parameters on a line each, a long text below", () => {
    const disks = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `scsi${at}`,
        `local-lvm:${at + 1},iothread=1,discard=on,ssd=1,backup=0`,
      ]),
    );
    const description = `First line\n${"word ".repeat(300)}end of it`;
    const text = shown(planOf([[CONFIG, { node: "pve1", vmid: 100, ...disks, description }]]));
    for (const [name, value] of Object.entries(disks)) expect(text).toContain(`${name}: ${value}`);
    expect(text).toContain("Sends: PUT /nodes/pve1/qemu/100/config:");
    expect(text).toContain(description);
  });

  it("are all there, however many", () => {
    const steps = Array.from({ length: 60 }, (_, at): readonly [Route, Params] => [
      CONFIG,
      { node: "pve1", vmid: 2000 + at, cores: 2 },
    ]);
    const text = shown(planOf(steps));
    for (const [, { vmid }] of steps) expect(text).toContain(`PUT /nodes/pve1/qemu/${vmid}/config cores=2`);
  });

  it("have no secret", () => {
    const text = shown(planOf([[CONFIG, { node: "pve1", vmid: 100, cipassword: "s3cr3t-pass" }]]));
    expect(text).toContain("cipassword=[redacted]");
    expect(text).not.toContain("s3cr3t");
  });
});

describe("the form of a plan", () => {
  const FINAL = ["what is on the disks is gone.", "the snapshots are gone."];

  it("has title, what is minded, what is lost and what is sent, whatever else there is", () => {
    const points: readonly Point[] = [
      { says: "Shuts down 130 guests", entries: names(130) },
      ...Array.from({ length: 40 }, (_, at) => `Point ${at}: ${"x".repeat(100)}.`),
    ];
    const steps = Array.from({ length: 200 }, (): readonly [Route, Params] => [STOP, { "force-stop": true }]);
    const lines = planMessage("Bulk shutdown", planOf(steps, points, FINAL)).split("\n");
    expect(lines.join("\n").length).toBeLessThanOrEqual(1_500);
    expect(lines[0]).toBe("Bulk shutdown?");
    expect(lines[1]).toMatch(/^- Shuts down 130 guests: VM 2000 \(load-0\), .* and \d+ more\.$/);
    const [more, mind, lost, sends] = lines.slice(-4);
    expect(more).toMatch(/^- and \d+ more$/);
    expect(mind).toMatch(/^- Mind: .*force-stop/);
    expect(lost).toBe("- Cannot be undone: what is on the disks is gone; the snapshots are gone.");
    expect(sends).toMatch(/^Sends: POST \/cluster\/bulk-action\/guest\/shutdown; .* and \d+ more$/);
    const left = Number(/\d+/.exec(more ?? "")?.[0]);
    expect(lines.length - 5 + left).toBe(points.length);
  });

  it("has what is asked for, which the requests of a whole plan say", () => {
    const given: Point = { says: "With", entries: ["type nfs", "server nas.example"], inRequest: true };
    const plan = planOf([["POST /storage", { storage: "s2", type: "nfs", server: "nas.example" }]], [given]);
    expect(planMessage("Create storage", plan)).toBe(
      "Create storage?\n- With: type nfs, server nas.example.\nSends: POST /storage",
    );
    expect(shown(plan).split("nas.example")).toHaveLength(2);
  });

  it("has room for settings, and says how many more there are", () => {
    const entries = Array.from({ length: 40 }, (_, at) => `scsi${at} local-lvm:${at},iothread=1`);
    const points: readonly Point[] = [
      `New: VM 777 on pve1, ${"x".repeat(400)}.`,
      { says: "With", entries, inRequest: true },
      ...Array.from({ length: 9 }, () => "y".repeat(300)),
    ];
    const mind = Array.from({ length: 30 }, (_, at): readonly [Route, Params] => [
      STOP,
      { "force-stop": true, vms: [at] },
    ]);
    for (const final of [[], Array.from({ length: 20 }, (_, at) => `${"z".repeat(60)} ${at} is gone.`)]) {
      const text = planMessage("Create VM", planOf(mind, points, final));
      expect(text.length).toBeLessThanOrEqual(1_500);
      expect(text).toMatch(/^- With: scsi0 local-lvm:0,iothread=1, .* and \d+ more\.$/m);
    }
  });
});
