/** Areas of PVE that an operator can switch on: those of the reference, one for each named tool. */
export const AREAS = [
  "nodes",
  "qemu",
  "lxc",
  "storage",
  "cluster",
  "access",
  "pools",
  "network",
  "firewall",
  "backup",
  "tasks",
  "ha",
] as const;
/** One of AREAS. */
export type Area = (typeof AREAS)[number];

/** Categories of tools: the areas, and the four tools that reach every operation of PVE's API. */
export const CATEGORIES = [...AREAS, "api"] as const;
/** One of CATEGORIES. */
export type Category = (typeof CATEGORIES)[number];

/** Words that stand for several tools at once. */
export const GROUPS = ["core", "default", "all"] as const;
/** One of GROUPS. */
export type Group = (typeof GROUPS)[number];

/** What `PVE_CATEGORIES` chooses. */
export interface Selection {
  /** Their tools are offered. */
  readonly categories: readonly Category[];
  /** The lean set is offered besides. */
  readonly core: boolean;
  /** The areas that the API tools reach; absent: every one, and what is in none of them. */
  readonly reach?: readonly Area[];
}

/** The selection that a list of categories and groups makes. A list of areas bounds the API tools to them. */
export function selectionOf(chosen: readonly (Category | Group)[]): Selection {
  const whole = chosen.some((name) => name === "default" || name === "all");
  const core = chosen.includes("core");
  const areas = AREAS.filter((area) => chosen.includes(area));
  return {
    categories: CATEGORIES.filter((category) => whole || chosen.includes(category)),
    core,
    ...(whole || core || areas.length === 0 ? {} : { reach: areas }),
  };
}

/** Is a tool of this category, in the lean set or not, selected? */
export const isSelected = (
  { categories, core }: Selection,
  tool: { readonly category: Category; readonly core?: true },
): boolean => categories.includes(tool.category) || (core && tool.core === true);
