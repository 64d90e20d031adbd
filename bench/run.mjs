// Prints one JSON line for each measurement of our side, as the peers' scripts do.
// usage: node bench/run.mjs ROOT WORKLOAD [--op OP]     (OP: full_read full_read_out full_write cutout64 cutout64_lru points500 transfer_copy transfer_transcode http_read@MS http_cutout64@MS startup read_loop25)
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { median, peakMb, percentile, resetPeak, row, timed } from "./measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const library = pathToFileURL(join(here, "../dist/index.js")).href;
const [root, name, , op] = process.argv.slice(2);
if (root === undefined || name === undefined) {
  console.error("usage: npm run bench -- ROOT WORKLOAD [--op OP]");
  process.exit(2);
}
const w = JSON.parse(readFileSync(join(root, "workloads.json"), "utf8"))[name];
if (w === undefined) {
  console.error(`no workload ${name}`);
  process.exit(2);
}
w.path = resolve(root, w.path);
const { corners, points } =
  w.kind === "volume"
    ? JSON.parse(readFileSync(join(root, "points.json"), "utf8"))[w.data === "flow" ? "flow" : "big"]
    : {};
const voxels = w.kind === "volume" ? w.shape.slice(0, 3).reduce((a, b) => a * b, w.shape[3] ?? 1) : 0;
/** Python frees a cut-out when its name is given to the next one; here that is said: BENCH_RELEASE=1. */
const release = process.env.BENCH_RELEASE === "1";
const budget = Number(process.env.BENCH_BUDGET ?? 3);
const emit = (what, unit, values, extra = {}) =>
  console.log(JSON.stringify(row(name, what, unit, values, extra)));

const OPS = {
  full_read: async (open) => {
    const vol = await open();
    resetPeak();
    const seconds = await timed(async () => void (await vol.download()), { budget });
    emit("full_read", "MVx/s", seconds.map(rate));
  },
  full_read_out: async (open) => {
    const vol = await open();
    const { data: out } = await vol.download();
    const seconds = await timed(async () => void (await vol.download("...", { out })), { budget });
    emit("full_read_out", "MVx/s", seconds.map(rate));
  },
  read_loop25: async (open) => {
    const vol = await open();
    resetPeak();
    const seconds = await timed(async () => void (await vol.download()), {
      budget: Infinity,
      reps: 25,
      warmup: 0,
    });
    emit("read_loop25", "MVx/s", seconds.map(rate));
  },
  full_write: async (open, lib) => {
    const source = await open();
    const array = npy(join(root, `${w.data}.npy`), lib);
    const target = join(root, "scratch", `ours-${name}`);
    const clean = () => rmSync(target, { recursive: true, force: true });
    const seconds = await timed(
      async () => await (await emptyCopy(lib, source, target)).upload("...", array),
      { budget, prepare: clean },
    );
    const size = folderSize(target);
    clean();
    emit("full_write", "MVx/s", seconds.map(rate), { files_mb: size / 1e6 });
  },
  cutout64: async (open) => await cutouts("cutout64", await open(), corners),
  points500: async (open) => {
    const vol = await open();
    resetPeak();
    const seconds = await timed(async () => void (await vol.scatteredPoints(points)), { budget });
    emit(
      "points500",
      "ms",
      seconds.map((s) => s * 1e3),
    );
  },
  cutout64_lru: async (open) => {
    const vol = await open({ lruBytes: 1e9, lruEncoding: "raw" });
    (await vol.download()).release();
    await cutouts("cutout64_lru", vol, corners);
  },
  transfer_copy: async (open) => await transfers("transfer_copy", await open(), {}),
  transfer_transcode: async (open) =>
    await transfers("transfer_transcode", await open(), { encoding: "compressed_segmentation" }),
  http_read: async (_open, lib, ms) => {
    await withServer(ms, async (base) => {
      const vol = await lib.CloudVolume.open(`${base}/${relative()}`);
      const seconds = await timed(async () => void (await vol.download()), { budget, reps: 3 });
      emit(`http_read@${ms}`, "MVx/s", seconds.map(rate));
    });
  },
  http_cutout64: async (_open, lib, ms) => {
    await withServer(ms, async (base) => {
      await cutouts(
        "http_cutout64",
        await lib.CloudVolume.open(`${base}/${relative()}`),
        corners.slice(0, 40),
        `@${ms}`,
      );
    });
  },
  mesh_get: async (open) => {
    const vol = await open();
    resetPeak();
    const get = () => vol.mesh.get(w.labels, { fuse: false });
    const meshes = await get();
    const vertices = [...meshes.values()].reduce((n, mesh) => n + mesh.length, 0);
    const seconds = await timed(async () => void (await get()), { budget });
    emit(
      "mesh_get",
      "ms",
      seconds.map((s) => s * 1e3),
      { objects: w.labels.length, vertices },
    );
  },
  skeleton_get: async (open) => {
    const vol = await open();
    const ids = w.labels;
    const first = await vol.skeleton.get(ids);
    const extra = { objects: ids.length, vertices: first.reduce((n, s) => n + s.numVertices, 0) };
    const ms = (seconds) => seconds.map((s) => s * 1e3);
    const cold = await timed(async () => void (await (await open()).skeleton.get(ids)), { budget });
    emit("skeleton_get_cold", "ms", ms(cold), extra);
    const warm = await timed(async () => void (await vol.skeleton.get(ids)), { budget });
    emit("skeleton_get_warm_index", "ms", ms(warm), extra);
  },
  spatial_query: async (open) => {
    const all = async () => {
      const index = await (await open()).mesh.spatialIndex();
      const found = [];
      for (const box of w.boxes) found.push(await index.query(box));
      return found;
    };
    const hits = (await all()).reduce((n, labels) => n + labels.length, 0);
    const seconds = await timed(async () => void (await all()), { budget });
    const ms = seconds.map((s) => (s * 1e3) / w.boxes.length);
    emit("spatial_query", "ms", ms, { boxes: w.boxes.length, hits });
  },
  startup: async () => {
    const first = `import { CloudVolume } from ${JSON.stringify(library)}; const v = await CloudVolume.open(${JSON.stringify(`file://${w.path}`)}); const a = await v.download([[100,164],[100,164],[30,94]]); console.log(String(a.data[0]));`;
    const programs = {
      startup_cutout: first,
      startup_import: `import ${JSON.stringify(library)}; console.log(1)`,
      startup_noop: "console.log(1)",
    };
    for (const [what, code] of Object.entries(programs)) {
      const times = [];
      for (let i = 0; i < 6; i++) times.push(await firstLine(code));
      emit(what, "ms", times.slice(1), { peak_rss_mb: 0 });
    }
  },
};

/** A layer as the workload's, without its chunks. */
async function emptyCopy(lib, source, target) {
  if (w.layout === "precomputed") {
    const info = structuredClone(source.info);
    const compress = w.compress ?? undefined;
    return await lib.CloudVolume.create(`file://${target}`, { info, cdnCache: false, compress });
  }
  const filter = (path) => statSync(path).isDirectory() || /^(\.z.*|zarr\.json)$/.test(basename(path));
  cpSync(w.path, target, { recursive: true, filter });
  return await lib.CloudVolume.open(`file://${target}`);
}

async function transfers(what, vol, options) {
  const target = join(root, "scratch", `ours-${what}-${name}`);
  const clean = () => rmSync(target, { recursive: true, force: true });
  const transfer = async () => void (await vol.transferTo(`file://${target}`, options));
  const seconds = await timed(transfer, { budget, reps: 5, prepare: clean });
  clean();
  emit(what, "MVx/s", seconds.map(rate));
}

function rate(seconds) {
  return voxels / 1e6 / seconds;
}

function relative() {
  return w.path.slice(resolve(root).length + 1);
}

async function cutouts(what, vol, at, suffix = "") {
  const one = async ([x, y, z]) => {
    const t = performance.now();
    const cutout = await vol.download([
      [x, x + 64],
      [y, y + 64],
      [z, z + 64],
    ]);
    if (release) cutout.release();
    return performance.now() - t;
  };
  resetPeak();
  await one(at[0]);
  const [p50, p95] = [[], []];
  const start = performance.now();
  for (let pass = 0; pass < 3; pass++) {
    const times = [];
    for (const c of at) times.push(await one(c));
    p50.push(median(times));
    p95.push(percentile(times, 0.95));
    if (performance.now() - start > budget * 1e3) break;
  }
  emit(`${what}${suffix}_p50`, "ms", p50);
  emit(`${what}${suffix}_p95`, "ms", p95);
}

function firstLine(code) {
  return new Promise((done, fail) => {
    const t = performance.now();
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let ms;
    child.stdout.on("data", () => {
      ms ??= performance.now() - t;
    });
    child.on("close", (status) => (status === 0 ? done(ms) : fail(new Error(`exit ${status}`))));
  });
}

async function withServer(ms, run) {
  const script = process.env.BENCH_SERVER;
  if (script === undefined)
    throw new Error("set BENCH_SERVER to the static server with latency (serve.mjs of the peers' folder)");
  const child = spawn(process.execPath, [script, resolve(root), "0", String(ms)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const base = await new Promise((done) => child.stdout.once("data", (d) => done(String(d).trim())));
  try {
    await run(base);
  } finally {
    child.kill();
  }
}

function npy(path, lib) {
  return lib.parseNpy(readFileSync(path));
}

function walk(dir, act) {
  for (const e of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, e.name);
    if (e.isDirectory()) walk(path, act);
    else act(path);
  }
}

function folderSize(dir) {
  let size = 0;
  walk(dir, (path) => {
    size += readFileSync(path).length;
  });
  return size;
}

if (!existsSync(join(here, "../dist/index.js")))
  spawnSync("npm", ["run", "--silent", "build"], { stdio: "inherit", cwd: join(here, "..") });

const OTHERS = {
  mesh: ["mesh_get"],
  mesh_multilod: ["mesh_get"],
  skeleton: ["skeleton_get"],
  spatial: ["spatial_query"],
};

if (op === undefined) {
  const all = OTHERS[w.kind] ?? [
    "full_read",
    "full_read_out",
    "full_write",
    "cutout64",
    "points500",
    "cutout64_lru",
    "read_loop25",
    ...(name === "seg-raw-c64" ? ["startup"] : []),
  ];
  for (const each of all)
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), root, name, "--op", each], {
      stdio: "inherit",
    });
} else {
  const [what, ms] = op.split("@");
  const run = OPS[what];
  if (run === undefined) {
    console.error(`no operation ${op}; there are: ${Object.keys(OPS).join(" ")}`);
    process.exit(2);
  }
  const lib = what === "startup" ? undefined : await import(library);
  walk(w.path, (path) => readFileSync(path)); // every peer starts from the page cache
  await run((options) => lib.CloudVolume.open(`file://${w.path}`, options), lib, ms);
  if (process.env.BENCH_PEAK) console.error(`peak ${peakMb()} MB`);
}
