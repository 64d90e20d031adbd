// Builds the library for browsers: an entry, its worker, and chunks that load on first use. No Node module and no
// package is left to resolve: `import { CloudVolume } from ".../dist/browser/index.js"` is all that a page needs.
// usage: node scripts/build-browser.mjs [--out DIR] [NAME=FURTHER_ENTRY …]     or import { buildBrowser }
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWithCore } from "./one-core.mjs";

const ENTRIES = {
  index: "src/browser.ts",
  precomputed: "src/precomputed.ts",
  worker: "src/worker.browser.ts",
};
/** What packages ask for when they run in Node. */
const NODE_ONLY = /^(node:)?(fs|path|crypto|url|module|os|worker_threads|util|ws)(\/promises)?$/;
/** Files that their package does not export. */
const HIDDEN = {
  "icodec/jxl-dec.js": "node_modules/icodec/dist/jxl-dec.js",
  "brotli/dec/decode.js": "node_modules/brotli/dec/decode.js",
  "brotli/dec/streams.js": "node_modules/brotli/dec/streams.js",
};

const OPTIONS = {
  bundle: true,
  splitting: true,
  chunkNames: "chunk-[hash]",
  format: "esm",
  platform: "browser",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  loader: { ".wasm": "binary" },
  minify: true,
  metafile: true,
  legalComments: "eof",
  logLevel: "error",
};

/** @returns esbuild's result, with its metafile. Further entries share the chunks of the library. */
export async function buildBrowser(out, further = {}) {
  return await buildWithCore({
    ...OPTIONS,
    first: ENTRIES.precomputed,
    entryPoints: Object.entries({ ...ENTRIES, ...further }).map(([name, path]) => ({ out: name, in: path })),
    outdir: out,
    plugins: [forBrowsers],
  });
}

/**
 * A module `x.ts` or `x.node.ts` that has a twin `x.browser.ts` is replaced by it. A module of Node that has none and is
 * loaded on first use says at that use that it needs Node; one that is needed from the start stops the build.
 */
export const forBrowsers = {
  name: "for-browsers",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, importer, resolveDir, kind }) => {
      if (!path.endsWith(".js") || importer.includes("node_modules")) return undefined;
      const module = resolve(resolveDir, path.slice(0, -3));
      const twin = `${module.replace(/\.node$/, "")}.browser.ts`;
      if (existsSync(twin)) return { path: twin };
      return module.endsWith(".node") && kind === "dynamic-import"
        ? { path: `${module}.ts`, namespace: "node-only" }
        : undefined;
    });
    onResolve({ filter: NODE_ONLY }, ({ importer }) =>
      importer.includes("node_modules") ? { path: "nothing", namespace: "nothing" } : undefined,
    );
    onResolve({ filter: /^(icodec|brotli)\// }, ({ path }) =>
      Object.hasOwn(HIDDEN, path) ? { path: realpathSync(HIDDEN[path]) } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "node-only" }, ({ path }) => ({
      contents: needsNode(path),
      resolveDir: dirname(path),
      loader: "ts",
    }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "export default {};", loader: "js" }));
  },
};

function needsNode(path) {
  const errors = resolve("src/base/errors.ts");
  const name = path.slice(join(process.cwd(), "src").length + 1).replace(/\.node\.ts$/, "");
  return `import { CloudVolumeError } from ${JSON.stringify(errors)};
throw new CloudVolumeError("This needs Node", { where: ${JSON.stringify(name)}, got: "a browser" });`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const out = args.includes("--out") ? args[args.indexOf("--out") + 1] : "dist/browser";
  const more = args.filter((arg) => arg.includes("=")).map((arg) => arg.split("="));
  await buildBrowser(out, Object.fromEntries(more));
}
