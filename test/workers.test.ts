/** Worker threads: equal results however many, crashes rejected and survived, memory bounded and never shared by mistake. */
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, inject, test } from "vitest";
import { bytesPerVoxel } from "../src/base/dtype.js";
import { WorkerPool } from "../src/compute/pool.js";
import { spawnNodeWorker } from "../src/compute/spawn.node.js";
import { AbortError, CloudVolume, configureRuntime, type VolumeCutout, WorkerError } from "../src/node.js";
import { COMPRESSIONS, LAYER_KINDS } from "./support/layers.js";
import { makeLayer } from "./support/make-layer.js";
import { randomArray, seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";
import { difference } from "./support/voxels.js";

const realWorker = pathToFileURL(join(inject("build"), "worker.js")).href;
const usual = { workerUrl: realWorker, threads: 2 };
afterAll(() => configureRuntime(usual));

/** A worker module that does as the library's, and dies at a task whose turn it is. */
function dyingWorker(task: string, flag: string): string {
  const path = join(scratchDirectory(), "dying.mjs");
  const text = `
import { existsSync, unlinkSync } from "node:fs";
import { parentPort } from "node:worker_threads";
await import(${JSON.stringify(realWorker)});
parentPort.on("message", ({ task }) => {
  if (task !== ${JSON.stringify(task)} || !existsSync(${JSON.stringify(flag)})) return;
  try { unlinkSync(${JSON.stringify(flag)}); } catch { return; }
  process.exit(7);
});
`;
  writeFileSync(path, text);
  return pathToFileURL(path).href;
}

describe("an abort in the pool", () => {
  test("takes waiting tasks out at once, and lets those go on that must come to an end", async () => {
    const path = join(scratchDirectory(), "worker.mjs");
    writeFileSync(
      path,
      `import { parentPort } from "node:worker_threads";
let ran = 0;
parentPort.on("message", ({ task, silent }) => {
  if (silent) return;
  if (task === "count") return parentPort.postMessage({ ok: true, value: ran });
  ran++;
  setTimeout(() => parentPort.postMessage({ ok: true, value: "done" }), 50);
});`,
    );
    const pool = new WorkerPool({ size: 1, spawn: () => spawnNodeWorker(pathToFileURL(path)) });
    for (const finishBegun of [false, true]) {
      const before = await pool.run<number>("count", 0);
      const { signal, abort } = controllerOf();
      const first = pool.run("work", 0, { signal, finishBegun });
      const others = [1, 2, 3].map((i) => pool.run("work", i, { signal, finishBegun }));
      setTimeout(abort, 10);
      for (const other of others) await expect(other).rejects.toThrow(AbortError);
      if (finishBegun) expect(await first).toBe("done");
      else await expect(first).rejects.toThrow(AbortError);
      expect(await pool.run<number>("count", 0)).toBe(before + 1);
    }
    await pool.close();
  });
});

function controllerOf(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe("results", () => {
  // Encoding as much jxl as workers are worth takes ten seconds.
  const encodings = new Set(LAYER_KINDS.map((k) => k.encoding).filter((encoding) => encoding !== "jxl"));
  const kinds = [...encodings].flatMap((encoding) => {
    const own = LAYER_KINDS.filter((k) => k.encoding === encoding);
    return [...new Set([0, own.length >> 1, own.length - 1])].map((i) => own[i]!);
  });
  test.each(kinds.map((kind, i) => ({ ...kind, i })))(
    "$encoding $dtype x$channels: written and read alike by one, two and no workers",
    async ({ encoding, dtype, channels, lossy, i }) => {
      const compress = COMPRESSIONS[i % COMPRESSIONS.length]!;
      // Just beyond what one thread reads by itself: 4 MB in more than 16 chunks.
      const planes = Math.max(8, Math.ceil(4.5e6 / (128 * 128 * bytesPerVoxel(dtype) * channels)));
      const size = [128, 128, planes, channels];
      const array = randomArray(seeded(40 + i), size, dtype, lossy === true ? "smooth" : "labels");
      const stored: Map<string, string>[] = [];
      const results: VolumeCutout[] = [];
      for (const threads of [0, 1, 2]) {
        configureRuntime({ ...usual, threads });
        const path = join(scratchDirectory(), "layer");
        const vol = await CloudVolume.fromArray(array, {
          ...{
            path: `file://${path}`,
            encoding,
            compress,
            chunkSize: [32, 32, Math.ceil(planes / 2)],
            parallel: Math.max(1, threads),
          },
        });
        const { store } = vol.context;
        const files = new Map<string, string>();
        for (const key of (await vol.exists("...")).keys()) {
          const object = await store.read(key);
          files.set(key, `${object?.compression} ${Buffer.from(object?.bytes ?? []).toString("base64")}`);
        }
        stored.push(files);
        results.push(await vol.download("..."));
      }
      configureRuntime(usual);
      if (lossy !== true) expect(difference(results[0]!, array)).toBe("same");
      for (const result of results) expect(difference(result, results[0]!)).toBe("same");
      for (const files of stored) expect(files).toEqual(stored[0]);
      expect(stored[0]!.size).toBe(4 * 4 * 2);
    },
  );
});

describe("stores that workers cannot open", () => {
  test.each(COMPRESSIONS)("get small chunks from workers, compressed by %s", async (compress) => {
    const array = randomArray(seeded(45), [96, 96, 96, 1], "uint8", "labels");
    const path = `mem://workers/${compress}`;
    const vol = await CloudVolume.fromArray(array, { path, compress, chunkSize: [12, 12, 12] });
    expect(difference(await vol.download("...", { parallel: 1 }), array)).toBe("same");
    await vol.upload("...", array);
    for (let i = 0; i < 2; i++) expect(difference(await vol.download("..."), array)).toBe("same");
  });
});

describe("a crashed worker", () => {
  test("rejects its request, and the next one works", async () => {
    const path = join(scratchDirectory(), "worker.mjs");
    writeFileSync(
      path,
      `import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ task, payload, silent }) => {
  if (silent) return;
  if (task === "exit") process.exit(3);
  if (task === "throw") setTimeout(() => { throw new Error("out of nowhere"); }, 0);
  else if (task === "reject") void Promise.reject(new Error("unhandled"));
  else parentPort.postMessage({ ok: true, value: payload });
});`,
    );
    const pool = new WorkerPool({ size: 2, spawn: () => spawnNodeWorker(pathToFileURL(path)) });
    const random = seeded(50);
    for (let round = 0; round < 30; round++) {
      const tasks = Array.from({ length: 8 }, () => random.of(["echo", "echo", "exit", "throw", "reject"]));
      const settled = await Promise.allSettled(tasks.map((task, i) => pool.run(task, i)));
      settled.forEach((s, i) => {
        if (tasks[i] === "echo") expect(s).toEqual({ status: "fulfilled", value: i });
        else expect(s.status === "rejected" && s.reason).toBeInstanceOf(WorkerError);
      });
      expect(pool.alive).toBeLessThanOrEqual(2);
    }
    expect(await pool.run("echo", 1)).toBe(1);
    await pool.close();
    expect(pool.alive).toBe(0);
  });

  test("that cannot even start rejects", async () => {
    const pool = new WorkerPool({
      size: 1,
      spawn: () => spawnNodeWorker(new URL("file:///nowhere/worker.js")),
    });
    await expect(pool.run("echo", 1)).rejects.toThrow(WorkerError);
    await pool.close();
  });

  test("rejects the read of a volume; reading again gives the voxels", async () => {
    const { vol: made, data } = await makeLayer([192, 192, 192, 1], [0, 0, 0], { chunkSize: [48, 48, 48] });
    const flag = join(scratchDirectory(), "die");
    configureRuntime({ workerUrl: dyingWorker("read", flag), threads: 2 });
    const vol = await CloudVolume.open(made.cloudpath);
    expect(difference(await vol.download("..."), data)).toBe("same");
    for (let i = 0; i < 5; i++) {
      writeFileSync(flag, "");
      await expect(vol.download("...")).rejects.toThrow(WorkerError);
      expect(difference(await vol.download("..."), data)).toBe("same");
    }
    configureRuntime(usual);
  });

  test("rejects the write of a volume; writing again stores the voxels", async () => {
    const { vol: made, data } = await makeLayer([192, 192, 192, 1], [0, 0, 0], { chunkSize: [48, 48, 48] });
    const flag = join(scratchDirectory(), "die");
    configureRuntime({ workerUrl: dyingWorker("write", flag), threads: 2 });
    const vol = await CloudVolume.open(made.cloudpath);
    for (let i = 0; i < 3; i++) {
      writeFileSync(flag, "");
      await expect(vol.upload("...", 7)).rejects.toThrow(WorkerError);
      const between = await vol.download("...");
      expect(between.data.every((v, at) => v === 7 || v === data.data[at])).toBe(true);
      await vol.upload("...", data);
      expect(difference(await vol.download("..."), data)).toBe("same");
    }
    configureRuntime(usual);
  });
});

/** A layer of raw uint8 zeros of n x 1 MiB planes of chunks, whose files are sparse. */
function sparseLayer(planes: number): string {
  const path = join(scratchDirectory(), "sparse");
  mkdirSync(join(path, "k"), { recursive: true });
  const scale = {
    ...{ key: "k", size: [1024, 1024, 8 * planes], resolution: [1, 1, 1], voxel_offset: [0, 0, 0] },
    ...{ chunk_sizes: [[256, 256, 8]], encoding: "raw" },
  };
  writeFileSync(
    join(path, "info"),
    JSON.stringify({ type: "image", data_type: "uint8", num_channels: 1, scales: [scale] }),
  );
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) {
        const name = `${256 * x}-${256 * x + 256}_${256 * y}-${256 * y + 256}_${8 * z}-${8 * z + 8}`;
        const file = openSync(join(path, "k", name), "w");
        ftruncateSync(file, 256 * 256 * 8);
        closeSync(file);
      }
  return path;
}

/** Runs a script in a process of its own and tells by how many MB its memory rose at most. */
function peakOf(script: string): number {
  const text = `
import { readFileSync } from "node:fs";
const { CloudVolume, configureRuntime } = await import(${JSON.stringify(pathToFileURL(join(inject("build"), "index.js")).href)});
configureRuntime({ threads: 2 });
const peak = () => process.resourceUsage().maxRSS / 1024;
${script}
`;
  const path = join(scratchDirectory(), "peak.mjs");
  writeFileSync(path, text);
  return Number(execFileSync(process.execPath, [path], { encoding: "utf8" }).trim());
}

describe("memory", () => {
  const MB = 512;

  test("a whole read takes the result and a bounded rest", () => {
    const path = sparseLayer(MB / 8);
    const rise = peakOf(`
const vol = await CloudVolume.open("file://${path}");
await vol.download("0:8,0:8,0:8");
const before = peak();
const { data } = await vol.download("...");
if (data.length !== ${MB} * 2 ** 20) throw new Error("wrong length");
console.log(peak() - before);`);
    expect(rise).toBeGreaterThan(MB / 2);
    expect(rise).toBeLessThan(MB + 200);
  });

  test("reading in slabs into one array takes that array and a bounded rest", () => {
    const path = sparseLayer(MB / 8);
    const rise = peakOf(`
const vol = await CloudVolume.open("file://${path}");
await vol.download("0:8,0:8,0:8");
const before = peak();
const out = new Uint8Array(64 * 2 ** 20);
for (let z = 0; z < ${MB}; z += 64) await vol.download(\`:, :, \${z}:\${z + 64}\`, { out });
console.log(peak() - before);`);
    expect(rise).toBeLessThan(64 + 250);
  });

  test("reading the same again and again takes no more each time, whether results are released or dropped", () => {
    const path = sparseLayer(MB / 8);
    for (const release of [true, false]) {
      const rise = peakOf(`
const vol = await CloudVolume.open("file://${path}");
for (let i = 0; i < 3; i++) (await vol.download(":, :, 0:64")).release();
const before = peak();
for (let i = 0; i < 30; i++) {
  const cutout = await vol.download(\`:, :, \${16 * (i % 20)}:\${16 * (i % 20) + 64}\`);
  if (cutout.data[5] !== 0) throw new Error("wrong voxel");
  ${release ? "cutout.release();" : ""}
}
console.log(peak() - before);`);
      expect(rise, `released: ${release}`).toBeLessThan(1100);
    }
  });

  test("writing a large array takes a bounded rest", () => {
    const path = join(scratchDirectory(), "written");
    const rise = peakOf(`
const info = { type: "image", data_type: "uint8", num_channels: 1, scales: [{ key: "k", size: [1024, 1024, 256],
  resolution: [1, 1, 1], voxel_offset: [0, 0, 0], chunk_sizes: [[256, 256, 16]], encoding: "raw" }] };
const vol = await CloudVolume.create("file://${path}", { info, compress: "gzip", compressLevel: 1 });
await vol.upload("0:256, 0:256, 0:16", 1);
const data = new Uint8Array(256 * 2 ** 20).fill(3);
const before = peak();
await vol.upload("...", data);
console.log(peak() - before);`);
    expect(rise).toBeLessThan(400);
  });
});

describe("recycled results", () => {
  test("are never handed out while someone holds a view of them", async () => {
    const { vol, data } = await makeLayer([256, 256, 192, 1], [0, 0, 0], { texture: "noise" });
    const random = seeded(60);
    const boxes = ["...", ":, :, 0:128", ":, :, 64:192", "0:192, :, :", ":, 64:256, :"];
    const expected = new Map<string, Buffer>();
    configureRuntime({ ...usual, threads: 0 });
    const plain = await CloudVolume.open(vol.cloudpath);
    for (const box of boxes) expected.set(box, Buffer.from((await plain.download(box)).data as Uint8Array));
    configureRuntime(usual);
    const reader = await CloudVolume.open(vol.cloudpath);
    expect(expected.get("...")?.equals(data.data as Uint8Array)).toBe(true);
    const kept: { box: string; view: Uint8Array }[] = [];
    const check = ({ box, view }: { box: string; view: Uint8Array }): void =>
      expect(expected.get(box)?.equals(view), box).toBe(true);
    for (let i = 0; i < 60; i++) {
      const box = random.of(boxes);
      const cutout = await reader.download(box);
      const view = (cutout.data as Uint8Array).subarray(0);
      const fate = random.integer(0, 3);
      if (fate === 0) cutout.release();
      else if (fate === 1) kept.push({ box, view });
      else check({ box, view });
      if (kept.length > 6) kept.splice(random.integer(0, 5), 1).forEach(check);
      if (i % 7 === 0) {
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    expect(globalThis.gc).toBeDefined();
    for (const k of kept) check(k);
  });

  test("of aborted reads are never written to once they serve others", async () => {
    const { vol } = await makeLayer([256, 256, 128, 1], [0, 0, 0], {
      chunkSize: [128, 128, 128],
      texture: "labels",
    });
    const truth = Buffer.from((await vol.download("...")).data as Uint8Array);
    const { vol: zeros } = await makeLayer([256, 256, 128, 1], [0, 0, 0], {
      chunkSize: [32, 32, 64],
      seed: 2,
    });
    await zeros.upload("...", 0);
    for (let i = 0; i < 16; i++) {
      const first = await zeros.download("...");
      const controller = new AbortController();
      const reading = vol
        .download("...", { out: first.data, signal: controller.signal })
        .catch((e: unknown) => e);
      setTimeout(() => controller.abort(), i % 8);
      const outcome = await reading;
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AbortError);
      else expect(truth.equals(first.data as Uint8Array)).toBe(true);
      first.release();
      const second = await zeros.download("...");
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(second.data.every((v) => v === 0)).toBe(true);
      second.release();
    }
  });
});
