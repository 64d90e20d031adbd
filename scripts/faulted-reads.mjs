/** usage: node scripts/faulted-reads.mjs [READS] [PERCENT] [SEED]: reads chunks from servers that fail now and then. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const outfile = resolve(".cache/faulted-reads.mjs");
mkdirSync(resolve(".cache"), { recursive: true });
await build({
  entryPoints: ["test/fuzz/faulted-main.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  logLevel: "error",
});
await import(pathToFileURL(outfile).href);
