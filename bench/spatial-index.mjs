// A spatial index of many labels in databases: how long it takes to build, and to look up boxes.
// usage: node bench/spatial-index.mjs [--labels 1000000] [--cells 1000] [ADDRESS…]     (default: a SQLite file)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { median, percentile } from "./measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { CloudVolume } = await import(pathToFileURL(join(here, "../dist/index.js")).href);
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args.splice(at, 2)[1]);
};
const labels = option("--labels", 1_000_000);
const edge = Math.round(option("--cells", 1000) ** (1 / 3));
const dir = mkdtempSync(join(tmpdir(), "cloudvolume-index-"));
const addresses = args.length > 0 ? args : [`sqlite://${join(dir, "index.db")}`];
const cell = 8192;
const size = edge * cell;

let state = 12345;
const below = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};

const path = join(dir, "layer");
await CloudVolume.create(`file://${path}`, {
  info: {
    layerType: "segmentation",
    dataType: "uint64",
    numChannels: 1,
    encoding: "raw",
    resolution: [1, 1, 1],
    voxelOffset: [0, 0, 0],
    volumeSize: [size, size, size],
    chunkSize: [512, 512, 512],
    mesh: "mesh",
  },
});
mkdirSync(join(path, "mesh"));
writeFileSync(
  join(path, "mesh/info"),
  JSON.stringify({ "@type": "neuroglancer_legacy_mesh", spatial_index: { chunk_size: [cell, cell, cell] } }),
);
const files = Array.from({ length: edge ** 3 }, () => []);
for (let i = 0; i < labels; i++) {
  const at = below(files.length);
  const corner = [at % edge, Math.floor(at / edge) % edge, Math.floor(at / edge ** 2)].map(
    (c) => c * cell + below(cell - 700),
  );
  files[at].push(`"${2 ** 40 + i * 4099}":[${corner},${corner.map((v) => v + 20 + below(600))}]`);
}
files.forEach((rows, at) => {
  const name = [at % edge, Math.floor(at / edge) % edge, Math.floor(at / edge ** 2)]
    .map((c) => `${c * cell}-${(c + 1) * cell}`)
    .join("_");
  writeFileSync(join(path, "mesh", `${name}.spatial`), `{${rows.join()}}`);
});

for (const spatialIndexDb of addresses) {
  const vol = await CloudVolume.open(`file://${path}`, { spatialIndexDb });
  const index = await vol.mesh.spatialIndex();
  const kind = spatialIndexDb.split(":")[0];
  let start = performance.now();
  await index.toSql();
  const built = performance.now() - start;
  const plain = await (await CloudVolume.open(`file://${path}`)).mesh.spatialIndex();
  for (const width of [500, 2000, 8000]) {
    const times = [];
    let hits = 0;
    for (let i = 0; i < 40; i++) {
      const corner = [0, 1, 2].map(() => below(size - width));
      const box = [...corner, ...corner.map((v) => v + width)];
      start = performance.now();
      const found = await index.query(box);
      times.push(performance.now() - start);
      hits += found.length;
      if (i % 8 === 0 && String(await plain.query(box)) !== String(found))
        throw new Error(`${kind}: ${box} differs`);
    }
    console.log(
      JSON.stringify({
        kind,
        labels,
        cells: files.length,
        width,
        p50_ms: +median(times).toFixed(2),
        p95_ms: +percentile(times, 0.95).toFixed(2),
        hits,
        built_s: +(built / 1e3).toFixed(1),
      }),
    );
  }
  start = performance.now();
  const all = await index.labels();
  console.log(JSON.stringify({ kind, every: all.length, ms: Math.round(performance.now() - start) }));
}
rmSync(dir, { recursive: true, force: true });
