/**
 * What a 64-bit label of a graph says: its layer, the position of its chunk, and its number in that chunk, from the highest
 * bits to the lowest. Source: CloudVolume `datasource/graphene/metadata.py`.
 */
import { Bbox } from "../../base/bbox.js";
import { ArgumentError } from "../../base/errors.js";
import { type SegmentId, toSegmentId } from "../../base/segment-ids.js";
import type { Vec3 } from "../../base/strided.js";
import type { GrapheneInfo, GrapheneLevel } from "./info.js";

export interface GrapheneLabel {
  readonly level: number;
  /** The position of the chunk, in chunks of its layer. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** The number within the chunk. */
  readonly segid: bigint;
}

/** How many bits of a layer's labels hold what. */
interface Bits {
  /** Of each axis. */
  readonly axis: number;
  readonly segid: number;
}

export class LabelLayout {
  readonly #info: GrapheneInfo;
  readonly #layerBits: number;
  readonly #bits = new Map<number, Bits>();

  constructor(info: GrapheneInfo) {
    this.#info = info;
    this.#layerBits = info.layerBits;
    for (const [layer, axis] of info.spatialBits)
      this.#bits.set(layer, { axis, segid: 64 - this.#layerBits - 3 * axis });
  }

  /** Layers of the graph; labels of the highest are roots. */
  get nLayers(): number {
    return this.#info.nLayers;
  }
  get nBitsForLayerId(): number {
    return this.#layerBits;
  }
  /** Chunks along each axis that the next layer unites. */
  get fanOut(): number {
    return this.#info.fanOut;
  }
  /** Voxels of a chunk of layer 1 and 2, at the watershed's level. */
  get graphChunkSize(): Vec3 {
    return [...this.#info.chunkSize];
  }
  /** The level that the supervoxels are labels of. */
  get watershedMip(): number {
    return this.#info.watershedMip;
  }
  get chunksStartAtVoxelOffset(): boolean {
    return this.#info.chunksStartAtVoxelOffset;
  }

  /** Bits of each axis of the chunk's position. @throws ArgumentError for a layer that the graph does not describe. */
  spatialBitCount(layer: number): number {
    return this.#of(layer).axis;
  }
  /** Bits of the number within the chunk. @throws ArgumentError as `spatialBitCount`. */
  segidBits(layer: number): number {
    return this.#of(layer).segid;
  }

  /** All parts of a label. @throws ArgumentError for what is no label, or of a layer that the graph does not describe. */
  decodeLabel(label: SegmentId): GrapheneLabel {
    const value = toSegmentId(label);
    const level = this.#layerOf(value);
    const { axis, segid } = this.#of(level);
    const packed = value >> BigInt(segid);
    const part = (n: number): number => Number(BigInt.asUintN(axis, packed >> BigInt(n * axis)));
    return { level, x: part(2), y: part(1), z: part(0), segid: BigInt.asUintN(segid, value) };
  }

  /** The layer: 1 for supervoxels. */
  decodeLayerId(label: SegmentId): number {
    return this.#layerOf(toSegmentId(label));
  }

  /** The number within the chunk. */
  decodeSegid(label: SegmentId): bigint {
    const value = toSegmentId(label);
    return BigInt.asUintN(this.#of(this.#layerOf(value)).segid, value);
  }

  /** The label with zeros for its number: the id of its chunk. */
  decodeChunkId(label: SegmentId): bigint {
    const value = toSegmentId(label);
    const bits = BigInt(this.#of(this.#layerOf(value)).segid);
    return (value >> bits) << bits;
  }

  /** The position of the chunk, in chunks of its layer. */
  decodeChunkPosition(label: SegmentId): Vec3 {
    const { x, y, z } = this.decodeLabel(label);
    return [x, y, z];
  }

  /** The position of the chunk as one number: x, y and z in as many bits each as the layer has. */
  decodeChunkPositionNumber(label: SegmentId): bigint {
    const value = toSegmentId(label);
    const { axis, segid } = this.#of(this.#layerOf(value));
    return BigInt.asUintN(3 * axis, value >> BigInt(segid));
  }

  /** The label of these parts; takes what `decodeLabel` gives. @throws ArgumentError for a part out of range. */
  encodeLabel(label: GrapheneLabel): bigint;
  encodeLabel(layer: number, x: number, y: number, z: number, segid: bigint | number): bigint;
  encodeLabel(first: GrapheneLabel | number, ...rest: readonly (number | bigint)[]): bigint {
    const parts =
      typeof first === "object" ? [first.level, first.x, first.y, first.z, first.segid] : [first, ...rest];
    const [layer = 0n, x = 0n, y = 0n, z = 0n, segid = 0n] = parts.map((part) => toSegmentId(part));
    if (layer > BigInt(this.nLayers))
      throw new ArgumentError("There is no such layer in the graph", {
        where: "layer",
        expected: `0 to ${this.nLayers}`,
        got: `${layer}`,
      });
    const bits = this.#of(Number(layer));
    const axis = BigInt(bits.axis);
    let label = layer;
    for (const [name, value] of [
      ["x", x],
      ["y", y],
      ["z", z],
    ] as const) {
      if (value >> axis !== 0n) throw outOfRange(name, value, 1n << axis, layer);
      label = (label << axis) | value;
    }
    const most = 1n << BigInt(bits.segid);
    if (segid >= most) throw outOfRange("segid", segid, most, layer);
    return (label << BigInt(bits.segid)) | segid;
  }

  /**
   * The position of the chunk of layer 2 that a point lies in. @param mip the level that the point's voxels are of;
   * without, it is in nanometres.
   */
  pointToChunkPosition(point: readonly number[], mip?: number): Vec3 {
    const own = this.#level(this.watershedMip);
    const from = mip === undefined ? [1, 1, 1] : this.#level(mip).resolution;
    const offset = this.#origin();
    if (point.length !== 3 || !point.every(Number.isFinite))
      throw new ArgumentError("Not a point", { expected: "three numbers", got: String(point) });
    return point.map((at, a) =>
      floorDivide((at * from[a]!) / own.resolution[a]! - offset[a]!, this.#info.chunkSize[a]!),
    ) as unknown as Vec3;
  }

  /** The chunk of layer 2 that a point lies in, in voxels of the watershed's level. See `pointToChunkPosition`. */
  pointToChunkBbox(point: readonly number[], mip?: number): Bbox {
    const position = this.pointToChunkPosition(point, mip);
    const offset = this.#origin();
    const size = this.#info.chunkSize;
    const start = position.map((n, a) => n * size[a]! + offset[a]!);
    return new Bbox(
      start,
      start.map((n, a) => n + size[a]!),
    );
  }

  #layerOf(label: bigint): number {
    return Number(label >> BigInt(64 - this.#layerBits));
  }

  #of(layer: number): Bits {
    const bits = this.#bits.get(layer);
    if (bits !== undefined) return bits;
    throw new ArgumentError("The graph does not describe labels of this layer", {
      where: "graph.spatial_bit_masks",
      expected: `one of ${[...this.#bits.keys()].join(", ").slice(0, 200)}`,
      got: `${layer}`,
    });
  }

  #level(mip: number): GrapheneLevel {
    const level = this.#info.levels[mip];
    if (level !== undefined) return level;
    throw new ArgumentError("The volume does not have this level", {
      where: "mip",
      expected: `0 to ${this.#info.levels.length - 1}`,
      got: `${mip}`,
    });
  }

  /** Where the graph's chunks begin, in voxels of the watershed's level. */
  #origin(): readonly number[] {
    return this.chunksStartAtVoxelOffset ? this.#level(this.watershedMip).voxelOffset : [0, 0, 0];
  }
}

/** The quotient rounded down, also where the division itself would round up to the next whole number. */
function floorDivide(value: number, by: number): number {
  const rest = value % by;
  return Math.round((value - (rest < 0 ? rest + by : rest)) / by) + 0;
}

function outOfRange(where: string, got: bigint, most: bigint, layer: bigint): ArgumentError {
  return new ArgumentError("A part of a label is out of range", {
    where,
    expected: `less than ${most} in layer ${layer}`,
    got: `${got}`,
  });
}
