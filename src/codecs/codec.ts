/**
 * One chunk's bytes to voxels and back. A codec works inside a {@link Workspace} (a WebAssembly memory), so
 * that kernels decode straight into the caller's cut-out; `loaded` codecs run synchronously on any thread.
 */
import type { DataType } from "../base/dtype.js";
import type { Placement } from "../base/placement.js";
import type { Vec3, Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";

export type { Placement };

/** What a codec has to know of a chunk. */
export interface ChunkSpec {
  /** Voxels along x, y, z and channels. Chunks at the volume's end are cut. */
  readonly shape: Vec4;
  readonly dtype: DataType;
  /** compressed_segmentation only; voxels of a block. */
  readonly blockSize?: Vec3 | undefined;
  /** The scale's own fields, e.g. `jpeg_quality`, `png_level`; a codec reads those it knows. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export interface Codec {
  /** The name in an info file. */
  readonly name: string;
  /** Content-Type of a stored chunk. */
  readonly contentType: string;
  /** Whether CloudVolume gzips chunks of this encoding when asked for nothing else. */
  readonly gzipByDefault: boolean;
  /** @throws EncodingError / DecodingError naming what this codec cannot hold (data type, channels). */
  check(spec: ChunkSpec): void;
  /** Brings what is heavy (e.g. a big WebAssembly module). Codecs without it are always loaded. */
  readonly load?: (() => Promise<void>) | undefined;
  /**
   * Decodes the chunk in `source` into `target`. Reads nothing outside `source`, writes nothing outside the
   * placement. @throws DecodingError.
   */
  decode(workspace: Workspace, source: Region, spec: ChunkSpec, target: Placement): void;
  /** Encodes dense voxels in Fortran order (x, y, z, channel). The result is a copy. @throws EncodingError. */
  encode(workspace: Workspace, source: Region, spec: ChunkSpec): Uint8Array;
}
