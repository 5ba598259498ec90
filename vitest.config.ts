import { defineConfig } from "vitest/config";

/** Where CI wants the counts as JSON. */
const report = process.env.MCP_PVE_TEST_REPORT;
const E2E = "tests/e2e/**/*.test.ts";
const FAULTS = "tests/faults/**/*.test.ts";

export default defineConfig({
  test: {
    testTimeout: 20_000,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "tests/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [E2E, FAULTS],
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [E2E],
          globalSetup: "tests/support/build-dist.ts",
          // These tests measure time: they come last, and a file at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: [FAULTS],
          globalSetup: "tests/support/build-dist.ts",
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
