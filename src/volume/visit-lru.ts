/** Visits of chunks through the memory LRU: held ones are shown as they are held, others are fetched and kept. */
import { AbortGroup, throwIfAborted } from "../base/abort.js";
import { nextTurn } from "../base/turn.js";
import type { ChunkLru } from "../cache/memory/chunk-lru.js";
import type { Codec } from "../codecs/codec.js";
import type { ChunkRead } from "../grid/plan.js";
import { dropsCopy } from "../stores/distrust.js";
import type { ChunkContext } from "./chunk-store.js";
import { atChunk, type StoredChunk, unpackChunk, withStoredShape } from "./decode.js";
import { codecOf, keepEncoded, loadCodecs } from "./read-lru.js";
import { readStored, readWholeSync } from "./stored.js";
import { supervise } from "./supervise.js";
import type { VisitedChunk, VisitRequest } from "./visit-request.js";

const IN_FLIGHT = 32;
const SLICE_MS = 25;

export async function visitThroughLru(
  context: ChunkContext,
  lru: ChunkLru,
  { layout, chunks, signal, onProgress }: VisitRequest,
  look: (visited: VisitedChunk) => void,
): Promise<void> {
  const { chunks: store } = context;
  const since = lru.since;
  const codecs = new Map<string, Codec>();
  await loadCodecs(context, layout, lru, [], codecs);
  const native = codecs.get(layout.encoding) as Codec;
  const fetches = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  let until = performance.now() + SLICE_MS;

  const show = (chunk: ChunkRead, stored: StoredChunk | undefined, key: string, where: string): void => {
    const { workspace } = lru.scratch;
    atChunk(where, () => {
      if (stored === undefined) return look({ chunk, workspace, codec: native, encoded: undefined, where });
      const encoded = unpackChunk(workspace, layout, chunk, stored, where);
      if (lru.isCurrent(key, since)) keepEncoded(lru, codecs, layout, workspace, chunk, encoded);
      const shaped = withStoredShape(workspace, native, layout, chunk, encoded);
      look({ chunk: shaped, workspace, codec: native, encoded, where });
    });
  };

  const visit = async (chunk: ChunkRead, isSecond = false): Promise<void> => {
    const key = `${layout.key}/${chunk.key}`;
    const where = store.url(key);
    const encoding = lru.encodingOf(key);
    if (encoding !== undefined && !codecs.has(encoding))
      await loadCodecs(context, layout, lru, [chunk], codecs);
    const held = lru.find(key);
    const codec = held && codecOf(codecs, held);
    if (held !== undefined && codec !== undefined) {
      const { workspace } = held.segment;
      const encoded = held.region;
      const isStored = held.encoding === layout.encoding;
      const shaped = isStored ? withStoredShape(workspace, codec, layout, chunk, encoded) : chunk;
      return atChunk(where, () => look({ chunk: shaped, workspace, codec, encoded, where }));
    }
    const at = readWholeSync(store, key, lru.scratch.workspace);
    const stored =
      store.readSync === undefined || at === "asynchronous"
        ? await fetches.run((own) => readStored(store, key, own))
        : at;
    if (fetches.over) return;
    try {
      show(chunk, stored, key, where);
    } catch (error) {
      if (isSecond || !dropsCopy(store, key, error)) throw error;
      await visit(chunk, true);
    }
  };

  const lane = async (): Promise<void> => {
    while (!fetches.over && next < chunks.length) {
      await visit(chunks.at(next++));
      onProgress?.({ done: ++done, total: chunks.length });
      if (performance.now() < until) continue;
      await nextTurn();
      throwIfAborted(signal);
      until = performance.now() + SLICE_MS;
    }
  };
  const most = store.readSync === undefined ? IN_FLIGHT : 1;
  const lanes = Array.from({ length: Math.min(most, chunks.length) }, lane);
  await supervise(lanes, () => fetches.abort(new Error("another chunk failed")), signal).result;
  fetches.close();
}
