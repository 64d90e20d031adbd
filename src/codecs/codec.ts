/**
 * One chunk's bytes to voxels and back. A codec works inside a {@link Workspace} (a WebAssembly memory), so
 * that kernels decode straight into the caller's cut-out; `loaded` codecs run synchronously on any thread.
 */
import type { DataType, Voxel } from "../base/dtype.js";
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

/** What a codec is loaded for. */
export type CodecUse = "decode" | "encode";

export interface Codec {
  /** The name in an info file. */
  readonly name: string;
  /** Content-Type of a stored chunk. */
  readonly contentType: string;
  /** Whether CloudVolume gzips chunks of this encoding when asked for nothing else. */
  readonly gzipByDefault: boolean;
  /** @throws EncodingError / DecodingError naming what this codec cannot hold (data type, channels). */
  check(spec: ChunkSpec): void;
  /**
   * Brings what is heavy (e.g. a big WebAssembly module). Codecs without it are always loaded. `use`: what for;
   * both unless told.
   */
  readonly load?: ((use?: CodecUse) => Promise<void>) | undefined;
  /**
   * Decodes the chunk in `source` into `target`. Reads nothing outside `source`, writes nothing outside the
   * placement. @throws DecodingError.
   */
  decode(workspace: Workspace, source: Region, spec: ChunkSpec, target: Placement): void;
  /** Decodes a chunk whose bytes come piece by piece, for codecs that need not have all of them at once. */
  readonly pieces?: ((workspace: Workspace, spec: ChunkSpec, target: Placement) => PieceDecoder) | undefined;
  /**
   * Whether bytes can be those of a chunk of this shape, as far as its head tells: for encodings that do not name their
   * shape or only its size, where that of a chunk is in doubt. Never throws once loaded.
   */
  readonly fits?: ((workspace: Workspace, source: Region, spec: ChunkSpec) => boolean) | undefined;
  /** Encodes dense voxels in Fortran order (x, y, z, channel). The result is a copy. @throws EncodingError. */
  encode(workspace: Workspace, source: Region, spec: ChunkSpec): Uint8Array;
  /**
   * What is still to be done to what `encode` gave, where that takes waiting: packing by codecs from bytes to bytes.
   * The result is what is stored. @throws EncodingError.
   */
  readonly pack?:
    | ((workspace: Workspace, encoded: Uint8Array, spec: ChunkSpec) => Promise<Uint8Array>)
    | undefined;
  /**
   * `encode` and `pack` in one, without waiting and with fewer copies; undefined where that cannot be. The result may lie in
   * the workspace, `source` itself even: it is to be used before anything else happens there.
   */
  readonly encodeNow?:
    | ((workspace: Workspace, source: Region, spec: ChunkSpec) => Uint8Array | undefined)
    | undefined;
  /** The distinct values of the chunk, ascending, without decoding it. @throws DecodingError. */
  readonly labels?: ((workspace: Workspace, source: Region, spec: ChunkSpec) => Labels) | undefined;
  /** Whether a voxel of the chunk has this value. @throws DecodingError. */
  readonly contains?:
    | ((workspace: Workspace, source: Region, spec: ChunkSpec, label: bigint) => boolean)
    | undefined;
  /** The value of one voxel (x, y, z, channel). @throws DecodingError, OutOfBoundsError. */
  readonly readVoxel?:
    | ((workspace: Workspace, source: Region, spec: ChunkSpec, at: Vec4) => Voxel)
    | undefined;
  /**
   * The chunk with its labels replaced by those that `mapping` gives, without decoding it. The result is a copy.
   * @throws DecodingError; EncodingError for a label that the data type cannot hold, and, unless
   * `preserveMissing`, for a label of the chunk that `mapping` lacks.
   */
  readonly remap?:
    | ((
        workspace: Workspace,
        source: Region,
        spec: ChunkSpec,
        mapping: ReadonlyMap<bigint, bigint>,
        options?: RemapOptions,
      ) => Uint8Array)
    | undefined;
}

/** Takes the bytes of a chunk from the first to the last. What it has placed stays if the chunk turns out to be damaged. */
export interface PieceDecoder {
  /** The most bytes that `take` leaves for the next time. */
  readonly longest: number;
  /** Takes bytes off the front of a piece. @returns how many; the others come again, with those that follow them. */
  take(piece: Region): number;
  /** There were `length` bytes in all. @throws DecodingError unless these are just the chunk's. */
  end(length: number): void;
}

/** Distinct values in ascending order. */
export type Labels = readonly bigint[] | BigUint64Array;

export interface RemapOptions {
  /** Keep labels that the mapping lacks. Default: they are an error, as in CloudVolume's codecs. */
  readonly preserveMissing?: boolean | undefined;
}
