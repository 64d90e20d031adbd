/** Reads of the small reader by workers and in slabs, and of shards. */
import { forParts } from "./open-readable.js";
import { processRuntime } from "./runtime.js";
import type { Store } from "./stores/store.js";
import { chunkStore } from "./volume/chunk-store.js";
import type { ScaleLayout } from "./volume/layout.js";
import { readChunks } from "./volume/read.js";
import type { ReadRequest, ReadResult } from "./volume/read-request.js";

export async function readLarge(store: Store, chunks: Store, request: ReadRequest): Promise<ReadResult> {
  return await readChunks({ runtime: processRuntime(), store, chunks }, request);
}

export async function chunksInShards(store: Store, layout: ScaleLayout): Promise<Store> {
  return chunkStore({ store: await forParts(store) }, layout);
}
