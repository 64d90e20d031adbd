/** Random chunks of labels: noise, blobs, constant, one voxel, no voxels, and crops of the golden real segmentation. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { arrayType, type DataType } from "../../src/base/dtype.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { product, type Vec4 } from "../../src/base/strided.js";
import { loadedCodec } from "../../src/codecs/index.js";
import { below, decodeBytes, type Random } from "../../src/codecs/testing-chunks.js";
import { goldenPath, goldenRoot } from "./golden.js";

export interface RandomLabels {
  readonly content: string;
  readonly shape: Vec4;
  readonly voxels: Uint8Array;
}

const CONTENTS = [
  "noise",
  "blobs",
  "few",
  "high",
  "constant",
  "voxel",
  "crop",
  "crop",
  "sheets",
  "empty",
] as const;
const REAL: Vec4 = [256, 256, 64, 1];
let real: Uint32Array | undefined;

/** The segmentation that crops are taken from. Await it first. */
export async function loadSegmentation(): Promise<void> {
  if (goldenRoot === undefined) return;
  const codec = await loadedCodec("compresso");
  const file = gunzipSync(readFileSync(goldenPath("real/seg_compresso/layer/32_32_40/0-256_0-256_0-64.gz")));
  const voxels = decodeBytes(createWorkspace(), codec, file, { shape: REAL, dtype: "uint32" });
  real = new Uint32Array(voxels.buffer);
}

/** The `i`-th of a row of chunks; `most`: longest side. Without the golden data, blobs stand for crops. */
export function randomLabels(
  random: Random,
  i: number,
  dtype: DataType,
  most: number,
  channels = 1,
): RandomLabels {
  const content = CONTENTS[i % CONTENTS.length]!;
  const side = (): number => 1 + below(random, random() < 0.15 ? 2 : most);
  const shape: Vec4 = content === "voxel" ? [1, 1, 1, channels] : [side(), side(), side(), channels];
  if (content === "empty") (shape as unknown as number[])[below(random, 3)] = 0;
  const data = new (arrayType(dtype))(product(shape));
  const bits = 8 * data.BYTES_PER_ELEMENT;
  const big = dtype === "uint64";
  const label = (n: number): number | bigint => {
    const wide = BigInt.asUintN(bits, BigInt(n) * 0x9e3779b97f4a7c15n);
    return big ? wide : Number(wide);
  };
  const top = (1n << BigInt(bits)) - 1n;
  const cell = 1 + below(random, 9);
  const offset = below(random, 1000);
  const from = [0, 1, 2].map((axis) => below(random, Math.max(1, REAL[axis]! - shape[axis]!)));
  const kinds = 2 + below(random, 5);
  for (let at = 0; at < data.length; at++) {
    const x = at % shape[0];
    const y = Math.floor(at / shape[0]) % shape[1];
    const z = Math.floor(at / shape[0] / shape[1]) % shape[2];
    const blob =
      offset + Math.floor((x + (y % cell)) / cell) + 7 * Math.floor(y / cell) + 31 * Math.floor(z / cell);
    if (content === "noise") data[at] = label(below(random, 5000));
    else if (content === "few") data[at] = label(below(random, kinds));
    else if (content === "high")
      data[at] = big ? top - BigInt(below(random, 9)) : Number(top) - below(random, 9);
    else if (content === "constant" || content === "voxel") data[at] = label(offset);
    else if (content === "sheets") data[at] = label(([x, y, z][kinds % 3]! + Math.floor(x / 7)) % kinds);
    else if (content === "crop" && real !== undefined)
      data[at] = label(real[x + from[0]! + 256 * (y + from[1]! + 256 * (z + from[2]!))]!);
    else data[at] = label(blob % 40);
  }
  return { content, shape, voxels: new Uint8Array(data.buffer) };
}
