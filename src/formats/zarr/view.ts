/**
 * Any volume as the files of a Zarr: the group, its levels, and their chunks, which are made of voxels when they are asked
 * for. Nothing is written. Chunks are those of the volume, so that one chunk costs the reading of one.
 */
import type { Abortable } from "../../base/abort.js";
import type { Box6 } from "../../base/bbox.js";
import { arrayType, type DataType, type TypedArray, toVoxel, type Voxel } from "../../base/dtype.js";
import { encodeJson } from "../../base/json.js";
import { copyRows, fortranStride, product, type Vec3 } from "../../base/strided.js";
import type { Workspace } from "../../base/workspace.js";
import { loadByteCodecs, pack } from "../../codecs/byte-chain.js";
import type { ArrayLevel } from "../array-level.js";
import { type ArrayOptions, newLevel } from "../new-level.js";
import { zarrFiles } from "./create.js";

/** What a view needs of an info document. */
export interface ViewedInfo {
  readonly data_type: DataType;
  readonly num_channels: number;
  readonly scales: readonly {
    readonly size: Vec3;
    readonly resolution: Vec3;
    readonly voxel_offset?: Vec3;
    readonly chunk_sizes: readonly Vec3[];
  }[];
}

/** What a view needs of a volume. */
export interface ViewedVolume {
  readonly name: string;
  readonly info: ViewedInfo;
  /** The value of what is not stored. */
  readonly missing: Voxel;
  readonly workspace: Workspace;
  /** Dense Fortran voxels (x, y, z, channel) of a box that is a chunk. @returns undefined if the chunk is not stored. */
  read(
    mip: number,
    box: Box6,
    options: Abortable,
  ): Promise<{ readonly data: TypedArray; release(): void } | undefined>;
}

export interface ViewOptions {
  /** Default 3. */
  readonly version?: 2 | 3 | undefined;
  /** What packs chunks. Default null: nothing, as suits this machine and those near it. */
  readonly compressor?: ArrayOptions["compressor"];
}

export interface ZarrView {
  /**
   * A file by its key, e.g. `zarr.json`, `0/zarr.json`, `0/c/0/1/2`. @returns undefined for what is no file of the Zarr, and for
   * chunks that are not stored. @throws what reading the volume throws.
   */
  get(key: string, options?: Abortable): Promise<Uint8Array | undefined>;
}

/** The files of a volume as it is now: levels that are added later are not in it. */
export function zarrView(volume: ViewedVolume, options: ViewOptions = {}): ZarrView {
  const { version = 3, compressor = null } = options;
  const format = version === 2 ? "zarr2" : "zarr3";
  const { info, missing: fillValue } = volume;
  const levels = info.scales.map((scale, mip) => {
    const { size, resolution, voxel_offset: offset = [0, 0, 0], chunk_sizes: chunks } = scale;
    const level = {
      ...{ key: String(mip), size, resolution, offset, chunk: chunks[0] as Vec3 },
      ...{ channels: info.num_channels, dtype: info.data_type },
    };
    return newLevel(format, level, { compressor, separator: "/", splitChannels: false, fillValue });
  });
  const files = zarrFiles({ format, levels, attributes: {} }, volume.name);
  return {
    async get(key, { signal } = {}) {
      const file = files.get(key);
      if (file !== undefined) return encodeJson(file);
      const mip = Number(/^(\d{1,4})\//.exec(key)?.[1] ?? -1);
      const level = levels[mip];
      const cell = level && cellOf(level, key);
      return cell && (await chunkOf(volume, level, mip, cell, { signal }));
    },
  };
}

/** The chunk's number along x, y, z. */
function cellOf(level: ArrayLevel, key: string): Vec3 | undefined {
  const start = `${level.key}/${level.names.prefix}`;
  if (!key.startsWith(start)) return undefined;
  const numbers = key.slice(start.length).split(level.names.separator);
  if (numbers.length !== level.axes.length || !numbers.every((n) => /^(0|[1-9]\d{0,9})$/.test(n)))
    return undefined;
  const at = numbers.map(Number);
  if (at.some((n, axis) => n * level.chunk[axis]! >= level.shape[axis]!)) return undefined;
  const [z, y, x] = at.slice(-3) as [number, number, number];
  return [x, y, z];
}

async function chunkOf(
  volume: ViewedVolume,
  level: ArrayLevel,
  mip: number,
  cell: Vec3,
  options: Abortable,
): Promise<Uint8Array | undefined> {
  const [cz, cy, cx] = level.chunk.slice(-3) as [number, number, number];
  const [sz, sy, sx] = level.shape.slice(-3) as [number, number, number];
  const low = [cell[0] * cx, cell[1] * cy, cell[2] * cz] as const;
  const high = [Math.min(low[0] + cx, sx), Math.min(low[1] + cy, sy), Math.min(low[2] + cz, sz)] as const;
  const at = level.offset;
  const box: Box6 = [
    ...(low.map((n, i) => n + at[i]!) as [number, number, number]),
    ...(high.map((n, i) => n + at[i]!) as [number, number, number]),
  ];
  const read = await volume.read(mip, box, options);
  if (read === undefined) return undefined;
  try {
    const size = [...high.map((n, i) => n - low[i]!), volume.info.num_channels];
    const bytes = wholeChunk(read.data, size, [cx, cy, cz, size[3]!], level);
    if (level.chain.length === 0) return bytes;
    await loadByteCodecs();
    return await pack(volume.workspace, bytes, level.chain);
  } finally {
    read.release();
  }
}

/** x, y, z, channel with x fastest are channel, z, y, x in C order: only chunks that the volume's end cuts are widened. */
function wholeChunk(
  data: TypedArray,
  size: readonly number[],
  chunk: readonly number[],
  { dtype, fill }: ArrayLevel,
): Uint8Array {
  const whole = new (arrayType(dtype))(product(chunk));
  if (size.every((n, axis) => n === chunk[axis])) (whole as Uint8Array).set(data as Uint8Array);
  else {
    (whole as Uint8Array).fill(toVoxel(fill, dtype) as number);
    copyRows(data, fortranStride(size), 0, whole, fortranStride(chunk), 0, size);
  }
  return new Uint8Array(whole.buffer);
}
