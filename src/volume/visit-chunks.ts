/** Chunks one after the other, in the calling thread's workspace, for those who look into their encoded bytes. */
import { AbortGroup, throwIfAborted } from "../base/abort.js";
import { nextTurn } from "../base/turn.js";
import type { Codec } from "../codecs/codec.js";
import { type ChunkContext, chunkContext } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { atChunk, type StoredChunk, unpackChunk, withStoredShape } from "./decode.js";
import type { ScaleLayout } from "./layout.js";
import { type FetchedChunk, readStored, readStoredSync } from "./stored.js";
import { supervise } from "./supervise.js";
import { visitThroughLru } from "./visit-lru.js";
import type { VisitedChunk, VisitRequest } from "./visit-request.js";

export type { VisitedChunk, VisitRequest } from "./visit-request.js";

/** Requests of an asynchronous store at a time. */
const IN_FLIGHT = 32;
/** Milliseconds of synchronous work after which others have their turn. */
const SLICE_MS = 25;

/**
 * Fetches each chunk once and shows it to `look`, which must not wait. The chunks come in no particular order where
 * the store is asynchronous. Holds at most 32 stored chunks. Errors that `look` throws end the visit.
 */
export async function visitChunks(
  base: VolumeContext,
  request: VisitRequest,
  look: (visited: VisitedChunk) => void,
): Promise<void> {
  throwIfAborted(request.signal);
  const context = chunkContext(base, request.layout);
  if (base.lru !== undefined && base.lru.size > 0)
    return await visitThroughLru(context, base.lru, request, look);
  const codec = await context.runtime.codec(request.layout.encoding, "decode");
  if (context.chunks.readSync === undefined) await visitFetched(context, request, codec, look);
  else await visitSync(context, request, codec, look);
}

async function visitSync(
  { chunks: store, runtime: { workspace } }: ChunkContext,
  { layout, chunks, signal, onProgress }: VisitRequest,
  codec: Codec,
  look: (visited: VisitedChunk) => void,
): Promise<void> {
  let until = performance.now() + SLICE_MS;
  for (let i = 0; i < chunks.length; i++) {
    const asked = chunks.at(i);
    const key = `${layout.key}/${asked.key}`;
    const where = store.url(key);
    let got: FetchedChunk | "asynchronous" | undefined = readStoredSync(store, key, workspace, layout, asked);
    if (got === "asynchronous") {
      const stored = await readStored(store, key, signal);
      got = stored === undefined ? undefined : { chunk: asked, stored };
    }
    const { chunk = asked, stored } = got ?? {};
    show(look, { chunk, workspace, codec, where }, layout, stored);
    onProgress?.({ done: i + 1, total: chunks.length });
    if (performance.now() < until) continue;
    await nextTurn();
    throwIfAborted(signal);
    until = performance.now() + SLICE_MS;
  }
}

async function visitFetched(
  { chunks: store, runtime: { workspace } }: ChunkContext,
  { layout, chunks, signal, onProgress }: VisitRequest,
  codec: Codec,
  look: (visited: VisitedChunk) => void,
): Promise<void> {
  const fetches = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (!fetches.over && next < chunks.length) {
      const chunk = chunks.at(next++);
      const key = `${layout.key}/${chunk.key}`;
      const stored = await fetches.run((own) => readStored(store, key, own));
      if (fetches.over) return;
      show(look, { chunk, workspace, codec, where: store.url(key) }, layout, stored);
      onProgress?.({ done: ++done, total: chunks.length });
    }
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, chunks.length) }, lane);
  await supervise(lanes, () => fetches.abort(new Error("another chunk failed")), signal).result;
  fetches.close();
}

function show(
  look: (visited: VisitedChunk) => void,
  visited: Omit<VisitedChunk, "encoded">,
  layout: ScaleLayout,
  stored: StoredChunk | undefined,
): void {
  const { workspace, codec, where } = visited;
  atChunk(where, () => {
    if (stored === undefined) return look({ ...visited, encoded: undefined });
    const encoded = unpackChunk(workspace, layout, visited.chunk, stored, where);
    look({ ...visited, chunk: withStoredShape(workspace, codec, layout, visited.chunk, encoded), encoded });
  });
}
