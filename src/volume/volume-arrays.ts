/** Cut-outs in files and in shared memory, where other programs find them. */
import { Bbox } from "../base/bbox.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import { chunkCount } from "../grid/grid.js";
import { fileBytes } from "./array-file.js";
import { boxToFile, fileArray, fileToBox, localFiles, type StoredArray } from "./file-arrays.js";
import type { ReadableFile } from "./local-files.js";
import { inParts } from "./progress.js";
import { checkTarget } from "./upload.js";
import { type ReadOptions, VolumeFiles } from "./volume-files.js";
import type { UploadOptions } from "./volume-io.js";

export interface UploadArrayOptions extends UploadOptions {
  /** Which axis is fastest in the file: x ("F", the default) or the channel ("C"). */
  readonly order?: "F" | "C" | undefined;
  /** The part of the array to write, in the volume's coordinates. Default: all of it. */
  readonly cutoutBbox?: Slices | undefined;
}

export abstract class VolumeArrays extends VolumeFiles {
  #sharedMemoryId: string | undefined;

  /**
   * Reads a box into a file of bare values, x fastest. The file appears when it is complete; a few parts of the box are held
   * at a time. Source: CloudVolume `download_to_file`.
   */
  async downloadToFile(
    path: string,
    selection: Slices = "...",
    options: ReadOptions = {},
  ): Promise<StoredArray> {
    const { plan, target } = await this.boxOf(selection, options);
    const files = await localFiles(this.context);
    await files.replace(path, (file) =>
      boxToFile(file, plan.layout, target.box, (part) => this.download(part, { ...options, mip: plan.mip })),
    );
    return this.#stored(files.resolve(path), target.box, plan.layout);
  }

  /**
   * Writes a file of bare values that is the array of a box. Source: CloudVolume `upload_from_file`.
   * @throws SharedMemoryReadError if the file is not there or of another size, AlignmentError, and as `upload`.
   */
  async uploadFromFile(path: string, selection: Slices, options: UploadArrayOptions = {}): Promise<void> {
    const files = await localFiles(this.context);
    await this.#uploadArray(() => files.open(path), files.resolve(path), selection, options);
  }

  /** A new, unused name of shared memory. Makes nothing. */
  generateSharedMemoryLocation(): string {
    return `precomputed-shm-${crypto.randomUUID()}`;
  }

  /** Where shared memory goes unless told. Settable. */
  get sharedMemoryId(): string {
    this.#sharedMemoryId ??= this.generateSharedMemoryLocation();
    return this.#sharedMemoryId;
  }
  set sharedMemoryId(location: string) {
    this.#sharedMemoryId = location;
  }

  /**
   * Reads a box into shared memory, where other processes of this machine find it by its name (`location`): on Linux it is
   * POSIX shared memory, e.g. `multiprocessing.shared_memory.SharedMemory(location)` in Python. Memory that is there is
   * written in place. It stays until it is unlinked. Costs one copy: Node cannot map memory. Source: CloudVolume `download_to_shared_memory`.
   * @throws SharedMemoryAllocationError if there is not enough, and as `download`.
   */
  async downloadToSharedMemory(
    selection: Slices = "...",
    options: ReadOptions & { readonly location?: string | undefined } = {},
  ): Promise<StoredArray & { readonly location: string }> {
    const { plan, target } = await this.boxOf(selection, options);
    const { location = this.sharedMemoryId, ...rest } = options;
    const { sharedMemory } = await localFiles(this.context);
    const { layout, mip } = plan;
    const bytes = fileBytes(fileArray(layout, target.box.toList(), "F"));
    const file = await sharedMemory.allocate(location, bytes);
    try {
      await this.report(options, (listener) => {
        const progress = inParts(listener, chunkCount(layout.grid, target.box.toList()));
        return boxToFile(file, layout, target.box, (part) =>
          this.download(part, { ...rest, mip, progress: progress() }),
        );
      });
    } finally {
      await file.close();
    }
    return { ...this.#stored(sharedMemory.path(location), target.box, layout), location };
  }

  /**
   * Writes the array of a box that another process left in shared memory. Source: CloudVolume `upload_from_shared_memory`.
   * @throws SharedMemoryReadError if it is not there or of another size, AlignmentError, and as `upload`.
   */
  async uploadFromSharedMemory(
    location: string,
    selection: Slices,
    options: UploadArrayOptions = {},
  ): Promise<void> {
    const files = await localFiles(this.context);
    const path = files.sharedMemory.path(location);
    await this.#uploadArray(() => files.open(path), path, selection, options);
  }

  /** Removes shared memory by its name; processes that have it mapped keep it. @returns false if there was none. */
  async unlinkSharedMemory(location: string = this.sharedMemoryId): Promise<boolean> {
    const { sharedMemory } = await localFiles(this.context);
    return await sharedMemory.unlink(location);
  }

  async #uploadArray(
    open: () => Promise<ReadableFile | undefined>,
    where: string,
    selection: Slices,
    options: UploadArrayOptions,
  ): Promise<void> {
    await this.ready();
    const mip = this.mipOf(options);
    const layout = this.mipLayout(mip);
    const bounds = this.mipBounds(mip);
    const resolve = (slices: Slices): Bbox =>
      resolveSlices(slices, bounds, layout.channels, { bounded: false, resolution: this.mipResolution(mip) })
        .box;
    const box = resolve(selection);
    const { order = "F", cutoutBbox, ...rest } = options;
    const asked = cutoutBbox === undefined ? box : resolve(cutoutBbox);
    const cutout = this.autocrop && box.containsBbox(asked) ? Bbox.intersection(asked, bounds) : asked;
    if (this.autocrop && cutout.subvoxel()) return;
    this.metadata.verifyWritable(mip);
    if (box.containsBbox(cutout)) checkTarget(layout, bounds, cutout, this);
    await this.report(options, (listener) => {
      const progress = inParts(listener, chunkCount(layout.grid, cutout.toList()));
      return fileToBox(open, { layout, box, cutout, order, where }, (part, array) =>
        this.upload(part, array, { ...rest, mip, progress: progress() }),
      );
    });
  }

  #stored(path: string, bounds: Bbox, layout: Parameters<typeof fileArray>[0]): StoredArray {
    const { dtype, shape } = fileArray(layout, bounds.toList(), "F");
    return { path, dtype, shape, order: "F", bounds };
  }
}
