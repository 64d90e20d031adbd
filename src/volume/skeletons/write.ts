/** Stores skeletons, as single files or in shards. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import {
  ArgumentError,
  ReadOnlyException,
  SkeletonAttributeMixingError,
  UnsupportedFormatError,
} from "../../base/errors.js";
import { toSegmentId } from "../../base/segment-ids.js";
import { compress } from "../../compression/index.js";
import { attributesOf, type SkeletonInfo, transformOf } from "../../formats/precomputed/skeleton/info.js";
import { encodeSkeleton } from "../../geometry/skeleton/encode.js";
import { blankAttribute, type SkeletonParts, vertexCount } from "../../geometry/skeleton/parts.js";
import { toVoxelSpace } from "../../geometry/skeleton/transform.js";
import {
  type Datum,
  makeShard,
  placeOfLabel,
  type ShardedStore,
} from "../../shards/neuroglancer-uint64/index.js";
import { Limiter } from "../../stores/limit.js";
import type { Store } from "../../stores/store.js";
import { keyOf, type SkeletonHost } from "./host.js";

const MOST_REQUESTS = 32;
const BINARY = "application/octet-stream";

/**
 * Stores each skeleton under its id. Those in physical space are taken back through the info's transform, so that what
 * was read can be stored again. In shards, what else they hold stays: each shard is read, and written as one file.
 * @throws ReadOnlyException, ArgumentError without an id, SkeletonAttributeMixingError for attributes that the info
 * does not list, SkeletonEncodeError, StorageError.
 */
export async function writeSkeletons(
  host: SkeletonHost,
  info: SkeletonInfo,
  shards: ShardedStore | undefined,
  skeletons: readonly SkeletonParts[],
  { signal }: Abortable,
): Promise<void> {
  host.verifyWritable();
  const files = new Map<bigint, Uint8Array>();
  for (const skeleton of skeletons) files.set(idOf(skeleton), encodeSkeleton(storedParts(skeleton, info)));
  if (shards !== undefined) return await writeShards(host, shards, files, signal);
  const { compression, compressLevel, cacheControl } = host.policy();
  const write = writer(host.store);
  const limiter = new Limiter(MOST_REQUESTS);
  await Promise.all(
    Array.from(files, ([id, bytes]) =>
      limiter.run(async () => {
        const packed = await compress(compression, bytes, { level: compressLevel, signal });
        await write(keyOf(host, String(id)), packed, {
          compression,
          contentType: BINARY,
          cacheControl,
          signal,
        });
      }, signal),
    ),
  );
}

function idOf({ id }: SkeletonParts): bigint {
  if (id !== undefined) return toSegmentId(id);
  throw new ArgumentError("A skeleton without an id cannot be stored", { fix: "Set its id first." });
}

/** In stored coordinates, with the attributes of the info in their order. */
function storedParts(skeleton: SkeletonParts, info: SkeletonInfo): SkeletonParts {
  const specs = attributesOf(info);
  for (const { id, dataType, numComponents } of skeleton.attributes) {
    const spec = specs.find((s) => s.id === id);
    if (spec?.dataType === dataType && spec.numComponents === numComponents) continue;
    throw new SkeletonAttributeMixingError("The skeleton has an attribute that the info does not list", {
      where: `skeleton ${skeleton.id}`,
      expected: specs.map((s) => `${s.id}: ${s.dataType} x ${s.numComponents}`).join(", ") || "none",
      got: `${id}: ${dataType} x ${numComponents}`,
      fix: "Add it to vertex_attributes of the skeletons' info and commit that, or remove it from the skeleton.",
    });
  }
  const attributes = specs.map(
    (spec) =>
      skeleton.attributes.find((a) => a.id === spec.id) ?? blankAttribute(spec, vertexCount(skeleton)),
  );
  const stored =
    skeleton.space === "physical" ? toVoxelSpace({ ...skeleton, transform: transformOf(info) }) : skeleton;
  return { ...stored, attributes };
}

async function writeShards(
  host: SkeletonHost,
  shards: ShardedStore,
  files: ReadonlyMap<bigint, Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const write = writer(host.store);
  const groups = new Map<string, Map<bigint, Uint8Array>>();
  for (const [label, bytes] of files) {
    const { file } = placeOfLabel(shards.spec, label);
    groups.set(file, (groups.get(file) ?? new Map<bigint, Uint8Array>()).set(label, bytes));
  }
  await keepOthers(host, shards, groups, signal);
  for (const data of groups.values()) {
    throwIfAborted(signal);
    const shard = await makeShard(
      shards.spec,
      Array.from(data, ([label, bytes]): Datum => ({ label, bytes })),
    );
    await write(keyOf(host, shard.file), shard.bytes, {
      contentType: BINARY,
      cacheControl: "no-cache",
      signal,
    });
  }
  shards.clearCache();
}

/** Adds to each shard what it holds already. */
async function keepOthers(
  host: SkeletonHost,
  shards: ShardedStore,
  groups: ReadonlyMap<string, Map<bigint, Uint8Array>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const there = await Promise.all(
    Array.from(groups.keys(), (file) => host.store.stat(keyOf(host, file), { signal })),
  );
  if (there.every((stat) => stat === undefined)) return;
  for await (const { label, file } of shards.entries({ signal })) {
    const group = groups.get(file);
    if (group === undefined || group.has(label)) continue;
    const bytes = await shards.read(label, { signal });
    if (bytes !== undefined) group.set(label, bytes);
  }
}

/** Removes single files. @throws ReadOnlyException, UnsupportedFormatError for shards. */
export async function deleteSkeletons(
  host: SkeletonHost,
  shards: ShardedStore | undefined,
  labels: readonly bigint[],
  { signal }: Abortable,
): Promise<void> {
  host.verifyWritable();
  if (shards !== undefined)
    throw new UnsupportedFormatError("Single skeletons cannot be deleted from shards", {
      where: host.store.url(host.folder),
      fix: "Write the shards anew without them.",
    });
  const { remove } = host.store;
  if (remove === undefined) throw cannotWrite(host.store);
  const limiter = new Limiter(MOST_REQUESTS);
  await Promise.all(
    labels.map((id) => limiter.run(() => remove(keyOf(host, String(id)), { signal }), signal)),
  );
}

function writer(store: Store): NonNullable<Store["write"]> {
  const { write } = store;
  if (write === undefined) throw cannotWrite(store);
  return (key, bytes, how) => write(key, bytes, how);
}

function cannotWrite(store: Store): ReadOnlyException {
  return new ReadOnlyException("This storage cannot be written", { where: store.url("") });
}
