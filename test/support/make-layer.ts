/** Layers of random voxels on disk, as the tests of CloudVolume make them. */
import { join } from "node:path";
import { findClosestDivisor } from "../../src/base/divisors.js";
import type { DataType } from "../../src/base/dtype.js";
import type { StridedArray } from "../../src/base/strided.js";
import { CloudVolume, type FromArrayOptions } from "../../src/node.js";
import { randomArray, seeded, type Texture } from "./random.js";
import { scratchDirectory } from "./scratch.js";

export interface LayerOptions extends Omit<FromArrayOptions, "path"> {
  readonly dtype?: DataType;
  readonly texture?: Texture;
  readonly seed?: number;
}

export interface MadeLayer {
  readonly vol: CloudVolume;
  /** What was written. */
  readonly data: StridedArray;
  /** The layer's directory. */
  readonly path: string;
}

/** A layer of this size at this offset: 1 nm voxels, chunks that divide it and are near 64. */
export async function makeLayer(
  size: readonly number[],
  offset: readonly number[] = [0, 0, 0],
  options: LayerOptions = {},
): Promise<MadeLayer> {
  const { dtype = "uint8", texture = "noise", seed = 1, ...open } = options;
  const data = randomArray(seeded(seed), size, dtype, texture);
  const path = join(scratchDirectory(), "layer");
  const vol = await CloudVolume.fromArray(data, {
    layerType: "image",
    resolution: [1, 1, 1],
    chunkSize: findClosestDivisor(size.slice(0, 3), [64, 64, 64]),
    ...open,
    path: `file://${path}`,
    voxelOffset: offset,
  });
  return { vol, data, path };
}
