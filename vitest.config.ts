import { defineConfig } from "vitest/config";

/** Tests that open volumes: they need the worker module, which `test/support/build.ts` bundles first. */
const whole = ["src/*.test.ts", "src/volume/**/*.test.ts", "apps/**/*.test.ts", "test/**/*.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "rooms",
          include: ["src/*/**/*.test.ts", "kernels/**/*.test.ts", "test/architecture.test.ts"],
          exclude: ["src/volume/**"],
          setupFiles: ["test/support/seed.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: whole,
          exclude: ["test/architecture.test.ts"],
          globalSetup: ["test/support/build.ts"],
          setupFiles: ["test/support/seed.ts", "test/support/setup.ts"],
          execArgv: ["--expose-gc"],
        },
      },
    ],
  },
});
