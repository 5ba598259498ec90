import { describe, expect, test } from "vitest";
import { createCallerLimits, type Turn } from "./caller-limits.ts";

/** Limits by a clock that the test moves. */
function limits(perMinute: number, atOnce: number) {
  let time = 0;
  const made = createCallerLimits({ perMinute, atOnce }, () => time);
  return {
    enter: (caller: string): Turn => made.enter(caller),
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const kindOf = ({ kind }: Turn) => kind;
const leave = (turn: Turn) => {
  if (turn.kind === "in") turn.leave();
};

describe("requests a minute", () => {
  test("grow back with time, never above the whole", () => {
    const { enter, pass } = limits(6, 100);
    const made = () => [...Array(7)].map(() => enter("a")).filter(({ kind }) => kind === "in").length;
    expect(made()).toBe(6);
    pass(10_000);
    expect(made()).toBe(1);
    pass(3_600_000);
    expect(made()).toBe(6);
  });

  test("tell when the next one may come", () => {
    const { enter, pass } = limits(6, 100);
    for (let n = 0; n < 6; n++) enter("a");
    pass(4_000);
    const turn = enter("a");
    expect(turn).toMatchObject({ kind: "later", seconds: 6 });
    pass(6_000);
    expect(kindOf(enter("a"))).toBe("in");
  });

  test("are each caller's own", () => {
    const { enter } = limits(1, 100);
    expect(["a", "a", "b"].map((caller) => kindOf(enter(caller)))).toEqual(["in", "later", "in"]);
  });
});

describe("requests at once", () => {
  test("make room when one leaves, once however often it says so", () => {
    const { enter } = limits(1_000, 2);
    const [first] = [enter("a"), enter("a")];
    expect(enter("a")).toMatchObject({ kind: "later", seconds: 1 });
    leave(first);
    leave(first);
    expect([kindOf(enter("a")), kindOf(enter("a"))]).toEqual(["in", "later"]);
  });

  test("are remembered while one is under way, however long", () => {
    const { enter, pass } = limits(1_000, 1);
    enter("a");
    pass(3_600_000);
    enter("b");
    expect(kindOf(enter("a"))).toBe("later");
  });
});
