/** The shape of a JSON value: its type, for objects the shape by key, for arrays the united shape of the elements. */
export interface Shape {
  /** JSON types seen at this place; several when the elements of an array differ. */
  readonly types: Set<string>;
  readonly keys: Map<string, Shape>;
  elements?: Shape;
}

const empty = (): Shape => ({ types: new Set(), keys: new Map() });

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function add(shape: Shape, value: unknown): Shape {
  shape.types.add(typeOf(value));
  if (Array.isArray(value)) {
    for (const element of value) shape.elements = add(shape.elements ?? empty(), element);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value))
      shape.keys.set(key, add(shape.keys.get(key) ?? empty(), inner));
  }
  return shape;
}

export const shapeOf = (value: unknown): Shape => add(empty(), value);

const list = (types: Set<string>) => [...types].sort().join("|");

/** The first differences between two shapes, each `path: expected, got`; empty: the same shape. */
export function shapeDifferences(expected: Shape, actual: Shape, path = ""): string[] {
  if (list(expected.types) !== list(actual.types))
    return [`${path || "body"}: expected ${list(expected.types)}, got ${list(actual.types)}`];
  const found: string[] = [];
  for (const key of new Set([...expected.keys.keys(), ...actual.keys.keys()])) {
    const [before, after] = [expected.keys.get(key), actual.keys.get(key)];
    const place = path === "" ? key : `${path}.${key}`;
    if (before && after) found.push(...shapeDifferences(before, after, place));
    else found.push(before ? `${place}: missing` : `${place}: not expected`);
  }
  if (expected.elements && actual.elements)
    found.push(...shapeDifferences(expected.elements, actual.elements, `${path}[]`));
  return found;
}
