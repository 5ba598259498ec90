import { describeApi } from "./api/api-describe.ts";
import { searchApi } from "./api/api-search.ts";
import { category, tool } from "./define.ts";
import type { Input } from "./tool.ts";

const ROUTE: Input = {
  description: "e.g. PUT /nodes/{node}/qemu/{vmid}/config",
  schema: { type: "string" },
  required: true,
};
const COUNT: Input = { schema: { type: "integer" } };
const PARAMS: Input = { schema: { type: "object" } };

/** The four tools that reach every operation of PVE's API. */
export const apiTools = category("api", [
  tool({
    name: "pve_search_api",
    title: "Search PVE's API",
    tier: "read-only",
    description: "Find operations of PVE's API by what they do. For what no other tool does.",
    route: "GET /access/permissions",
    closes: [],
    inputs: {
      query: { description: "in plain words: resize a disk", schema: { type: "string" }, required: true },
      method: { schema: { type: "string", enum: ["GET", "POST", "PUT", "DELETE"] } },
      limit: COUNT,
    },
    run: searchApi,
  }),
  tool({
    name: "pve_describe_api",
    title: "Describe an operation of PVE's API",
    tier: "read-only",
    description: "How to call an operation: parameters, permission, effect, an example.",
    route: "GET /access/permissions",
    closes: [],
    inputs: {
      route: ROUTE,
      parameters: {
        description: 'show these in full, e.g. ["net*"]',
        schema: { type: "array", items: { type: "string" } },
      },
    },
    run: describeApi,
  }),
  tool({
    name: "pve_read_api",
    title: "Read from PVE's API",
    tier: "read-only",
    description: "Any GET that only reads.",
    any: "read",
    route: "GET /version",
    closes: [],
    inputs: {
      route: ROUTE,
      params: PARAMS,
      fields: { description: "comma list", schema: { type: "string" } },
      filter: { description: "e.g. status=running name~web mem>1000", schema: { type: "string" } },
      limit: COUNT,
      start: COUNT,
    },
  }),
  tool({
    name: "pve_write_api",
    title: "Call PVE's API",
    tier: "read-execute",
    description: "Any other operation; checked, planned and confirmed like every change.",
    any: "change",
    route: "GET /version",
    closes: [],
    inputs: { route: ROUTE, params: PARAMS },
  }),
]);
