/**
 * Reading of Precomputed images and nothing else: for pages that count kilobytes. What a read does not need is left out of a
 * bundle, or loaded when it is first used (encodings, shards, workers, buckets). `CloudVolume` does the rest, and more.
 */

import type { Abortable } from "./base/abort.js";
import type { Box6 } from "./base/bbox.js";
import type { DataType, Voxel } from "./base/dtype.js";
import { InfoError, InfoUnavailableError, OutOfBoundsError, ScaleUnavailableError } from "./base/errors.js";
import { parseJson } from "./base/json-parse.js";
import { createWorkspace } from "./base/memory-workspace.js";
import { fortranStride, type StridedArray } from "./base/strided.js";
import { nextTurn } from "./base/turn.js";
import { loadedCodec } from "./codecs/load.js";
import { rawVoxels } from "./codecs/raw/voxels.js";
import { Results } from "./compute/results.js";
import { type Info, type ScaleInfo, verifyInfo } from "./formats/precomputed/info.js";
import { readLayerFile } from "./formats/read-layer-file.js";
import { planRead } from "./grid/plan-read.js";
import { openReadable, type ReadableOptions } from "./open-readable.js";
import { chunksInShards, readLarge } from "./read-large.js";
import type { Store } from "./stores/store.js";
import type { Runtime } from "./volume/context.js";
import { boxSize, voxelBytes } from "./volume/layout.js";
import { isSmall, readInline } from "./volume/read-inline.js";
import type { ReadRequest, ReadResult } from "./volume/read-request.js";
import { scaleLayout } from "./volume/scale-layout.js";

export interface PrecomputedOptions extends ReadableOptions, Abortable {
  /** Missing chunks are background. Default false: EmptyVolumeException. */
  readonly fillMissing?: boolean | undefined;
  /** The value of missing chunks. Default 0. */
  readonly backgroundColor?: Voxel | undefined;
}

export interface PrecomputedReadOptions extends Abortable {
  /** The level; 0 is the finest. Default 0. */
  readonly mip?: number | undefined;
  /** Workers that may take part. Default: the cores. */
  readonly parallel?: number | undefined;
}

/** x, y, z, channel voxels in Fortran order, and where they lie. */
export interface PrecomputedArray extends StridedArray {
  readonly dtype: DataType;
  readonly box: Box6;
}

/**
 * Opens an image or a segmentation for reading. Costs one request. @throws InfoUnavailableError, InfoError, AuthorizationError,
 * StorageError.
 */
export async function openPrecomputed(
  path: string,
  options: PrecomputedOptions = {},
): Promise<PrecomputedImage> {
  const store = await openReadable(path, options);
  const file = await readLayerFile(store, "info", options);
  const where = store.url("info");
  if (file === undefined)
    throw new InfoUnavailableError("There is no info file", { where, fix: "Check the path." });
  const info = verifyInfo(parseJson(file.bytes, { where }), where);
  if (typeof info.redirect === "string")
    throw new InfoError("The layer lies somewhere else", {
      where,
      got: `a redirect to ${info.redirect}`,
      fix: "Open that path, or use CloudVolume.open, which follows redirects.",
    });
  return new PrecomputedImage(info, store, options);
}

/** An opened image: its info, and its voxels. */
export class PrecomputedImage {
  readonly info: Info;
  readonly #store: Store;
  readonly #options: PrecomputedOptions;

  constructor(info: Info, store: Store, options: PrecomputedOptions) {
    this.info = info;
    this.#store = store;
    this.#options = options;
  }

  /** The level's extent in voxels: x, y, z of its first voxel, and of that behind its last. */
  bounds(mip = 0): Box6 {
    const { size, voxel_offset: [x, y, z] = [0, 0, 0] } = this.#scale(mip);
    return [x, y, z, x + size[0], y + size[1], z + size[2]];
  }

  /**
   * Reads a box of a level, from x, y, z to x, y, z, inside of its bounds. Costs one request for each chunk that it touches.
   * @throws OutOfBoundsError, ScaleUnavailableError, EmptyVolumeException for a missing chunk (unless fillMissing),
   * AuthorizationError, DecodingError, StorageError.
   */
  async download(
    box: Box6,
    { mip = 0, parallel, signal }: PrecomputedReadOptions = {},
  ): Promise<PrecomputedArray> {
    const bounds = this.bounds(mip);
    const isInside = [0, 1, 2].every(
      (a) => bounds[a]! <= box[a]! && box[a]! < box[a + 3]! && box[a + 3]! <= bounds[a + 3]!,
    );
    if (!isInside || !box.every(Number.isInteger))
      throw new OutOfBoundsError("The requested box is not in the volume", {
        expected: `x, y, z to x, y, z inside of ${bounds.join(", ")}`,
        got: box.join(", "),
      });
    const layout = scaleLayout(this.info, mip);
    const { fillMissing = false, backgroundColor: background = 0 } = this.#options;
    const request: ReadRequest = {
      layout,
      box,
      fillMissing,
      background,
      parallel: parallel ?? Number.POSITIVE_INFINITY,
      signal,
    };
    const chunks = layout.sharding === undefined ? this.#store : await chunksInShards(this.#store, layout);
    const { data } = await read(this.#store, chunks, request);
    const shape = [...boxSize(box), layout.channels];
    return { data, shape, stride: fortranStride(shape), dtype: layout.dtype, box };
  }

  #scale(mip: number): ScaleInfo {
    const scale = this.info.scales[mip];
    if (scale !== undefined) return scale;
    throw new ScaleUnavailableError("There is no such level", {
      where: this.#store.url("info"),
      expected: `0 to ${this.info.scales.length - 1}`,
      got: String(mip),
    });
  }
}

async function read(store: Store, chunks: Store, request: ReadRequest): Promise<ReadResult> {
  const plan = planRead(request.layout.grid, request.box);
  const bytes = voxelBytes(request.layout, boxSize(request.box));
  if (isSmall(plan, bytes)) {
    here ??= calling();
    return await readInline({ runtime: here, store, chunks }, request, plan);
  }
  return await readLarge(store, chunks, request);
}

let here: Runtime | undefined;

/** What small reads take: the calling thread. */
function calling(): Runtime {
  return {
    workspace: createWorkspace(),
    pool: undefined,
    outputs: undefined,
    codec: async (name) => (name === "raw" ? rawVoxels : await loadedCodec(name, "decode")),
    results: new Results((bytes) => new ArrayBuffer(bytes)),
    turn: nextTurn,
    cores: 1,
  };
}
