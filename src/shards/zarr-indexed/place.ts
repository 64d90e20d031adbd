/** Which shard a chunk lies in. Pure. */

/** Shards of an array, as plain values. */
export interface ArraySharding {
  /** Keys of chunks and shards: the folder and prefix before the numbers, and what stands between these. */
  readonly start: string;
  readonly separator: string;
  /** Chunks of a shard, and of the whole array, along each axis. */
  readonly perShard: readonly number[];
  readonly counts: readonly number[];
  readonly location: "start" | "end";
  /** Whether a CRC-32C follows the index. */
  readonly checksum: boolean;
}

export interface ChunkPlace {
  /** The shard's key. */
  readonly shard: string;
  /** The chunk's number in its shard, in C order. */
  readonly index: number;
}

/** @returns undefined for a key that is no chunk's. */
export function placeOfChunk(
  { start, separator, perShard }: ArraySharding,
  key: string,
): ChunkPlace | undefined {
  if (!key.startsWith(start)) return undefined;
  const numbers = key.slice(start.length).split(separator);
  if (numbers.length !== perShard.length || !numbers.every((n) => /^\d+$/.test(n))) return undefined;
  const cell = numbers.map(Number);
  const shard = cell.map((n, axis) => Math.floor(n / perShard[axis]!));
  const index = cell.reduce((at, n, axis) => at * perShard[axis]! + (n % perShard[axis]!), 0);
  return { shard: start + shard.join(separator), index };
}

/** The key of the chunk at a place of a shard; undefined for a key that is no shard's. */
export function chunkAtPlace(
  { start, separator, perShard }: ArraySharding,
  shard: string,
  index: number,
): string | undefined {
  if (!shard.startsWith(start)) return undefined;
  const numbers = shard.slice(start.length).split(separator);
  if (numbers.length !== perShard.length || !numbers.every((n) => /^\d+$/.test(n))) return undefined;
  let rest = index;
  const within = perShard.toReversed().map((n) => {
    const at = rest % n;
    rest = Math.floor(rest / n);
    return at;
  });
  const cell = numbers.map((n, axis) => Number(n) * perShard[axis]! + within[perShard.length - 1 - axis]!);
  return start + cell.join(separator);
}

/** How many chunks of the array lie in a shard: fewer than it has room for at the array's end. */
export function chunksOfShard({ start, separator, perShard, counts }: ArraySharding, shard: string): number {
  const at = shard.slice(start.length).split(separator).map(Number);
  return perShard.reduce((n, side, axis) => n * Math.min(side, counts[axis]! - at[axis]! * side), 1);
}
