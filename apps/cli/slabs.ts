/** Cuts a range into parts that begin and end on chunks, so that large arrays pass through in bounded memory. */

/** Arrays of more bytes than this are read and written in parts. */
export const SLAB_BYTES: number = 2 ** 28;

/** Of the numbers of a shape. */
export function product(shape: readonly number[]): number {
  return shape.reduce((n, size) => n * size, 1);
}

export interface Range {
  readonly start: number;
  readonly stop: number;
}

export interface SlabGrid {
  /** Where chunks begin along the axis, and their length. */
  readonly offset: number;
  readonly chunk: number;
  /** Bytes of one layer across the axis. */
  readonly layerBytes: number;
}

/** The parts, in order: as many whole chunks as fit into `limit` bytes, at least one. */
export function slabs(
  { start, stop }: Range,
  { offset, chunk, layerBytes }: SlabGrid,
  limit: number,
): Range[] {
  const chunks = Math.max(1, Math.floor(limit / Math.max(1, layerBytes * chunk)));
  const parts: Range[] = [];
  for (let at = start; at < stop; ) {
    const first = Math.floor((at - offset) / chunk);
    const next = Math.min(stop, offset + (first + chunks) * chunk);
    parts.push({ start: at, stop: next });
    at = next;
  }
  return parts;
}
