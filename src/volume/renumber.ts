/** A box with small numbers for labels. */
import {
  arrayType,
  bytesPerVoxel,
  type DataType,
  type TypedArray,
  toVoxel,
  type Voxel,
} from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import { bitsOf } from "../base/label-set.js";
import { product, type Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import { distinctLabels, placeMapping, remapSpan } from "../codecs/labels.js";
import { planRead } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { denseChunk } from "./dense-chunk.js";
import { boxSize } from "./layout.js";
import type { LabelFilter } from "./mask-labels.js";
import { eachRow } from "./rows.js";
import type { UniqueRequest } from "./unique.js";
import { visitChunks } from "./visit-chunks.js";

export type SmallArray = Uint8Array | Uint16Array | Uint32Array;

export interface Renumbered {
  readonly data: SmallArray;
  readonly dtype: "uint8" | "uint16" | "uint32";
  /** From each label of the box, and the background, to its number. */
  readonly mapping: ReadonlyMap<Voxel, number>;
}

/**
 * Reads a box whose labels are numbered 1, 2, 3, … in ascending order, in the smallest data type that holds the numbers.
 * The background keeps its value, and no label gets that number. The numbers depend on the voxels alone. Chunks are
 * decoded one at a time. Source: CloudVolume `download(renumber=True)`.
 * @throws ArgumentError for floats; EmptyVolumeException for a missing chunk unless fillMissing, DecodingError.
 */
export async function readRenumbered(
  context: VolumeContext,
  request: UniqueRequest & { readonly filter?: LabelFilter | undefined },
): Promise<Renumbered> {
  const { layout, box, fillMissing, background, filter, signal, onProgress } = request;
  const { dtype, channels } = layout;
  if (dtype.startsWith("float"))
    throw new ArgumentError("Only whole numbers can be renumbered", { where: "renumber", got: dtype });
  const shape: Vec4 = [...boxSize(box), channels];
  const found = new Found(dtype, background, filter);
  // The place of a label among those found so far; the background is the first, so that what nobody writes is background.
  let places: SmallArray = new Uint8Array(product(shape));
  const chunks = planRead(layout.grid, box);
  if (chunks.length === 0 && !fillMissing) throw missingChunk(context.store.url(layout.key));
  await visitChunks(context, { layout, chunks, signal, onProgress }, (visited) => {
    const { workspace, encoded, chunk, where } = visited;
    if (encoded === undefined) {
      if (fillMissing) return;
      throw missingChunk(where);
    }
    const dense = denseChunk(layout, visited, encoded);
    const local = found.place(workspace, dense, bytesPerVoxel(dtype));
    places = widened(places, found.size);
    const into = places;
    eachRow(chunk, shape, (from, to, n) => {
      for (let i = 0; i < n; i++) into[to + i] = local.words[(from + i) * local.step]!;
    });
  });
  return found.number(places);
}

/** Labels of a piece that is numbered at a time. */
const PIECE = 1 << 20;

/** The same of labels that are in memory already. */
export function renumberArray(
  workspace: Workspace,
  data: TypedArray,
  dtype: DataType,
  background: Voxel,
): Renumbered {
  const found = new Found(dtype, background, undefined);
  const bytes = bytesPerVoxel(dtype);
  const all = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let places: SmallArray = new Uint8Array(data.length);
  for (let from = 0; from < data.length; from += PIECE) {
    const piece = all.subarray(bytes * from, bytes * (from + PIECE));
    const { ptr } = workspace.scratch("renumber.piece", piece.length);
    workspace.bytes().set(piece, ptr);
    const { words, step } = found.place(workspace, { ptr, length: piece.length }, bytes);
    places = widened(places, found.size);
    for (let i = 0; i < piece.length / bytes; i++) places[from + i] = words[i * step]!;
  }
  return found.number(places);
}

/** The labels found so far, in the order of their finding. */
class Found {
  readonly #dtype: DataType;
  readonly #filter: LabelFilter | undefined;
  readonly #places = new Map<bigint, number>();
  readonly #labels: Voxel[] = [];

  constructor(dtype: DataType, background: Voxel, filter: LabelFilter | undefined) {
    this.#dtype = dtype;
    this.#filter = filter;
    this.#placeOf(bitsOf(background, dtype));
  }

  get size(): number {
    return this.#labels.length;
  }

  /** Replaces the labels of a dense region by their places; the lowest word of each voxel holds it. */
  place(ws: Workspace, { ptr, length }: Region, bytes: number): { words: SmallArray; step: number } {
    const span = { ptr, count: length / bytes, bytes };
    const mapping = new Map<bigint, bigint>();
    for (const bits of distinctLabels(ws, [span])) mapping.set(bits, BigInt(this.#placeOf(bits)));
    remapSpan(ws, span, placeMapping(ws, mapping));
    const { buffer } = ws.memory;
    if (bytes === 1) return { words: new Uint8Array(buffer, ptr, length), step: 1 };
    if (bytes === 2) return { words: new Uint16Array(buffer, ptr, length / 2), step: 1 };
    return { words: new Uint32Array(buffer, ptr, length / 4), step: bytes / 4 };
  }

  #placeOf(bits: bigint): number {
    const known = this.#places.get(bits);
    if (known !== undefined) return known;
    const label = voxelOf(bits, this.#dtype);
    const filter = this.#filter;
    const other = filter && !filter.keep.has(label) ? bitsOf(filter.other, this.#dtype) : bits;
    const place = other === bits ? this.#labels.push(label) - 1 : this.#placeOf(other);
    this.#places.set(bits, place);
    return place;
  }

  /** Gives the labels their numbers, and puts them in the places' stead. */
  number(places: SmallArray): Renumbered {
    const [background = 0] = this.#labels;
    const fixed = background >= 0 && background < 2 ** 32 ? Number(background) : undefined;
    const mapping = new Map<Voxel, number>();
    const order = this.#labels
      .map((_, i) => i)
      .sort((a, b) => (this.#labels[a]! < this.#labels[b]! ? -1 : 1));
    const numbers = new Uint32Array(order.length);
    let next = 1;
    for (const place of order) {
      if (next === fixed) next++;
      numbers[place] = place === 0 && fixed !== undefined ? fixed : next++;
      mapping.set(this.#labels[place]!, numbers[place]!);
    }
    const most = numbers.reduce((a, b) => Math.max(a, b), 0);
    const dtype = most < 2 ** 8 ? "uint8" : most < 2 ** 16 ? "uint16" : "uint32";
    const type = arrayType(dtype) as unknown as new (n: number) => SmallArray;
    const data = places instanceof type ? places : new type(places.length);
    for (let i = 0; i < data.length; i++) data[i] = numbers[places[i]!]!;
    return { data, dtype, mapping };
  }
}

/** The array in a type that holds places of `count` labels. */
function widened(places: SmallArray, count: number): SmallArray {
  const bytes = count <= 2 ** 8 ? 1 : count <= 2 ** 16 ? 2 : 4;
  if (places.BYTES_PER_ELEMENT >= bytes) return places;
  return bytes === 2 ? Uint16Array.from(places) : Uint32Array.from(places);
}

function voxelOf(bits: bigint, dtype: DataType): Voxel {
  const one = new (arrayType(dtype))(BigUint64Array.of(bits).buffer, 0, 1);
  return toVoxel(one[0]!, dtype);
}
