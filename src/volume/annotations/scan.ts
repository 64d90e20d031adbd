/** Through the cells of one level of the spatial index. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import {
  type CellRange,
  cellCount,
  cellOfCode,
  cellOfName,
  cellsTouching,
  checkWalk,
  codeOfCell,
  compareCells,
  eachCell,
  isIn,
} from "../../formats/precomputed/annotations/cells.js";
import { decodeAnnotations, type Wanted } from "../../formats/precomputed/annotations/decode.js";
import { boundsOf } from "../../formats/precomputed/annotations/geometry.js";
import type { AnnotationLevel } from "../../formats/precomputed/annotations/info.js";
import type { Annotation, RecordLayout } from "../../formats/precomputed/annotations/layout.js";
import type { IndexFiles, IndexItem } from "./files.js";

export interface LevelScan extends Abortable {
  readonly level: AnnotationLevel;
  readonly files: IndexFiles;
  readonly layout: RecordLayout;
  /** Where the grid begins. */
  readonly origin: readonly number[];
  readonly range: CellRange;
  /** Refused ones are not decoded. */
  readonly wanted?: ((geometry: Float32Array) => boolean) | undefined;
}

/** Cells that are read at the same time. */
const BATCH = 32;
/** From so many cells on, it is cheaper to ask which of them are stored. */
const MANY_CELLS = 1024;

/**
 * The annotations of some cells, each once, cell by cell. Holds what 32 cells do, the names of the stored cells if there are
 * more than 1024, and the ids of those annotations that a later cell may hold, too.
 * @throws DecodingError, SpecViolation, StorageError, AuthorizationError.
 */
export async function* scanLevel(scan: LevelScan): AsyncGenerator<Annotation> {
  const { level, files, layout, origin, signal } = scan;
  const { type, rank } = layout;
  /** Ids by the last cell that may hold them. */
  const seen = new Map<bigint, readonly number[]>();
  let room = 1024;
  for await (const cells of batches(scan)) {
    throwIfAborted(signal);
    const items = cells.map((cell) => itemOf(cell, level, files));
    const found = await files.read(items, { signal });
    for (const [i, cell] of cells.entries()) {
      const bytes = found[i];
      if (bytes === undefined) continue;
      const wanted: Wanted = (geometry, id) => {
        if (scan.wanted?.(geometry) === false || seen.has(id)) return false;
        const touched = cellsTouching(level, origin, boundsOf(type, rank, geometry));
        if (cellCount(touched) > 1 || !isIn(cell, touched)) seen.set(id, touched.last);
        return true;
      };
      yield* decodeAnnotations(layout, bytes, files.url(items[i]!), wanted);
    }
    if (seen.size < room) continue;
    const here = cells[cells.length - 1]!;
    for (const [id, last] of seen) if (compareCells(last, here) <= 0) seen.delete(id);
    room = Math.max(1024, 2 * seen.size);
  }
}

function itemOf(cell: readonly number[], level: AnnotationLevel, files: IndexFiles): IndexItem {
  return { name: cell.join("_"), label: files.isSharded ? codeOfCell(cell, level) : 0n };
}

/** The cells in the order of `eachCell`; of many only those that are stored, where storage can tell. */
async function* batches(scan: LevelScan): AsyncGenerator<number[][]> {
  const { range, files, level } = scan;
  const stored = cellCount(range) > MANY_CELLS ? await storedCells(scan) : undefined;
  if (stored === undefined) checkWalk(range, files.url(itemOf(range.first, level, files)));
  let batch: number[][] = [];
  for (const cell of stored ?? eachCell(range)) {
    batch.push(cell);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function storedCells({ level, files, range, signal }: LevelScan): Promise<number[][] | undefined> {
  const cells: number[][] = [];
  const add = (what: bigint | string): void => {
    const cell = typeof what === "bigint" ? cellOfCode(what, level) : cellOfName(what, level);
    if (cell !== undefined && isIn(cell, range)) cells.push(cell);
  };
  return (await files.list(add, { signal })) ? cells.sort(compareCells) : undefined;
}
