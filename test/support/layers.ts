/** Random layers over encodings, data types, channels, odd sizes, offsets and chunks. */
import type { DataType } from "../../src/base/dtype.js";
import type { StridedArray } from "../../src/base/strided.js";
import type { NewInfoOptions } from "../../src/formats/precomputed/create-info.js";
import { type Random, randomArray, type Texture } from "./random.js";

export const COMPRESSIONS = ["none", "gzip", "br", "zstd"] as const;
export type Written = (typeof COMPRESSIONS)[number];

export interface LayerKind {
  readonly encoding: string;
  readonly dtype: DataType;
  readonly channels: number;
  readonly lossy?: boolean;
}

const INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"] as const;

/** Each kind of layer of this version's encodings. */
export const LAYER_KINDS: readonly LayerKind[] = [
  ...[...INTEGERS, "float32" as const, "float64" as const].flatMap((dtype) =>
    [1, 2, 3].map((channels) => ({ encoding: "raw", dtype, channels })),
  ),
  { encoding: "raw", dtype: "bool", channels: 1 },
  ...(["uint32", "uint64"] as const).flatMap((dtype) =>
    [1, 2, 3].map((channels) => ({ encoding: "compressed_segmentation", dtype, channels })),
  ),
  ...["compresso", "crackle"].flatMap((encoding) =>
    (["uint8", "uint16", "uint32", "uint64"] as const).map((dtype) => ({ encoding, dtype, channels: 1 })),
  ),
  ...(["uint8", "uint16"] as const).flatMap((dtype) =>
    [1, 2, 3, 4].map((channels) => ({ encoding: "png", dtype, channels })),
  ),
  ...[1, 3].map((channels) => ({ encoding: "jpeg", dtype: "uint8" as const, channels, lossy: true })),
  { encoding: "jxl", dtype: "uint8", channels: 1, lossy: true },
  { encoding: "npz", dtype: "uint16", channels: 1 },
  { encoding: "npz", dtype: "float32", channels: 2 },
];

/** Whether CloudVolume reads its own files of this kind right (it permutes the voxels of colour images, and has one channel of labels). */
export function cloudVolumeReads({ encoding, dtype, channels }: LayerKind): boolean {
  if (encoding === "raw" || encoding === "npz") return true;
  return channels === 1 && !(encoding === "png" && dtype === "uint16");
}

/** Whether tensorstore takes this encoding and data type for a Precomputed volume. */
export function tensorstoreReads({ encoding, dtype }: LayerKind): boolean {
  return (
    !["compresso", "crackle", "jxl", "npz"].includes(encoding) &&
    !["bool", "int64", "float64"].includes(dtype)
  );
}

export interface RandomLayer {
  readonly info: NewInfoOptions;
  readonly array: StridedArray;
}

/** A small layer of this kind: odd sizes, an offset of either sign, chunks that seldom divide it. */
export function randomLayer(
  random: Random,
  { encoding, dtype, channels, lossy = false }: LayerKind,
): RandomLayer {
  const size = [random.integer(1, 45), random.integer(1, 33), random.integer(1, 14)];
  const chunk = [random.integer(3, 32), random.integer(3, 24), random.integer(1, 9)];
  const texture: Texture = lossy ? "smooth" : random.of(["noise", "labels", "labels", "smooth"] as const);
  const info = {
    numChannels: channels,
    layerType: /^(compress|crackle)/.test(encoding) ? ("segmentation" as const) : ("image" as const),
    dataType: dtype,
    encoding,
    resolution: random.of([
      [4, 4, 40],
      [4.5, 4.5, 40],
      [1, 2, 3],
    ]),
    voxelOffset: [0, 0, 0].map(() => random.integer(-60, 60)),
    volumeSize: size,
    chunkSize: chunk,
    compressedSegmentationBlockSize: [0, 0, 0].map(() => random.of([1, 2, 4, 8, 5])),
    ...(encoding === "png" ? { encodingLevel: random.integer(0, 9) } : {}),
    ...(encoding === "jxl" ? { encodingLevel: random.of([75, 85, 100]), encodingEffort: 3 } : {}),
    ...(encoding === "jpeg" ? { encodingLevel: random.of([75, 85, 100]) } : {}),
  };
  return { info, array: randomArray(random, [...size, channels], dtype, texture) };
}
