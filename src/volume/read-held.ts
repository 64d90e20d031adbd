/** Cut-outs of chunks that are all held decoded: placed slab by slab, so that what is copied stays in the processor's cache. */
import { bytesPerVoxel, type TypedArray } from "../base/dtype.js";
import type { MemoryWorkspace } from "../base/memory-workspace.js";
import type { HeldChunk } from "../cache/memory/chunk-lru.js";
import type { Codec } from "../codecs/codec.js";
import type { ChunkRead } from "../grid/plan.js";
import { boxSize, chunkSpec, type ScaleLayout, voxelBytes } from "./layout.js";
import type { ReadRequest } from "./read-request.js";

/** Bytes that are placed before they are copied out: a quarter of what a core's second cache usually holds. */
const SLAB = 256 << 10;

export interface HeldPart {
  readonly chunk: ChunkRead;
  readonly held: HeldChunk;
  readonly codec: Codec;
}

/** Whether {@link readHeld} can be used: raw voxels of one channel and one memory, which fill the box. */
export function isAllHeld(
  layout: ScaleLayout,
  parts: readonly (HeldPart | undefined)[],
): parts is readonly HeldPart[] {
  const first = parts[0]?.held.segment;
  const isUsable = ({ chunk, held: { encoding, segment, packed, region } }: HeldPart): boolean =>
    encoding === "raw" &&
    segment === first &&
    (packed?.length ?? region.length) === voxelBytes(layout, chunk.shape);
  return layout.channels === 1 && parts.every((part) => part !== undefined && isUsable(part));
}

/** Fills `out`, the dense voxels of the request's box, whose every voxel some part holds. */
export function readHeld(
  { layout, box }: Pick<ReadRequest, "layout" | "box">,
  parts: readonly HeldPart[],
  workspace: MemoryWorkspace,
  out: TypedArray,
): void {
  const [nx, ny, nz] = boxSize(box);
  const each = bytesPerVoxel(layout.dtype);
  const plane = nx * ny * each;
  const planes = Math.max(1, Math.min(nz, Math.floor(SLAB / plane)));
  const specs = parts.map(({ chunk }) => chunkSpec(layout, chunk.shape));
  const { ptr } = workspace.scratch("slab", planes * plane);
  for (let z = 0; z < nz; z += planes) {
    const end = Math.min(nz, z + planes);
    for (const [i, { chunk, held, codec }] of parts.entries()) {
      const low = Math.max(z, chunk.to[2]);
      const high = Math.min(end, chunk.to[2] + chunk.size[2]);
      if (low >= high) continue;
      codec.decode(workspace, held.region, specs[i]!, {
        ptr: ptr + chunk.to[0] * each + chunk.to[1] * nx * each + (low - z) * plane,
        stride: [nx * each, plane, plane * planes],
        from: [chunk.from[0], chunk.from[1], chunk.from[2] + low - chunk.to[2]],
        size: [chunk.size[0], chunk.size[1], high - low],
      });
    }
    const length = (end - z) * plane;
    const slab = new Uint8Array(workspace.memory.buffer, ptr, length);
    new Uint8Array(out.buffer, out.byteOffset + z * plane, length).set(slab);
  }
}
