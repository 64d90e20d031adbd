import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/** Tests that open volumes: they need the worker module, which `test/support/build.ts` bundles first. */
const whole = ["src/*.test.ts", "src/volume/**/*.test.ts", "apps/**/*.test.ts", "test/**/*.test.ts"];
/** Tests that need more than Node and npm (the Python originals, servers): run by `.ci/run`, or `npm run test:peers`. */
const peers = ["**/originals.test.ts", "**/*.originals.test.ts", "test/parity/**", "test/peers/**"];
const outside = ["node_modules/**", "dist/**", ".cache/**"];
const volumes = {
  globalSetup: ["test/support/build.ts"],
  setupFiles: ["test/support/seed.ts", "test/support/setup.ts"],
  execArgv: ["--expose-gc"],
};

/** Files that their package does not export; the build of the browser finds them, too. */
const hidden = ["brotli/dec/decode.js", "brotli/dec/streams.js"];

export default defineConfig({
  resolve: {
    alias: hidden.map((find) => ({ find, replacement: resolve("node_modules", find) })),
  },
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
          exclude: ["src/volume/**", ...peers, ...outside],
          setupFiles: ["test/support/seed.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: whole,
          exclude: ["test/architecture.test.ts", ...peers, ...outside],
          ...volumes,
        },
      },
      {
        extends: true,
        test: { name: "peers", include: peers.map(tests), exclude: outside, ...volumes },
      },
    ],
  },
});

function tests(pattern: string): string {
  return pattern.endsWith("/**") ? `${pattern}/*.test.ts` : pattern;
}
