import type { Bbox } from "../base/bbox.js";
import type { DataType, TypedArray } from "../base/dtype.js";
import { UnsupportedProtocolError } from "../base/errors.js";
import type { StridedArray, Vec3, Vec4 } from "../base/strided.js";
import { type Lifetime, ORDINARY } from "../compute/outputs.js";
import type { Viewer } from "../geometry/viewer/serve-page.node.js";
import type { CutoutOrigin } from "./cutout-origin.js";
import type { LocalFilesSource } from "./local-files.js";
import type { SaveImagesOptions } from "./save-images.js";
import type { ViewOptions } from "./viewer/view.node.js";

export type { CutoutOrigin };

/**
 * Voxels read from a volume: axes x, y, z, channel in Fortran order. Large cut-outs lie in memory that is
 * shared between threads and recycled: it returns by itself once `data` is garbage, or at once by `release()`
 * (after which `data` must not be used any more). Small ones are ordinary arrays; `release()` saves a loop that
 * reads many of them most of its garbage collections. Source: CloudVolume's VolumeCutout.
 */
export class VolumeCutout<T extends TypedArray = TypedArray> implements StridedArray<T>, Disposable {
  readonly data: T;
  readonly shape: Vec4;
  readonly stride: Vec4;
  readonly dtype: DataType;
  readonly origin: CutoutOrigin;
  readonly #lifetime: Lifetime;
  readonly #files: LocalFilesSource | undefined;

  constructor(
    data: T,
    shape: Vec4,
    dtype: DataType,
    origin: CutoutOrigin,
    lifetime: Lifetime = ORDINARY,
    files?: LocalFilesSource,
  ) {
    this.data = data;
    this.shape = shape;
    this.stride = [1, shape[0], shape[0] * shape[1], shape[0] * shape[1] * shape[2]];
    this.dtype = dtype;
    this.origin = origin;
    this.#lifetime = lifetime;
    this.#files = files;
  }

  get bounds(): Bbox {
    return this.origin.bounds;
  }
  get mip(): number {
    return this.origin.mip;
  }
  get resolution(): Vec3 {
    return this.origin.resolution;
  }
  get datasetName(): string {
    return this.origin.datasetName;
  }
  get layer(): string {
    return this.origin.layer;
  }
  get layerType(): string {
    return this.origin.layerType;
  }
  get cloudpath(): string {
    return this.origin.cloudpath;
  }
  get numChannels(): number {
    return this.shape[3];
  }

  /** The value at an index into the array (not a coordinate of the volume). */
  get(x: number, y: number, z: number, channel = 0): T[number] {
    const [sx, sy, sz, sc] = this.stride;
    const value = this.data[x * sx + y * sy + z * sz + channel * sc];
    if (value === undefined)
      throw new RangeError(
        `index ${[x, y, z, channel].join(",")} is outside of shape ${this.shape.join(",")}`,
      );
    return value;
  }

  /**
   * Writes each slice as a picture, to look at: `00000.png`, `00001.png`, … below ./saved_images unless told.
   * @returns the folder. Source: CloudVolume `save_images`. @throws UnsupportedProtocolError where there are no files.
   */
  async saveImages(options: SaveImagesOptions = {}): Promise<string> {
    if (this.#files === undefined) throw new UnsupportedProtocolError("There are no files here");
    const [files, { saveImages }] = await Promise.all([this.#files(), import("./save-images.js")]);
    return await saveImages(files, this, this.origin, options);
  }

  /**
   * Shows the slices in the browser, on a page of this machine alone; `close()` of the result ends that. In Node.
   * Source: CloudVolume `VolumeCutout.viewer`.
   */
  async viewer(options: ViewOptions = {}): Promise<Viewer> {
    const { view } = await import("./viewer/view.node.js");
    return await view(this, options);
  }

  /** Gives the memory back before the garbage collector would. `data` must not be used afterwards. */
  release(): void {
    this.#lifetime.release();
  }

  /**
   * Takes the memory out of recycling: for data that another thread goes on using after this one has let go of
   * them (sending `data` to a worker shares its memory). Small cut-outs never need it.
   */
  keep(): this {
    this.#lifetime.keep();
    return this;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
