// How cost grows with the volume, the number of chunks, the readers and the keys of shards; writes docs/performance/*.svg
// and prints the tables as JSON lines. Volumes are synthetic (server.mjs), so that only what depends on their size is seen.
// usage: node bench/growth/run.mjs [--out FOLDER]
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../measure.mjs";
import { plot } from "./plot.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const args = process.argv.slice(2);
const out = args.includes("--out") ? args[args.indexOf("--out") + 1] : join(here, "../../docs/performance");
const { CloudVolume } = await import("../../dist/index.js");
const only = args.includes("--only") ? args[args.indexOf("--only") + 1] : undefined;
const CHUNK = 64;
const READS = 40;

async function serve(latency) {
  const child = fork(join(here, "server.mjs"), [String(latency)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const base = await new Promise((done) => child.stdout.once("data", (d) => done(String(d).trim())));
  return {
    base,
    count: async () => Number(await (await fetch(`${base}/count`)).text()),
    close: () => child.kill(),
  };
}

const held = () => process.memoryUsage().rss / 1e6;
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
}
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** A cut-out of one chunk's size across eight of them, somewhere. */
function boxes(size, count, random = seeded(1)) {
  return Array.from({ length: count }, () =>
    size.map((n) => {
      const cells = n / CHUNK;
      const cell = cells < 2 ? 0 : Math.floor(random() * (cells - 1));
      const start = cells < 2 ? 0 : cell * CHUNK + CHUNK / 2;
      return [start, start + CHUNK];
    }),
  );
}

/** Milliseconds of a cut-out of a volume that was just opened, requests of all, and megabytes they left behind. */
async function cutouts(server, path, size, count = READS) {
  const begin = performance.now();
  const vol = await CloudVolume.open(`${server.base}${path}`);
  const opened = performance.now() - begin;
  const all = boxes(size, count);
  for (const box of boxes(size, 5, seeded(9))) (await vol.download(box)).release();
  await server.count();
  global.gc?.();
  const before = held();
  const times = [];
  for (const box of all) {
    const t = performance.now();
    (await vol.download(box)).release();
    times.push(performance.now() - t);
  }
  const requests = (await server.count()) / count;
  return { opened, ms: median(times), requests, mb: Math.max(0, held() - before) };
}

const curves = {
  async voxels(server) {
    const rows = [];
    for (let bits = 24; bits <= 36; bits += 2) {
      const size = [0, 1, 2].map((axis) => 2 ** Math.floor((bits + 2 - axis) / 3));
      rows.push({ x: 2 ** bits, ...(await cutouts(server, `/plain/${size.join("x")}`, size)) });
    }
    return rows;
  },
  async chunks(server) {
    const rows = [];
    for (const chunks of [8, 64, 1000, 1e4, 1e5, 1e6, 1e7]) {
      const side = Math.cbrt(chunks);
      const cells = [Math.round(side), Math.round(side), Math.round(chunks / Math.round(side) ** 2)];
      const size = cells.map((n) => n * CHUNK);
      const row = await cutouts(server, `/plain/${size.join("x")}`, size);
      const vol = await CloudVolume.open(`${server.base}/plain/${size.join("x")}`);
      const t = performance.now();
      let blocks = 0;
      // The first blocks of a walk over all: a walk must not begin by listing what it will come to.
      for await (const block of vol.blocks("...", { bytes: 4 * CHUNK ** 3, recycle: true })) {
        void block;
        if (++blocks === 8) break;
      }
      rows.push({ x: cells.reduce((a, b) => a * b), ...row, first_blocks_ms: performance.now() - t });
    }
    return rows;
  },
  async readers(_server) {
    const slow = await serve(5);
    const rows = [];
    const size = [4096, 4096, 4096];
    const vol = await CloudVolume.open(`${slow.base}/plain/${size.join("x")}`);
    for (const box of boxes(size, 8, seeded(5))) (await vol.download(box)).release();
    for (let readers = 1; readers <= 256; readers *= 4) {
      const all = boxes(size, Math.max(32, 2 * readers), seeded(readers));
      await slow.count();
      const before = held();
      const times = [];
      const begin = performance.now();
      const used = cpu();
      let next = 0;
      await Promise.all(
        Array.from({ length: readers }, async () => {
          while (next < all.length) {
            const t = performance.now();
            (await vol.download(all[next++])).release();
            times.push(performance.now() - t);
          }
        }),
      );
      const ms = (performance.now() - begin) / all.length;
      const cpu_ms = (cpu() - used) / all.length;
      rows.push({
        x: readers,
        ms,
        cpu_ms,
        waited: median(times),
        requests: (await slow.count()) / all.length,
        mb: Math.max(0, held() - before),
      });
    }
    slow.close();
    return rows;
  },
  async keys(server) {
    const rows = [];
    for (let bits = 10; bits <= 30; bits += 4) {
      const size = [0, 1, 2].map((axis) => CHUNK * 2 ** Math.floor((bits + 2 - axis) / 3));
      rows.push({ x: 2 ** bits, ...(await cutouts(server, `/sharded/${bits}`, size)) });
    }
    return rows;
  },
};

const PLOTS = {
  voxels: { title: "A cut-out of 64³ from volumes of different size", x: "voxels of the volume", base: 2 },
  chunks: {
    title: "A cut-out of 64³ from volumes of different numbers of chunks",
    x: "chunks of the volume",
    base: 10,
  },
  readers: { title: "Cut-outs of 64³ at a time, server with 5 ms latency", x: "cut-outs at a time", base: 2 },
  keys: { title: "A cut-out of 64³ from shards (cold indices)", x: "keys", base: 2 },
};
const NAMES = {
  ms: "ms of a cut-out",
  requests: "requests of a cut-out",
  cpu_ms: "ms of CPU time of a cut-out",
  waited: "ms until it is there",
  first_blocks_ms: "ms to a walk's first blocks",
};

mkdirSync(out, { recursive: true });
const server = await serve(0);
for (const [what, measure] of Object.entries(curves)) {
  if (only !== undefined && what !== only) continue;
  const rows = await measure(server);
  for (const row of rows) {
    const short = Object.entries(row).map(([k, v]) => [k, Number(v.toPrecision(3))]);
    console.log(JSON.stringify({ curve: what, ...Object.fromEntries(short), x: row.x }));
  }
  const series = Object.entries(NAMES)
    .filter(([key]) => rows[0][key] !== undefined)
    .map(([key, name]) => ({ name, points: rows.map((row) => [row.x, Math.max(row[key], 1e-3)]) }));
  writeFileSync(join(out, `${what}.svg`), plot({ ...PLOTS[what], y: "ms, requests", series }));
}
server.close();
process.exit(0);
