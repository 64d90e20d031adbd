// Bundles Neuroglancer (npm) into files that a server can hand out offline: index.html, main.js and main.css, its two
// workers, what they share, and the WASM they fetch. Kept under .cache/neuroglancer by version and recipe: built once.
// usage: node scripts/build-neuroglancer.mjs [--out DIR]     or import { copyNeuroglancer }
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version as esbuildVersion } from "esbuild";
import { icon } from "../apps/neuroglancer/icons.mjs";

const PACKAGE = "node_modules/neuroglancer";
const PAGE = "apps/neuroglancer/index.html";
/** Each becomes a file of this name; the workers are started by these names. */
const ENTRIES = ["main", "chunk_worker", "async_computation"];
const RECIPE = [fileURLToPath(import.meta.url), PAGE, "apps/neuroglancer/icons.mjs"];

/** Puts the bundle into a folder, building it if this recipe has not been yet. */
export async function copyNeuroglancer(out) {
  cpSync(await builtOnce(), out, { recursive: true });
}

async function builtOnce() {
  const { version } = JSON.parse(readFileSync(`${PACKAGE}/package.json`, "utf8"));
  const hash = createHash("sha256").update(esbuildVersion);
  for (const file of RECIPE) hash.update(readFileSync(file));
  const kept = `.cache/neuroglancer/${version}-${hash.digest("hex").slice(0, 12)}`;
  if (existsSync(kept)) return kept;
  const unfinished = `${kept}.${process.pid}`;
  await bundle(unfinished);
  // Another build may have been faster; its files are the same.
  if (existsSync(kept)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, kept);
  return kept;
}

async function bundle(out) {
  mkdirSync(out, { recursive: true });
  const { metafile } = await build({
    entryPoints: ENTRIES.map((name) => ({ out: name, in: `${PACKAGE}/lib/${name}.bundle.js` })),
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    chunkNames: "chunk-[hash]",
    legalComments: "none",
    logLevel: "warning",
    plugins: [icons, flat(out)],
  });
  cpSync(PAGE, join(out, "index.html"));
  writeFileSync(join(out, "LICENSES.txt"), licences(Object.keys(metafile.inputs)));
}

const icons = {
  name: "icons",
  setup(of) {
    of.onResolve({ filter: /^ikonate\/icons\/.*\.svg\?raw$/ }, ({ path }) => ({ path, namespace: "icon" }));
    of.onLoad({ filter: /./, namespace: "icon" }, ({ path }) => ({
      contents: icon(basename(path, ".svg?raw")),
      loader: "text",
    }));
  },
};

/** Workers and WASM are named by places in Neuroglancer's sources; in the bundle all of them lie beside the script. */
function flat(out) {
  return {
    name: "flat",
    setup(of) {
      of.onLoad({ filter: /neuroglancer[\\/]lib[\\/].*\.js$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const contents = text.replace(/new URL\(\s*"([^"]+)",\s*import\.meta\.url\s*\)/g, (_, file) => {
          const name = basename(file).replace(/\.bundle\.js$/, ".js");
          if (!ENTRIES.includes(name.slice(0, -3))) cpSync(join(dirname(path), file), join(out, name));
          return `new URL("./${name}", import.meta.url)`;
        });
        return { contents, loader: "js" };
      });
    },
  };
}

/** The licences of all packages that are in the bundle. */
function licences(inputs) {
  const packages = inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const texts = [...new Set(packages)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { argv } = process;
  const out = argv.includes("--out") ? argv[argv.indexOf("--out") + 1] : "dist/neuroglancer";
  await copyNeuroglancer(out);
}
