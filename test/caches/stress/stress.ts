/** Several processes that share one cache and are killed again and again. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudVolume } from "../../../src/node.js";

export interface StressOptions {
  readonly build: string;
  readonly layer: string;
  readonly cache: string;
  readonly seconds: number;
  readonly processes: number;
  /** Most bytes of the cache. */
  readonly limit?: number;
  /** Milliseconds between two kills. */
  readonly killEvery: number;
}

export interface StressResult {
  readonly kills: number;
  readonly operations: number;
  /** What processes found wrong. */
  readonly faults: readonly string[];
  /** The largest size of the cache's files that was seen. */
  readonly largest: number;
  /** Chunks whose cached voxels differ from the stored ones at the end. */
  readonly stale: readonly string[];
}

const CHUNKS = [4, 4, 2] as const;
const CHUNK = 32;

/** A layer of 32 chunks of one value each. */
export async function stressLayer(layer: string): Promise<void> {
  const vol = await CloudVolume.create(`file://${layer}`, {
    info: CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
      ...{
        voxelOffset: [0, 0, 0],
        volumeSize: CHUNKS.map((n) => n * CHUNK),
        chunkSize: [CHUNK, CHUNK, CHUNK],
      },
    }),
    compress: false,
  });
  await vol.upload("...", 1);
}

export async function stress(options: StressOptions): Promise<StressResult> {
  const { layer, cache, seconds, processes, killEvery, limit } = options;
  const faults: string[] = [];
  let operations = 0;
  let kills = 0;
  let started = 0;
  const at = new Set<ChildProcess>();
  const start = (i: number): ChildProcess => {
    const role = i % 4 === 0 ? "write" : "read";
    const args = [options.build, layer, cache, String(limit ?? "none"), String(++started * 7919), role];
    const child = spawn(process.execPath, ["test/caches/stress/process.mjs", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let rest = "";
    let last = 0;
    child.stdout?.on("data", (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const { fault, done } = JSON.parse(line) as { fault?: string; done?: number };
        if (fault !== undefined) faults.push(`${role}: ${fault}`);
        operations += (done ?? last) - last;
        last = done ?? last;
        at.add(child);
      }
    });
    return child;
  };
  const children = Array.from({ length: processes }, (_, i) => start(i));
  const folder = (await CloudVolume.open(`file://${layer}`, { cache })).cache.path;
  const until = Date.now() + seconds * 1000;
  let largest = 0;
  let kill = Date.now() + killEvery;
  // On a busy machine starting takes longer than anything else: only what has begun to work is killed.
  const isOver = (): boolean =>
    Date.now() > until && ((operations > 50 && kills > 1) || Date.now() > until + 60_000);
  while (!isOver()) {
    await sleep(20);
    largest = Math.max(largest, bytesBelow(folder));
    if (Date.now() < kill) continue;
    kill = Date.now() + killEvery;
    const working = children.flatMap((child, i) => (at.has(child) ? [i] : []));
    if (working.length === 0) continue;
    const i = working[Math.floor(Math.random() * working.length)]!;
    const ended = new Promise((done) => children[i]!.once("close", done));
    children[i]!.kill("SIGKILL");
    await ended;
    kills++;
    children[i] = start(i);
  }
  const ends = children.map((child) => new Promise((done) => child.once("close", done)));
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(ends);
  return { kills, operations, faults, largest, stale: await staleChunks(layer, cache) };
}

/** What is in the cache must be what is stored, now that nobody writes any more. */
async function staleChunks(layer: string, cache: string): Promise<string[]> {
  const through = await CloudVolume.open(`file://${layer}`, { cache });
  const direct = await CloudVolume.open(`file://${layer}`);
  const stale: string[] = [];
  for (const key of (await direct.exists("...")).keys()) {
    const box = key.split("/")[1] ?? "";
    const [a, b] = [await through.download(box), await direct.download(box)];
    if (Buffer.compare(Buffer.from(a.data as Uint8Array), Buffer.from(b.data as Uint8Array)) !== 0)
      stale.push(key);
  }
  return stale;
}

/** Bytes of the chunks in a cache; files that vanish meanwhile do not count. */
export function bytesBelow(folder: string): number {
  let sum = 0;
  let entries: { name: string; isDirectory(): boolean }[] = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return 0;
  }
  for (const entry of entries) {
    if (entry.name === ".cloudvolume") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += bytesBelow(path);
    else sum += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}
