// Builds whose first modules lie in one file: esbuild makes a chunk for each set of entries and dynamic imports that share
// modules, some eighty of them, and finding and opening files is much of the time that a start takes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/**
 * Builds with the modules that `first` needs from the start, its core, in one chunk, which every entry loads.
 * @returns esbuild's result.
 */
export async function buildWithCore({ first, plugins = [], ...options }) {
  const core = await coreModules({ ...options, plugins }, first);
  // Outside of the package, which says that its modules have no side effects.
  const folder = mkdtempSync(join(tmpdir(), "core-"));
  const together = join(folder, "core.js");
  writeFileSync(together, core.map((path) => `import ${JSON.stringify(path)};`).join("\n"));
  try {
    return await build({
      ...options,
      inject: [together],
      plugins: [keeping(together), ...plugins],
      // The entry's own module may be in the core.
      logOverride: { "ignored-bare-import": "silent" },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The modules that an entry loads before it runs. */
async function coreModules({ plugins, ...options }, first) {
  const { metafile } = await build({
    ...options,
    entryPoints: [first],
    outdir: "unwritten",
    splitting: false,
    write: false,
    metafile: true,
    plugins: [withoutDynamic, ...plugins],
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => resolve(path));
}

const withoutDynamic = {
  name: "without-dynamic",
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** The core is imported for its effects: so it is kept whole, and comes to lie in one chunk. */
function keeping(core) {
  return {
    name: "keeping-the-core",
    setup({ onResolve }) {
      onResolve({ filter: /^\// }, ({ path, importer }) =>
        importer === core ? { path, sideEffects: true } : undefined,
      );
    },
  };
}
