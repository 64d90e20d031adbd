/**
 * Feeds damaged inputs to every codec, decompressor and binary parser: each has to refuse them by a typed error
 * or return data of the right size, write nowhere else, and not hang.
 *
 *   node scripts/fuzz.mjs [--runs 10000] [--seed 1] [target...]
 *
 * Exits 1 if a rule was broken; the inputs are then kept in .cache/fuzz. Not part of `npm test`.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error("usage: node scripts/fuzz.mjs [--runs 10000] [--seed 1] [target...]");
  process.exit(2);
}
const outdir = join(root, ".cache/fuzz-build");
await build({
  entryPoints: [join(root, "test/fuzz/main.ts")],
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
const { main } = await import(pathToFileURL(join(outdir, "main.mjs")).href);
const only = positionals.length > 0 ? { only: positionals } : {};
const violations = await main({ runs, seed, ...only, keep: ".cache/fuzz" });
console.log(violations === 0 ? "no violations" : `${violations} violations`);
process.exitCode = violations === 0 ? 0 : 1;
