/** Values that every run makes anew: what a later call says must be translated to what this run made. */
const GENERATED: readonly RegExp[] = [
  /^UPID:/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  /^[0-9a-f]{40}$/,
  /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
  /vzdump-(qemu|lxc)-\d+-\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d/,
  /^backup-[0-9a-f-]+$/,
];

const isGenerated = (value: string) => GENERATED.some((pattern) => pattern.test(value));

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** How many fields two rows share. */
function likeness(a: Row, b: Row): number {
  return Object.entries(a).filter(([key, value]) => typeof value !== "object" && b[key] === value).length;
}

/** Learns from pairs of answers which generated value of a recording is which one here. */
export class GeneratedIds {
  readonly #texts = new Map<string, string>();
  readonly #pids = new Map<number, number>();

  learn(recorded: unknown, simulated: unknown): void {
    if (typeof recorded === "string" && typeof simulated === "string") {
      if (recorded !== simulated && isGenerated(recorded) && isGenerated(simulated))
        this.#texts.set(recorded, simulated);
    } else if (Array.isArray(recorded) && Array.isArray(simulated)) {
      for (const element of recorded) this.#learnElement(element, recorded, simulated);
    } else if (isRow(recorded) && isRow(simulated)) {
      for (const [key, value] of Object.entries(recorded)) this.learn(value, simulated[key]);
      const [before, after] = [recorded.pid, simulated.pid];
      if (typeof before === "number" && typeof after === "number") this.#pids.set(before, after);
    }
  }

  /** Rows are paired by what they have in common: lists come in any order. */
  #learnElement(element: unknown, recorded: readonly unknown[], simulated: readonly unknown[]): void {
    if (!isRow(element)) {
      this.learn(element, simulated[recorded.indexOf(element)]);
      return;
    }
    let best: Row | undefined;
    for (const other of simulated)
      if (isRow(other) && (!best || likeness(element, other) > likeness(element, best))) best = other;
    if (best) this.learn(element, best);
  }

  /** A text of the recording with every generated value replaced by this run's. */
  text(value: string): string {
    let result = value;
    for (const [before, after] of this.#texts)
      if (result.includes(before)) result = result.replaceAll(before, after);
    return result;
  }

  /** A parameter of the recording; process ids are numbers that only the parameter `pid` carries. */
  param(name: string, value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.param(name, item));
    return name === "pid" && typeof value === "number" ? (this.#pids.get(value) ?? value) : value;
  }
}
