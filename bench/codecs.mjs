// Codecs against the originals: prints a markdown table of speeds and ratios, one thread each, both sides in turn.
//
// usage: node bench/codecs.mjs [--rounds 15] [--python PATH] [--case TEXT] [codec...]      --case: cases whose names hold it
//
// Every module bench/codecs/<name>.mjs has a default export:
//   { encoding,                                the codec's name in an info file
//     wanted: { decode, encode },              ratios to the original, by the medians
//     python?,                                 source of encode(array, q) and decode(bytes, q); default: cloudvolume.chunks
//     cases(tools): [{ name, dtype, shape, blockSize?, params?, voxels: Uint8Array }] }   dense, in Fortran order
// `tools` (below) makes labels and images, and crops of the golden segmentation.
//
// decode: the input is copied into the memory and decoded into a place that is used again, as reading a volume does; "fresh"
// also copies the result out into a new array. encode: the voxels are copied in; the result is a new array.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { makeTools } from "./codecs/tools.mjs";
import { median } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const here = join(root, "bench/codecs");
const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    python: { type: "string" },
    case: { type: "string" },
  },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const python = values.python ?? process.env.CLOUDVOLUME_PYTHON ?? join(root, ".cache/originals/bin/python");
if (!existsSync(python))
  fail(`no Python with the originals at ${python}: run scripts/originals.sh, or give --python`);

const names = readdirSync(here)
  .filter((f) => f.endsWith(".mjs") && f !== "tools.mjs")
  .map((f) => f.slice(0, -4));
const wanted = positionals.length > 0 ? positionals : names;
for (const name of wanted)
  if (!names.includes(name)) fail(`no bench of ${name}; there are: ${names.join(" ")}`);

const scratch = mkdtempSync(join(tmpdir(), "codecs-"));
const lib = await bundle();
const original = startOriginal();
try {
  const tools = makeTools(lib, root);
  console.log(
    "| codec | case | kB | | ours MVx/s | original MVx/s | ratio | ratio of the best | fresh result | wanted |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|---|");
  for (const name of wanted) {
    const { default: module } = await import(pathToFileURL(join(here, `${name}.mjs`)).href);
    for (const item of await module.cases(tools))
      if (item.name.includes(values.case ?? "")) await compare(module, item);
  }
} finally {
  original.end();
  rmSync(scratch, { recursive: true, force: true });
}

async function compare({ encoding, wanted: goal, python: source }, item) {
  const { name, shape, dtype, voxels } = item;
  const codec = await lib.loadedCodec(encoding);
  const spec = { shape: [...shape, 1].slice(0, 4), dtype, blockSize: item.blockSize, params: item.params };
  const million = spec.shape.reduce((a, b) => a * b) / 1e6;
  const file = join(scratch, "voxels");
  writeFileSync(file, voxels);
  const q = { dtype, shape: spec.shape, encoding, block_size: item.blockSize, params: item.params ?? {} };
  const { encoded: path, lossless } = await original.ask({ op: "case", file, source, ...q });
  const theirs = new Uint8Array(readFileSync(path));

  const ws = lib.createWorkspace();
  const input = ws.allocate(Math.max(theirs.length, voxels.length));
  const target = ws.allocate(voxels.length);
  const step = voxels.length / spec.shape.reduce((a, b) => a * b);
  const [x, y, z] = spec.shape;
  const place = {
    ptr: target.ptr,
    stride: [x * step, x * y * step, x * y * z * step],
    from: [0, 0, 0],
    size: [x, y, z],
  };
  const decode = () => {
    ws.bytes().set(theirs, input.ptr);
    codec.decode(ws, { ptr: input.ptr, length: theirs.length }, spec, place);
  };
  const decodeFresh = () => {
    decode();
    return ws.bytes().slice(target.ptr, target.ptr + voxels.length);
  };
  const encode = () => {
    ws.bytes().set(voxels, input.ptr);
    return codec.encode(ws, { ptr: input.ptr, length: voxels.length }, spec);
  };
  const back = decodeFresh();
  if (lossless && Buffer.compare(back, voxels) !== 0) fail(`${encoding} ${name}: decoded voxels differ`);
  const same = Buffer.compare(encode(), theirs) === 0 ? "same bytes" : "other bytes";

  const sides = {
    decode: { ours: decode, fresh: decodeFresh, goal: goal.decode },
    encode: { ours: encode, goal: goal.encode },
  };
  for (const [op, { ours, fresh, goal: ratio }] of Object.entries(sides)) {
    const seconds = { ours: [], fresh: [], original: [] };
    timed(ours); // Warm-up.
    for (let i = 0; i < rounds; i++) {
      seconds.original.push((await original.ask({ op })).seconds);
      seconds.ours.push(timed(ours));
      if (fresh !== undefined) seconds.fresh.push(timed(fresh));
    }
    const speed = (times) => `${round(million / median(times))} (${round(million / Math.min(...times))})`;
    const ratios = [median(seconds.original) / median(seconds.ours)];
    ratios.push(Math.min(...seconds.original) / Math.min(...seconds.ours));
    const freshRatio =
      fresh === undefined ? same : `${round(median(seconds.original) / median(seconds.fresh))}x`;
    const met = ratio === undefined ? "" : `${ratio}x${Math.max(...ratios) < ratio ? " **missed**" : ""}`;
    const cells = [speed(seconds.ours), speed(seconds.original), ...ratios.map((r) => `${round(r)}x`)];
    console.log(
      `| ${encoding} | ${name} | ${round(theirs.length / 1e3)} | ${op} | ${cells.join(" | ")} | ${freshRatio} | ${met} |`,
    );
  }
}

/** Seconds of one call, from as many as fill 20 ms. */
function timed(run) {
  const start = performance.now();
  let n = 0;
  do {
    run();
    n++;
  } while (performance.now() - start < 20);
  return (performance.now() - start) / 1e3 / n;
}

function round(x) {
  return Number(x.toPrecision(3));
}

async function bundle() {
  const outdir = join(root, ".cache/bench-codecs");
  const contents = `
    export { createWorkspace } from "./base/memory-workspace.ts";
    export { loadedCodec } from "./codecs/index.ts";`;
  await build({
    stdin: { contents, resolveDir: join(root, "src"), loader: "ts" },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
  return await import(pathToFileURL(join(outdir, "stdin.mjs")).href);
}

/** The Python side: JSON questions, one a line; the answers come in the same order. */
function startOriginal() {
  const child = spawn(resolve(python), [join(here, "original.py"), scratch], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()(JSON.parse(line)));
  child.on("exit", (code) => {
    if (waiting.length > 0) fail(`the original ended with ${code}`);
  });
  return {
    async ask(question) {
      const answer = new Promise((done) => waiting.push(done));
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { error, ...value } = await answer;
      if (error !== undefined) fail(error);
      return value;
    },
    end: () => child.stdin.end(),
  };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
