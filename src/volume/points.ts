/** Voxels scattered over a volume. */
import type { Box6 } from "../base/bbox.js";
import { arrayType, type TypedArray, toVoxel, type Voxel } from "../base/dtype.js";
import { OutOfBoundsError } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";
import type { Region } from "../base/workspace.js";
import { anchorOf, lazily } from "../grid/grid.js";
import { type ChunkRead, planRead } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { denseChunk, voxelsOf } from "./dense-chunk.js";
import { chunkSpec, type ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { fillArray } from "./read-request.js";
import { type VisitedChunk, visitChunks } from "./visit-chunks.js";

export interface PointsRequest {
  readonly layout: ScaleLayout;
  /** Whole voxels of the level. */
  readonly points: readonly Vec3[];
  /** Points outside of the volume are an error; else they have the background's value. */
  readonly bounded: boolean;
  readonly fillMissing: boolean;
  readonly background: Voxel;
  /** Whether anything can be stored at a point: false where it lies in no region of interest. */
  readonly wanted: (point: Vec3) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** The points of one chunk: which part of it holds them, and their places in the list. */
interface PointGroup {
  readonly chunk: ChunkRead;
  readonly members: readonly number[];
}

/**
 * The values of all channels at each point, point after point. Points of one chunk share one request and at most one
 * decoding; few points of a chunk are read out of its encoded bytes where the encoding can.
 * @throws OutOfBoundsError, EmptyVolumeException for a missing chunk unless fillMissing, DecodingError, StorageError.
 */
export async function readPoints(context: VolumeContext, request: PointsRequest): Promise<TypedArray> {
  const { layout, points, fillMissing, background, signal, onProgress } = request;
  const { channels, dtype } = layout;
  const values = new (arrayType(dtype))(points.length * channels);
  fillArray(values, toVoxel(background, dtype));
  const groups = groupPoints(request);
  const chunks = lazily(groups.length, (i) => groups[i]!.chunk);
  await visitChunks(context, { layout, chunks, signal, onProgress }, (visited) => {
    const group = groups[visited.chunk.index]!;
    if (visited.encoded !== undefined) readGroup(layout, visited, visited.encoded, group, points, values);
    else if (!fillMissing) throw missingChunk(visited.where);
  });
  return values;
}

/** Sorts the points by chunk. */
function groupPoints({ layout, points, bounded, wanted }: PointsRequest): PointGroup[] {
  const { offset, size, chunk } = layout.grid;
  const anchor = anchorOf(layout.grid);
  const cells = new Map<string, number[]>();
  points.forEach((point, i) => {
    const inside = point.every((v, a) => v >= offset[a]! && v < offset[a]! + size[a]!);
    if (!inside && bounded) {
      const end = offset.map((o, a) => o + size[a]!);
      throw new OutOfBoundsError("A point lies outside of the volume", {
        where: point.join(","),
        expected: `${offset.join(",")} to ${end.join(",")}`,
        fix: "Pass bounded: false to read what lies outside as background.",
      });
    }
    if (!inside || !wanted(point)) return;
    const cell = point.map((v, a) => Math.floor((v - anchor[a]!) / chunk[a]!)).join();
    const members = cells.get(cell);
    if (members === undefined) cells.set(cell, [i]);
    else members.push(i);
  });
  return [...cells.values()].map((members, index) => {
    const [around] = planRead(layout.grid, boxAround(members.map((i) => points[i]!)));
    return { chunk: { ...around!, index }, members };
  });
}

function boxAround(points: readonly Vec3[]): Box6 {
  const low = (a: 0 | 1 | 2): number => points.reduce((n, p) => Math.min(n, p[a]), Number.POSITIVE_INFINITY);
  const high = (a: 0 | 1 | 2): number =>
    points.reduce((n, p) => Math.max(n, p[a]), Number.NEGATIVE_INFINITY) + 1;
  return [low(0), low(1), low(2), high(0), high(1), high(2)];
}

function readGroup(
  layout: ScaleLayout,
  visited: VisitedChunk,
  encoded: Region,
  { chunk: asked, members }: PointGroup,
  points: readonly Vec3[],
  values: TypedArray,
): void {
  const { chunk, codec, workspace } = visited;
  const { channels } = layout;
  const corner = [0, 1, 2].map((a) => asked.box[a]! + asked.from[a]!);
  const within = (i: number): Vec3 => {
    const [x, y, z] = points[i]!;
    return [x - corner[0]!, y - corner[1]!, z - corner[2]!];
  };
  // One voxel costs a slice at most: more points than slices are read sooner by decoding the part around them.
  if (codec.readVoxel !== undefined && members.length <= Math.max(1, chunk.size[2] / 2)) {
    const spec = chunkSpec(layout, chunk.shape);
    const [fx, fy, fz] = chunk.from;
    for (const i of members) {
      const [x, y, z] = within(i);
      for (let c = 0; c < channels; c++)
        values[i * channels + c] = codec.readVoxel(workspace, encoded, spec, [x + fx, y + fy, z + fz, c]);
    }
    return;
  }
  const dense = voxelsOf(layout, visited, denseChunk(layout, visited, encoded));
  const [sx, sy, sz] = chunk.size;
  for (const i of members) {
    const [x, y, z] = within(i);
    const at = x + sx * (y + sy * z);
    for (let c = 0; c < channels; c++) values[i * channels + c] = dense[at + c * sx * sy * sz]!;
  }
}
