// Kernels alone, without files or volumes: prints a table of GB/s or MVx/s, best and median of many repetitions.
// usage: node bench/kernels.mjs [ROOT]   (ROOT: benchmark workloads; without it chunks are made here)
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, gunzipSync, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { median } from "./measure.mjs";

const src = fileURLToPath(new URL("../src", import.meta.url));
const { outputFiles } = buildSync({
  stdin: {
    contents: `
      export { createWorkspace, createSharedMemory } from "./base/memory-workspace.ts";
      export { placeDense } from "./base/place.ts";
      export { gunzipInto } from "./compression/gunzip-workspace.ts";
      export { crc32Region } from "./compression/crc32-workspace.ts";
      export { compressedSegmentation as cseg } from "./codecs/compressed-segmentation/index.ts";`,
    resolveDir: src,
    loader: "ts",
  },
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const lib = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`
);

const root = process.argv[2];
const CHUNK = [64, 64, 64, 1];

/** Labels of a segmentation-like volume: balls around lattice points, 64-bit ids. */
function labels() {
  const out = new BigUint64Array(64 ** 3);
  for (let i = 0; i < out.length; i++) {
    const [x, y, z] = [i & 63, (i >> 6) & 63, i >> 12];
    const cell = ((x + 3 * Math.sin(y / 7)) / 19) | 0;
    out[i] = BigInt(cell + 7 * ((y / 23) | 0) + 31 * ((z / 17) | 0)) * 0x9e3779b97fn + 1n;
  }
  return new Uint8Array(out.buffer);
}

function image() {
  let state = 1;
  return Uint8Array.from({ length: 64 ** 3 }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const noise = ((state >>> 16) & 15) + ((state >>> 20) & 15) + ((state >>> 24) & 15);
    return 100 + 40 * Math.sin(i / 9) + noise;
  });
}

/** gzip files of a workload of chunks of 64^3. */
function files(name, make) {
  const dir = root === undefined ? "" : join(root, name, "8_8_40");
  if (!existsSync(dir)) return [gzipSync(make())];
  const names = readdirSync(dir).filter((f) => f.endsWith(".gz"));
  return names.slice(0, 24).map((f) => readFileSync(join(dir, f)));
}

/** Units per second of `run` (which does `units` of them): best and median of 200 short spans. */
function speed(units, run) {
  const rates = [];
  for (let i = 0; i < 200; i++) {
    const t = performance.now();
    let n = 0;
    do {
      run();
      n++;
    } while (performance.now() - t < 3);
    rates.push((n * units) / (performance.now() - t) / 1e3);
  }
  return [Math.max(...rates), median(rates)];
}

function report(what, unit, units, run) {
  const [best, mid] = speed(units, run);
  console.log(`${what.padEnd(52)} ${mid.toFixed(0).padStart(7)} ${unit}  (best ${best.toFixed(0)})`);
}

function put(ws, bytes) {
  const region = ws.allocate(bytes.length);
  ws.bytes().set(bytes, region.ptr);
  return region;
}

for (const [kind, memory] of [
  ["private", undefined],
  ["shared", lib.createSharedMemory()],
]) {
  const ws = lib.createWorkspace({ memory });
  const cseg = () => {
    const source = put(ws, labels());
    return lib.cseg.encode(ws, source, { shape: CHUNK, dtype: "uint64", blockSize: [8, 8, 8] });
  };
  for (const [name, make] of [
    ["seg-raw_gzip-c64", labels],
    ["img-raw_gzip-c64", image],
    ["seg-cseg_gzip-c64", cseg],
  ]) {
    const chunks = files(name, make);
    const regions = chunks.map((c) => put(ws, c));
    const bytes = chunks.reduce((n, c) => n + gunzipSync(c).length, 0);
    report(`${kind} gunzip + crc ${name}`, "MB/s", bytes, () => {
      for (const r of regions) lib.gunzipInto(ws, r, 1 << 22, "");
    });
    if (kind === "private")
      report(`node gunzipSync ${name}`, "MB/s", bytes, () => {
        for (const c of chunks) gunzipSync(c, { chunkSize: 1 << 21 });
      });
  }
  for (const size of [1024, 10_000, 65_536, 262_144, 2 ** 21]) {
    const region = put(ws, new Uint8Array(size).fill(7));
    report(`${kind} crc32 of ${size}`, "MB/s", size, () => lib.crc32Region(ws, region));
    const bytes = new Uint8Array(size);
    if (kind === "private" && crc32 !== undefined)
      report(`node crc32 of ${size}`, "MB/s", size, () => crc32(bytes));
  }
  const encoded = files("seg-cseg_gzip-c64", () => gunzipSync(gzipSync(cseg()))).map((f) =>
    f[0] === 0x1f ? gunzipSync(f) : f,
  );
  const sources = encoded.map((e) => put(ws, e));
  const voxels = sources.length * 64 ** 3;
  const out = ws.allocate(64 * 2 ** 20);
  for (const [dtype, bytes] of [["uint64", 8]]) {
    const spec = { shape: CHUNK, dtype, blockSize: [8, 8, 8] };
    const place = (nx, ny) => ({
      stride: [nx * bytes, nx * ny * bytes, 0],
      from: [0, 0, 0],
      size: [64, 64, 64],
    });
    report(`${kind} cseg decode ${dtype} into a dense chunk`, "MVx/s", voxels, () => {
      for (const s of sources) lib.cseg.decode(ws, s, spec, { ptr: out.ptr, ...place(64, 64) });
    });
    report(`${kind} cseg decode ${dtype} into 512 x 256 x 64`, "MVx/s", voxels, () => {
      for (const [i, s] of sources.entries()) {
        const at = ((i % 8) * 64 + ((i >> 3) % 4) * 64 * 512) * bytes;
        lib.cseg.decode(ws, s, spec, { ptr: out.ptr + at, ...place(512, 256) });
      }
    });
    const dense = { ptr: out.ptr, length: 64 ** 3 * bytes };
    lib.cseg.decode(ws, sources[0], spec, { ptr: out.ptr, ...place(64, 64) });
    report(`${kind} cseg encode ${dtype}`, "MVx/s", 64 ** 3, () => lib.cseg.encode(ws, dense, spec));
    const far = ws.allocate(64 * 2 ** 20);
    report(`${kind} place a chunk of ${dtype} into 512 x 256 x 64`, "MVx/s", 64 ** 3, () =>
      lib.placeDense(ws, dense, CHUNK, bytes, { ptr: far.ptr, ...place(512, 256) }),
    );
  }
}
