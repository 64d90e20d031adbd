/**
 * Uploads in parts that fail at random requests, and conditional writes whose answers are lost, on real servers
 * (scripts/servers.sh): what is left behind, and whether writers are told the truth.
 *
 *   node scripts/uploads.mjs [--runs 200] [--writes 1000] [--seed 1] [moto | versitygw | fake-gcs-server ...]
 *
 * Exits 1 if a rule was broken. Not part of `npm test`; test/peers/uploads.test.ts runs a few.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const { values, positionals } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    writes: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
  allowPositionals: true,
});
const outdir = join(root, ".cache/uploads-build");
await build({
  entryPoints: [join(root, "test/uploads/main.ts")],
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
const { failUploads, loseReplies } = await import(pathToFileURL(join(outdir, "main.mjs")).href);
let broken = 0;
for (const server of positionals.length > 0 ? positionals : ["versitygw"]) {
  for (const [what, run, count] of [
    ["uploads in parts", failUploads, Number(values.runs)],
    ["conditional writes", loseReplies, Number(values.writes)],
  ]) {
    const report = await run(server, count, Number(values.seed));
    const { runs, failed, succeeded, faults, violations } = report;
    console.log(
      `${server}: ${runs} ${what}, ${faults} faults: ${succeeded} stored, ${failed} failed, ${violations.length} rules broken`,
    );
    for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
    broken += violations.length;
  }
}
process.exitCode = broken === 0 ? 0 : 1;
