/** What a page loads: how many bytes before the first voxel, and that everything else waits until it is used. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, describe, expect, inject, test } from "vitest";

const dist = join(inject("build"), "browser");
/** What text in a built file tells that a module is in it. */
const MARKS: Readonly<Record<string, RegExp>> = {
  jpeg: /image\/jpeg/,
  draco: /draco/i,
  zstd: /Damaged zstd|zstd data/,
  auth: /AWS_ACCESS_KEY_ID/,
};
const folder = mkdtempSync(join(tmpdir(), "cloudvolume-size-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files that are loaded together with one: those that it imports, and so on. */
function eager(...entries: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, next = ""] of textOf(file).matchAll(
      /(?:^|[;}\s])(?:import|export)\s?(?:[^"'();]*?from)?\s?"\.\/([^"]+)"/g,
    ))
      visit(next);
  };
  for (const entry of entries) visit(entry);
  return seen;
}

function textOf(file: string): string {
  return readFileSync(join(dist, file), "utf8");
}

function gzipped(files: Iterable<string>): number {
  let sum = 0;
  for (const file of files) sum += gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  return sum;
}

/** The chunk that a codec is loaded from: the one file whose text has its mark and that is no part of the core. */
function chunkWith(text: string): string {
  const core = eager("precomputed.js");
  const found = readdirSync(dist).filter(
    (file) => file.startsWith("chunk-") && !core.has(file) && textOf(file).includes(text),
  );
  const [smallest] = found.sort((a, b) => textOf(a).length - textOf(b).length);
  if (smallest === undefined) throw new Error(`no chunk holds ${text}`);
  return smallest;
}

describe("a page that reads Precomputed by http", () => {
  test("loads under 25 kB for raw and gzip, before the first voxel", () => {
    const bytes = gzipped(eager("precomputed.js"));
    console.log(
      `precomputed, raw and gzip over http: ${bytes} bytes gzipped, in ${eager("precomputed.js").size} files`,
    );
    expect(bytes).toBeLessThan(25_000);
  });

  test("loads under 60 kB with compressed_segmentation and png", () => {
    const files = eager(
      "precomputed.js",
      chunkWith("image/x.compressed_segmentation"),
      chunkWith("image/png"),
    );
    const bytes = gzipped(files);
    console.log(`… and compressed_segmentation and png: ${bytes} bytes gzipped, in ${files.size} files`);
    expect(bytes).toBeLessThan(60_000);
  });

  test("has no codec, no compression and no credentials in what it loads first", () => {
    const text = [...eager("precomputed.js")].map(textOf).join("\n");
    const inside = Object.keys(MARKS).filter((name) => MARKS[name]!.test(text));
    expect(inside).toEqual([]);
  });
});

test("the whole library loads the heavy modules later", () => {
  const bytes = gzipped(eager("index.js"));
  console.log(
    `CloudVolume with all its methods: ${bytes} bytes gzipped; the worker: ${gzipped(eager("worker.js"))}`,
  );
  const [jpeg] = readdirSync(dist)
    .filter((file) => file.startsWith("chunk-") && textOf(file).includes("JPEGDecoder"))
    .map((file) => gzipped([file]));
  console.log(`libjpeg-turbo's script, loaded on first use: ${jpeg} bytes gzipped`);
  expect(bytes).toBeLessThan(220_000);
});

test("nothing asks for Node or for a package", () => {
  const files = readdirSync(dist).filter((file) => file.endsWith(".js"));
  const imports = files.flatMap((file) =>
    [...textOf(file).matchAll(/(?:\bfrom|\bimport)\s?\(?\s?"([\w@.:/-]+)"/g)].map(([, name = ""]) => name),
  );
  expect(imports.filter((name) => !name.startsWith("./"))).toEqual([]);
  expect(imports.every((name) => existsSync(join(dist, name)))).toBe(true);
});

test("a bundler keeps it so: an application of the reader alone", async () => {
  const result = await build({
    stdin: { contents: `export { openPrecomputed } from "./precomputed.js";`, resolveDir: dist },
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    outdir: folder,
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const { outputs } = result.metafile;
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { kind, path } of outputs[file]?.imports ?? []) if (kind === "import-statement") visit(path);
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) if (entryPoint === "<stdin>") visit(file);
  const bytes = result.outputFiles
    .filter(({ path }) => [...loaded].some((file) => path.endsWith(file.split("/").at(-1) ?? "-")))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  console.log(
    `an application of openPrecomputed, by esbuild: ${bytes} bytes gzipped in ${loaded.size} files`,
  );
  expect(loaded.size).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(26_000);
});
