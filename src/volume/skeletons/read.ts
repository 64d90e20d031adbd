/** Skeletons by label, out of single files or shards. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import {
  CloudVolumeError,
  EmptyFileException,
  SkeletonDecodeError,
  SkeletonMissingError,
} from "../../base/errors.js";
import { nextTurn } from "../../base/turn.js";
import { decompress, decompressSync, isSyncDecompression } from "../../compression/index.js";
import { attributesOf, type SkeletonInfo, transformOf } from "../../formats/precomputed/skeleton/info.js";
import { decodeSkeleton } from "../../geometry/skeleton/decode.js";
import { IDENTITY } from "../../geometry/skeleton/parts.js";
import { Skeleton } from "../../geometry/skeleton/skeleton.js";
import type { ShardedStore } from "../../shards/neuroglancer-uint64/index.js";
import { Limiter } from "../../stores/limit.js";
import type { Store, Stored } from "../../stores/store.js";
import { keyOf, type SkeletonHost } from "./host.js";

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
  const finish = (label: bigint, bytes: Uint8Array | undefined): Skeleton | undefined => {
    if (bytes !== undefined) return decode(bytes, label, where(label));
    if (allowMissing) return undefined;
    throw missing(label, where(label), shards !== undefined);
  };
  const sync = shards === undefined ? syncReader(host.store, host) : shards.readSync;
  const found = new Array<Skeleton | undefined>(labels.length);
  const later: number[] = [];
  let started = performance.now();
  for (const [i, label] of labels.entries()) {
    const bytes = sync === undefined ? "later" : sync(label, SKELETON_LIMIT);
    if (bytes === "later") later.push(i);
    else found[i] = finish(label, bytes);
    if (performance.now() - started < SLICE_MS) continue;
    await nextTurn();
    throwIfAborted(signal);
    started = performance.now();
  }
  const limiter = new Limiter(MOST_REQUESTS);
  const read = shards === undefined ? fileReader(host) : shards.read;
  await Promise.all(
    later.map(async (i) => {
      const label = labels[i]!;
      const options = { limit: SKELETON_LIMIT, signal };
      found[i] = finish(label, await limiter.run(() => read(label, options), signal));
    }),
  );
  return found;
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

function syncReader(
  store: Store,
  host: SkeletonHost,
): ((label: bigint) => Uint8Array | "later" | undefined) | undefined {
  const { readSync } = store;
  if (readSync === undefined) return undefined;
  return (label) => {
    const key = keyOf(host, String(label));
    const stored = readSync(key);
    if (stored === undefined) return undefined;
    if (!isSyncDecompression(stored.compression)) return "later";
    return unpacked(store.url(key), () =>
      decompressSync(stored.compression, stored.bytes, { limit: SKELETON_LIMIT, where: store.url(key) }),
    );
  };
}

function fileReader(host: SkeletonHost): (label: bigint, how: Abortable) => Promise<Uint8Array | undefined> {
  return async (label, { signal }) => {
    const key = keyOf(host, String(label));
    const stored: Stored | undefined = await host.store.read(key, { signal });
    if (stored === undefined) return undefined;
    const limits = { limit: SKELETON_LIMIT, where: host.store.url(key), signal };
    return await decompress(stored.compression, stored.bytes, limits);
  };
}

function unpacked<T>(where: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CloudVolumeError) throw error;
    throw new SkeletonDecodeError("A skeleton cannot be decompressed", { where, cause: error });
  }
}

/** CloudVolume tells the two apart by their classes; both are `missing`. */
function missing(label: bigint, where: string, sharded: boolean): CloudVolumeError {
  const facts = { where, fix: "Pass allowMissing: true to leave it out." };
  const what = `There is no skeleton ${label}`;
  return sharded ? new EmptyFileException(what, facts) : new SkeletonMissingError(what, facts);
}
