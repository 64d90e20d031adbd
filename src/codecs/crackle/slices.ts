import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32cTables } from "../../compression/crc32c-workspace.js";
import { crackle } from "../../kernels/crackle.js";
import { jobResult, putJob } from "./job.js";
import { bandRows } from "./spec.js";

/** What is known of a slice while its volume is encoded: `kernels/crackle/assembly/slice.ts`. */
export interface SliceRecord {
  /** Runs of equal voxels in its rows. */
  readonly runs: number;
  /** Edges between voxels of different labels. */
  readonly edges: number;
  readonly components: number;
  readonly checksum: number;
  /** Bytes of its code. */
  readonly code: number;
}

/** A job for all slices of a volume, whose marks are kept apart. */
export function putVolume(ws: Workspace, source: Region, [x, y, z]: Vec4, voxelBytes: number): number {
  const { planesSize, sliceBytes } = ws.kernel(crackle);
  const idsRows = bandRows(x, y);
  const places = {
    planes: ws.scratch("crackle.planes", (planesSize(x, y) >>> 0) * z).ptr,
    slices: ws.scratch("crackle.slices", sliceBytes() * z).ptr,
    rows: ws.scratch("crackle.rows", 4 * y).ptr,
    ids: ws.scratch("crackle.ids", 4 * x * idsRows).ptr,
    crcTables: crc32cTables(ws),
  };
  return putJob(ws, { sx: x, sy: y, sz: z, zTo: z, source: source.ptr, voxelBytes, idsRows, ...places });
}

/** What the kernel has found so far. */
export function sliceRecords(ws: Workspace, job: number, count: number): SliceRecord[] {
  const words = ws.kernel(crackle).sliceBytes() / 4;
  const all = new Uint32Array(ws.memory.buffer, jobResult(ws, job, "slices"), words * count);
  return Array.from({ length: count }, (_, z) => {
    const [runs = 0, edges = 0, components = 0, checksum = 0, code = 0] = all.subarray(words * z);
    return { runs, edges, components, checksum, code };
  });
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function mostOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
