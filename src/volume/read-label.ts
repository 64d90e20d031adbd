/** A box as a mask: where one label is. */
import { arrayType, type TypedArray, toVoxel, type Voxel } from "../base/dtype.js";
import { product, type Vec4 } from "../base/strided.js";
import { planRead } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { denseChunk, voxelsOf } from "./dense-chunk.js";
import { boxSize, chunkSpec } from "./layout.js";
import { reachesOutside } from "./read-request.js";
import { eachRow } from "./rows.js";
import type { UniqueRequest } from "./unique.js";
import { visitChunks } from "./visit-chunks.js";

/**
 * 1 where a voxel has the label and 0 elsewhere, in Fortran order. Chunks whose encoding says that they lack it are not
 * decoded; the others one at a time. Takes one byte for each voxel and a few chunks. Source: CloudVolume `download(label=)`.
 * @throws EmptyVolumeException for a missing chunk unless fillMissing, DecodingError, StorageError.
 */
export async function readLabelMask(
  context: VolumeContext,
  request: UniqueRequest & { readonly label: Voxel },
): Promise<Uint8Array> {
  const { layout, box, fillMissing, background, label, signal, onProgress } = request;
  const { dtype, channels } = layout;
  const shape: Vec4 = [...boxSize(box), channels];
  const mask = new Uint8Array(product(shape));
  const wanted = asVoxel(label, dtype);
  const inBackground = toVoxel(background, dtype) === wanted;
  if (inBackground && reachesOutside(layout, box)) mask.fill(1);
  const chunks = planRead(layout.grid, box);
  if (chunks.length === 0 && !fillMissing) throw missingChunk(context.store.url(layout.key));
  await visitChunks(context, { layout, chunks, signal, onProgress }, (visited) => {
    const { chunk, codec, workspace, encoded, where } = visited;
    if (encoded === undefined) {
      if (!fillMissing) throw missingChunk(where);
      eachRow(chunk, shape, (_, to, n) => mask.fill(inBackground ? 1 : 0, to, to + n));
      return;
    }
    const spec = chunkSpec(layout, chunk.shape);
    const asked = wanted === undefined || dtype.startsWith("float") ? undefined : BigInt(wanted);
    const has = asked === undefined || codec.contains?.(workspace, encoded, spec, asked) !== false;
    if (wanted === undefined || !has) {
      eachRow(chunk, shape, (_, to, n) => mask.fill(0, to, to + n));
      return;
    }
    const dense = voxelsOf(layout, visited, denseChunk(layout, visited, encoded));
    eachRow(chunk, shape, compareRow(dense, wanted, mask));
  });
  return mask;
}

/** The label as a voxel of the data type; undefined: no voxel can have it. */
function asVoxel(label: Voxel, dtype: UniqueRequest["layout"]["dtype"]): Voxel | undefined {
  if (dtype.startsWith("float")) return Number(label);
  if (typeof label === "number" && !Number.isSafeInteger(label)) return undefined;
  const one = new (arrayType(dtype))(1);
  one[0] = toVoxel(label, dtype);
  return BigInt(one[0]!) === BigInt(label) ? one[0] : undefined;
}

/** Compares 64-bit values by halves: reading them would make an object of each. */
function compareRow(
  dense: TypedArray,
  wanted: Voxel,
  mask: Uint8Array,
): (from: number, to: number, n: number) => void {
  if (typeof wanted !== "bigint")
    return (from, to, n) => {
      for (let i = 0; i < n; i++) mask[to + i] = dense[from + i] === wanted ? 1 : 0;
    };
  const halves = new Uint32Array(dense.buffer, dense.byteOffset, 2 * dense.length);
  const low = Number(BigInt.asUintN(32, wanted));
  const high = Number(BigInt.asUintN(32, wanted >> 32n));
  return (from, to, n) => {
    for (let i = 0, at = 2 * from; i < n; i++, at += 2)
      mask[to + i] = halves[at] === low && halves[at + 1] === high ? 1 : 0;
  };
}
