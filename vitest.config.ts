import { defineConfig } from "vitest/config";

/** Where CI wants the counts as JSON. */
const report = process.env.MCP_PVE_TEST_REPORT;
const E2E = "tests/e2e/**/*.test.ts";

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
          exclude: [E2E],
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
    ],
  },
});
