// Builds the package: dist/index.js (library), dist/worker.js (threads), dist/cli.js, dist/browser, the pages of
// the viewers, and the types.
// usage: node scripts/build.mjs [--no-types] [--out DIR]
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { buildBrowser } from "./build-browser.mjs";
import { copyNeuroglancer } from "./build-neuroglancer.mjs";
import { buildWithCore } from "./one-core.mjs";

const args = process.argv.slice(2);
const out = args.includes("--out") ? args[args.indexOf("--out") + 1] : "dist";
rmSync(out, { recursive: true, force: true });
const NODE = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  minify: true,
  // Beside the entries, so that "./worker.js" is the worker from any of them.
  chunkNames: "chunk-[hash]",
  legalComments: "none",
  logLevel: "warning",
  outdir: out,
};
const codecs = readdirSync("src/exports").map((file) => ({
  out: `codecs/${file.slice(0, -3)}`,
  in: `src/exports/${file}`,
}));
const library = [{ out: "index", in: "src/node.ts" }, ...codecs];
await buildWithCore({ ...NODE, first: "src/node.ts", entryPoints: library });
// Threads and the command line start by themselves: the former need less, the latter nothing until it is told what to do.
await buildWithCore({
  ...NODE,
  first: "src/worker.ts",
  entryPoints: [{ out: "worker", in: "src/worker.ts" }],
});
await build({ ...NODE, entryPoints: [{ out: "cli", in: "apps/cli/main.ts" }], plugins: [libraryBeside()] });
// The pages of mesh.viewer() and cutout.viewer(): served by the library, run by a browser.
await build({
  entryPoints: [
    { out: "object-viewer", in: "apps/object-viewer/main.js" },
    { out: "small-viewer", in: "apps/small-viewer/main.ts" },
    { out: "small-viewer", in: "apps/small-viewer/style.css" },
  ],
  outdir: out,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  logLevel: "warning",
});
await buildBrowser(`${out}/browser`);
copyLibjxl(`${out}/libjxl`);
await copyNeuroglancer(`${out}/neuroglancer`);
if (existsSync(`${out}/cli.js`)) chmodSync(`${out}/cli.js`, 0o755);
if (!args.includes("--no-types")) {
  const tsc = spawnSync("node_modules/.bin/tsc", ["--emitDeclarationOnly", "-p", "tsconfig.build.json"], {
    stdio: "inherit",
  });
  process.exitCode = tsc.status ?? 1;
}

/** What applications import of the library is the built one beside them. */
function libraryBeside() {
  return {
    name: "library-beside",
    setup({ onResolve }) {
      onResolve({ filter: /\/src\/node\.js$/ }, () => ({ path: "./index.js", external: true }));
    },
  };
}

/** The decoder of JPEG XL, loaded by its place beside the library; of its package just these files are needed. */
function copyLibjxl(folder) {
  mkdirSync(folder);
  for (const file of ["jxl-dec.js", "jxl-dec.wasm"])
    copyFileSync(`node_modules/icodec/dist/${file}`, `${folder}/${file}`);
  copyFileSync("src/codecs/jxl/libjxl.LICENSE.txt", `${folder}/LICENSE.txt`);
}
