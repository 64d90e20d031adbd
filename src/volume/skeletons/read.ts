/** Skeletons by label, out of single files or shards. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { type CloudVolumeError, EmptyFileException, SkeletonMissingError } from "../../base/errors.js";
import { nextTurn } from "../../base/turn.js";
import { decompress, isSyncDecompression } from "../../compression/index.js";
import { attributesOf, type SkeletonInfo, transformOf } from "../../formats/precomputed/skeleton/info.js";
import { decodeSkeleton } from "../../geometry/skeleton/decode.js";
import { IDENTITY } from "../../geometry/skeleton/parts.js";
import { Skeleton } from "../../geometry/skeleton/skeleton.js";
import type { ShardedStore } from "../../shards/neuroglancer-uint64/index.js";
import { Limiter } from "../../stores/limit.js";
import type { Stored } from "../../stores/store.js";
import { keyOf, type SkeletonHost } from "./host.js";
import { unpack } from "./unpack.js";

/** Most bytes of a skeleton, once decompressed. */
const SKELETON_LIMIT = 2 ** 30;
const MOST_REQUESTS = 64;
/** Milliseconds of synchronous reading between two turns of the event loop. */
const SLICE_MS = 10;

export interface SkeletonReading extends Abortable {
  /** Leaves out what is not there. */
  readonly allowMissing: boolean;
}

/**
 * The skeletons of some labels, in physical space; undefined for those that are not there and may be missing. Read on the
 * calling thread from disk and memory, a request each (shards: fewer) from elsewhere.
 * @throws SkeletonMissingError (EmptyFileException in shards), SkeletonDecodeError, StorageError, AuthorizationError.
 */
export async function readSkeletons(
  host: SkeletonHost,
  info: SkeletonInfo,
  shards: ShardedStore | undefined,
  labels: readonly bigint[],
  { allowMissing, signal }: SkeletonReading,
): Promise<(Skeleton | undefined)[]> {
  throwIfAborted(signal);
  const decode = decoder(info);
  const where = (label: bigint): string => shards?.url(label) ?? host.store.url(keyOf(host, String(label)));
  const finish = async (label: bigint, stored: Content | undefined): Promise<Skeleton | undefined> => {
    if (stored === undefined) {
      if (allowMissing) return undefined;
      throw missing(label, where(label), shards !== undefined);
    }
    const place = where(label);
    if (isSyncDecompression(stored.compression))
      return decode(unpack(host.workspace, stored, SKELETON_LIMIT, place), label, place);
    const limits = { limit: SKELETON_LIMIT, where: place, signal };
    return decode(await decompress(stored.compression, stored.bytes, limits), label, place);
  };
  // Shards give several at once for one request; single files are read one after the other where that is possible.
  if (shards !== undefined) {
    const read = async (label: bigint): Promise<Skeleton | undefined> =>
      await finish(label, await shards.readStored(label, { signal }));
    return await Promise.all(labels.map(read));
  }
  return await readFiles(host, labels, finish, signal);
}

type Content = Pick<Stored, "bytes" | "compression">;

async function readFiles<T>(
  host: SkeletonHost,
  labels: readonly bigint[],
  finish: (label: bigint, stored: Content | undefined) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const { store } = host;
  const found: Promise<T>[] = [];
  let started = performance.now();
  const limiter = new Limiter(MOST_REQUESTS);
  for (const label of labels) {
    const key = keyOf(host, String(label));
    if (store.readSync !== undefined) {
      found.push(finish(label, store.readSync(key)));
      await found.at(-1);
    } else {
      const reading = limiter.run(async () => finish(label, await store.read(key, { signal })), signal);
      reading.catch(() => {}); // Reported by the end, unless an abort comes before.
      found.push(reading);
    }
    if (performance.now() - started < SLICE_MS) continue;
    await nextTurn();
    throwIfAborted(signal);
    started = performance.now();
  }
  return await Promise.all(found);
}

/** Decodes with what the info says, worked out once. */
function decoder(info: SkeletonInfo): (bytes: Uint8Array, id: bigint, where: string) => Skeleton {
  const vertexAttributes = attributesOf(info);
  const transform = transformOf(info);
  const moves = !IDENTITY.every((v, i) => transform[i] === v);
  return (bytes, id, where) => {
    const stored = new Skeleton(decodeSkeleton(bytes, { id, vertexAttributes, transform, where }));
    if (moves) return stored.physicalSpace();
    stored.space = "physical";
    return stored;
  };
}

/** CloudVolume tells the two apart by their classes; both are `missing`. */
function missing(label: bigint, where: string, sharded: boolean): CloudVolumeError {
  const facts = { where, fix: "Pass allowMissing: true to leave it out." };
  const what = `There is no skeleton ${label}`;
  return sharded ? new EmptyFileException(what, facts) : new SkeletonMissingError(what, facts);
}
