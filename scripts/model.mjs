/**
 * Random sequences of writes, reads, questions and deletions by two clients, on disk and in memory, sharded or not, with and
 * without caches, against a plain array. The shortest failing sequence is printed.
 *
 *   node scripts/model.mjs [--runs 10000] [--steps 14] [--seed 1] [--folder DIR]
 *
 * Exits 1 on a difference. `npm test` does 300 runs.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    steps: { type: "string", default: "14" },
    seed: { type: "string", default: "1" },
    folder: { type: "string", default: existsSync("/dev/shm") ? "/dev/shm" : tmpdir() },
  },
});
const [runs, steps, seed] = [values.runs, values.steps, values.seed].map(Number);
const outdir = join(root, ".cache/model-build");
await build({
  entryPoints: [join(root, "test/model/main.ts"), join(root, "src/worker.ts")],
  outbase: root,
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  outExtension: { ".js": ".mjs" },
  logLevel: "warning",
});
const { configureRuntime, runModel } = await import(pathToFileURL(join(outdir, "test/model/main.mjs")).href);
configureRuntime({ workerUrl: pathToFileURL(join(outdir, "src/worker.mjs")) });
const folder = mkdtempSync(join(values.folder, "cloudvolume-model-"));
const start = performance.now();
try {
  await runModel({ runs, steps, seed, folder });
  console.log(
    `${runs} runs of up to ${steps} steps, seed ${seed}: no difference, ${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error, error?.cause);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
