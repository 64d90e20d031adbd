/** All labels of all shards. */
import { throwIfAborted } from "../../base/abort.js";
import { UnsupportedProtocolError } from "../../base/errors.js";
import type { Store } from "../../stores/store.js";
import {
  changing,
  indexPart,
  type Location,
  MOST_CHANGES,
  minishardPart,
  type Surroundings,
} from "./locate.js";
import { part, type Steps, type Version } from "./part.js";
import { isShardFile } from "./place.js";
import { BLOCK_ENTRIES, minishardSpan, type Span } from "./shard-index.js";

/** Names of the shard files below a folder, sorted. @throws UnsupportedProtocolError where storage cannot list. */
export async function shardFiles(
  store: Store,
  folder: string,
  { spec }: Surroundings,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (store.list === undefined)
    throw new UnsupportedProtocolError("This storage cannot list its shard files", {
      where: store.url(folder),
    });
  const files: string[] = [];
  for await (const key of store.list(folder, { signal })) {
    const name = key.slice(folder.length);
    if (isShardFile(spec, name)) files.push(name);
  }
  return files.sort();
}

export async function* listEntries(
  store: Store,
  folder: string,
  around: Surroundings,
  signal: AbortSignal | undefined,
): AsyncGenerator<Location> {
  for (const file of await shardFiles(store, folder, around, signal)) {
    const count = 2 ** around.spec.minishardBits;
    for (let first = 0; first < count; first += BLOCK_ENTRIES) {
      const some = Array.from({ length: Math.min(BLOCK_ENTRIES, count - first) }, (_, i) => first + i);
      // A block of minishards at a time: their requests run side by side.
      const found = await Promise.all(
        some.map((m) => around.reader.run(contentOf(around, around.keyOf(file), m), signal)),
      );
      for (const { entries } of found) {
        throwIfAborted(signal);
        yield* entries;
      }
    }
  }
}

/** What a minishard of a file holds, by label; all of one version of the file. */
export interface MinishardContent {
  readonly version: Version;
  /** Where its index is. */
  readonly span: Span | undefined;
  readonly entries: readonly Location[];
}

export function* contentOf(around: Surroundings, key: string, minishard: number): Steps<MinishardContent> {
  const { spec, reader, url } = around;
  const file = key.slice(key.lastIndexOf("/") + 1);
  const wanted = indexPart(around, key, minishard);
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const index = yield* part(wanted);
    const { value, version } = index;
    const span = value && minishardSpan(spec, value.bytes, minishard, value.totalSize, url(key));
    if (span === undefined) return { version, span, entries: [] };
    const found = yield* part(minishardPart(around, key, minishard, span, version));
    if (found.version === version && found.value !== undefined) {
      const { labels, offsets, lengths } = found.value;
      const entries = Array.from(labels, (label, i) => {
        return { label, file, key, minishard, offset: offsets[i]!, length: lengths[i]!, version };
      });
      return { version, span, entries };
    }
    reader.forget(wanted.name, version);
  }
  throw changing(url(key));
}
