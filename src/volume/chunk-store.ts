/**
 * Where the chunks of a scale are: the one place that stacks adapters over the layer's store. Everything that reads, writes,
 * asks for or deletes chunks takes its store from here and names chunks `<scale key>/x0-x1_y0-y1_z0-z1`, whatever
 * lies below:
 *
 *     chunkStore({ store }, layout)
 *       = the layer's store                          files or objects, a chunk each
 *       = shardedChunks(store, layout)               chunks in shards, where the scale is sharded
 *         withNamedCopies(…)                         the same, where a disk cache keeps single chunks of them
 *       = arrayChunks(store, layout)                 objects of a Zarr or N5 array
 *       = cutoutChunks(store, layout)                cut-outs of BOSS
 *
 * A further adapter (a cache) wraps what this returns, and belongs here too. Its `spec` is the base store's: a worker opens
 * that and calls `chunkStore` again with the layout that its job carries, so that an adapter needs no form of its own to
 * cross a thread. The same store and layout give the same adapter, with its caches.
 */
import { withNamedCopies } from "../cache/with-named-copies.js";
import type { Store } from "../stores/store.js";
import { arrayChunks } from "./array-chunks.js";
import type { VolumeContext } from "./context.js";
import { cutoutChunks } from "./cutout-chunks.js";
import { isForeign, type ScaleLayout } from "./layout.js";
import { labelOfChunk, shardedChunks } from "./sharded-chunks.js";

/** What chunks of one scale are read and written with. */
export interface ChunkContext extends VolumeContext {
  readonly chunks: Store;
}

export function chunkContext(context: VolumeContext, layout: ScaleLayout): ChunkContext {
  const { runtime, store, source, lru } = context;
  return { runtime, store, source, lru, chunks: chunkStore(context, layout) };
}

const adapters = new WeakMap<Store, Map<string, Store>>();
/** Adapters of one store that are kept; a layer has as many as it has sharded scales. */
const MOST_ADAPTERS = 256;

export function chunkStore({ store }: { readonly store: Store }, layout: ScaleLayout): Store {
  const { key, grid, sharding, array, cutouts } = layout;
  if (sharding === undefined && !isForeign(layout)) return store;
  const made = adapters.get(store) ?? new Map<string, Store>();
  adapters.set(store, made);
  const name = JSON.stringify([key, grid, sharding, array, cutouts]);
  const adapter = made.get(name) ?? adapt(store, layout);
  if (made.size >= MOST_ADAPTERS) made.clear();
  made.set(name, adapter);
  return adapter;
}

function adapt(store: Store, layout: ScaleLayout): Store {
  const { key, grid, sharding, array, cutouts } = layout;
  if (cutouts !== undefined) return cutoutChunks(store, key, cutouts);
  if (array !== undefined) return arrayChunks(store, key, grid, array);
  if (sharding === undefined) return store;
  const chunks = shardedChunks(store, layout, sharding);
  if (store.copies === undefined) return chunks;
  // As CloudVolume does: the data of a label is kept as `<key>/<label>`.
  return withNamedCopies(chunks, store.copies, (name) => {
    const label = labelOfChunk(layout, name);
    return label === undefined ? undefined : `${key}/${label}`;
  });
}
