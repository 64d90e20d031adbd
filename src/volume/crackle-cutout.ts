/** A cut-out as one crackle stream. */
import type { Abortable } from "../base/abort.js";
import type { Bbox } from "../base/bbox.js";
import type { DataType, Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import type { StridedArray, Vec3 } from "../base/strided.js";
import type { Labels } from "../codecs/codec.js";
import { crackle } from "../codecs/crackle/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";
import type { CutoutOrigin, VolumeCutout } from "./cutout.js";

/**
 * Labels of a box, encoded: a few percent of their voxels' size. `bytes` is a file that crackle's own tools read. Questions
 * are answered from the stream; only `decode` makes voxels. Source: CloudVolume `download(crackle=True)`.
 */
export class CrackleCutout {
  readonly bytes: Uint8Array;
  readonly shape: Vec3;
  readonly dtype: DataType;
  readonly origin: CutoutOrigin;
  /** With `renumber`: from each label of the box, and the background, to its number. */
  readonly mapping: ReadonlyMap<Voxel, number> | undefined;
  readonly #codec: StandaloneCodec = standalone(crackle);

  constructor(bytes: Uint8Array, cutout: VolumeCutout, mapping?: ReadonlyMap<Voxel, number>) {
    const [x, y, z] = cutout.shape;
    this.bytes = bytes;
    this.shape = [x, y, z];
    this.dtype = cutout.dtype;
    this.origin = cutout.origin;
    this.mapping = mapping;
  }

  get bounds(): Bbox {
    return this.origin.bounds;
  }

  /** All voxels: x, y, z, channel in Fortran order. @throws DecodingError. */
  async decode(options: Abortable = {}): Promise<StridedArray> {
    return await this.#codec.decode(this.bytes, { ...options, shape: this.shape, dtype: this.dtype });
  }

  /** The distinct labels, ascending. */
  async labels(options: Abortable = {}): Promise<Labels> {
    return await this.#codec.labels(this.bytes, { ...options, shape: this.shape, dtype: this.dtype });
  }

  /** The label at an index into the box (not a coordinate of the volume). Decodes one slice. @throws OutOfBoundsError. */
  async get(x: number, y: number, z: number, options: Abortable = {}): Promise<Voxel> {
    const at = [x, y, z, 0];
    return await this.#codec.readVoxel(this.bytes, at, { ...options, shape: this.shape, dtype: this.dtype });
  }
}

/** Encodes a cut-out and gives its memory back. @throws EncodingError for what crackle cannot hold. */
export async function toCrackle(
  cutout: VolumeCutout,
  mapping: ReadonlyMap<Voxel, number> | undefined,
  options: Abortable = {},
): Promise<CrackleCutout> {
  const bytes = await standalone(crackle).encode(cutout, options);
  cutout.release();
  return new CrackleCutout(bytes, cutout, mapping);
}

/** @throws ArgumentError: crackle is for labels. */
export function checkSegmentation(layerType: string): void {
  if (layerType === "segmentation") return;
  throw new ArgumentError("Only segmentations are read as crackle", {
    where: "crackle",
    expected: "a layer of type segmentation",
    got: layerType,
  });
}
