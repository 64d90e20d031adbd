/** Kills an upload at a random moment and looks at what it left. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudVolume } from "../../src/node.js";
import type { Random } from "../support/random.js";
import { patternOf } from "./pattern.mjs";

/** 27 chunks of 40 x 40 x 40, those at the end cut. */
const SIZE = [110, 110, 110] as const;
const CHUNK = [40, 40, 40] as const;
export const CHUNKS = 27;

export interface Killed {
  /** Whether some file was being written: it left a temporary file. */
  readonly midFile: boolean;
  /** Chunks of the write that was killed, of the one before, and of none of them or damaged. */
  readonly newer: number;
  readonly older: number;
  readonly wrong: readonly string[];
  /** What of the store's answers took a temporary file for a chunk. */
  readonly mistaken: readonly string[];
}

/** A layer that holds pattern 0 in every chunk. */
export async function crashLayer(path: string, compress: string): Promise<void> {
  const vol = await CloudVolume.create(`file://${path}`, {
    info: {
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: SIZE, chunkSize: CHUNK },
    },
    compress: compress as "gzip",
  });
  const array = new Uint8Array(SIZE[0] * SIZE[1] * SIZE[2]);
  patternOf(array, 0);
  await vol.upload("...", array);
}

/**
 * Starts an upload over the layer, kills it at a random moment of one of its first writes (with `catching`: as soon
 * as a file is seen being written), and inspects.
 */
export async function killOnce(
  build: string,
  path: string,
  compress: string,
  random: Random,
  catching: boolean,
): Promise<Killed> {
  const before = await numbersOf(path);
  const child = spawn(process.execPath, ["test/crash/overwrite.mjs", build, path, compress], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const write = random.integer(1, 3);
  let said = "";
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (d) => {
      said += d;
      if (said.includes(`${write}\n`)) resolve();
    });
    void ended.then(resolve);
  });
  if (!catching) await sleep(random.integer(0, 80_000) / 1000);
  else for (let i = 0; i < 20_000 && leftovers(path) === 0; i++) await new Promise(setImmediate);
  child.kill("SIGKILL");
  await ended;
  if (child.signalCode !== "SIGKILL") throw new Error(`the upload ended by itself: ${child.exitCode}`);
  const last = Number(said.trim().split("\n").at(-1));
  return await inspect(path, last, before);
}

async function inspect(path: string, last: number, before: readonly number[]): Promise<Killed> {
  const midFile = leftovers(path) > 0;
  const vol = await CloudVolume.open(`file://${path}`);
  const mistaken: string[] = [];
  const keys = [...(await vol.exists("..."))].filter(([, there]) => there).map(([key]) => key);
  if (keys.length !== CHUNKS) mistaken.push(`${keys.length} chunks exist`);
  const listed: string[] = [];
  for await (const key of vol.context.store.list?.("1_1_1/") ?? []) listed.push(key);
  if (listed.sort().join() !== keys.sort().join()) mistaken.push(`listed: ${listed.join(" ")}`);
  // The first write of a killed process goes over whatever the process before it left.
  const allowed = (n: number, i: number): "newer" | "older" | "wrong" =>
    n === last % 16 ? "newer" : n === (last === 1 ? before[i] : (last - 1) % 16) ? "older" : "wrong";
  const kinds = (await numbersOf(path)).map(allowed);
  const wrong = kinds.flatMap((k, i) => (k === "wrong" ? [`chunk ${i} after write ${last}`] : []));
  const many = (kind: string): number => kinds.filter((k) => k === kind).length;
  return { midFile, newer: many("newer"), older: many("older"), wrong, mistaken };
}

/** The number of the write that each chunk comes from, modulo 16; -1 for a mixture. @throws if one does not decode. */
async function numbersOf(path: string): Promise<number[]> {
  const vol = await CloudVolume.open(`file://${path}`);
  const whole = new Uint8Array(SIZE[0] * SIZE[1] * SIZE[2]);
  patternOf(whole, 0);
  const numbers: number[] = [];
  for (const key of (await vol.exists("...")).keys()) {
    const { data, bounds, shape } = await vol.download(key.split("/")[1] ?? "");
    const voxels = data as Uint8Array;
    const number = (voxels[0] ?? 0) >> 4;
    const [x0 = 0, y0 = 0, z0 = 0] = bounds.minpt;
    const same = voxels.every((v, i) => {
      const x = x0 + (i % shape[0]);
      const y = y0 + (Math.floor(i / shape[0]) % shape[1]);
      const z = z0 + Math.floor(i / (shape[0] * shape[1]));
      return v === (whole[x + SIZE[0] * (y + SIZE[1] * z)] ?? 0) + number * 16;
    });
    numbers.push(same ? number : -1);
  }
  return numbers;
}

/** Temporary files in the folder of the chunks. */
export function leftovers(path: string): number {
  const folder = join(path, "1_1_1");
  return existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith(".cvtmp")).length : 0;
}
