/** Many small objects at a time: one after the other on the calling thread where storage allows it, else side by side. */
import { type Abortable, AbortGroup, throwIfAborted } from "../base/abort.js";
import { decompress, decompressSync, isSyncDecompression } from "../compression/index.js";
import { Limiter } from "./limit.js";
import type { Store, Stored } from "./store.js";

export interface ReadManyOptions extends Abortable {
  /** Most bytes of an object, once decompressed. Default 1 GiB. */
  readonly limit?: number | undefined;
  /** Told of each object that is read. */
  readonly onRead?: (() => void) | undefined;
  /** Never on the calling thread, e.g. in a server. */
  readonly asyncIo?: boolean | undefined;
}

/** Requests in flight. */
const MOST_REQUESTS = 64;
/** Milliseconds of synchronous reading after which others get their turn. */
const SLICE = 8;

/** The decompressed content of each key; undefined where there is none. Costs a request for each key. */
export async function readMany(
  store: Store,
  keys: readonly string[],
  options: ReadManyOptions = {},
): Promise<(Uint8Array | undefined)[]> {
  const { signal } = options;
  throwIfAborted(signal);
  if (store.readSync !== undefined && options.asyncIo !== true)
    return await readInTurn(store, store.readSync, keys, options);
  const group = new AbortGroup(signal);
  const limiter = new Limiter(MOST_REQUESTS);
  const read = async (key: string): Promise<Uint8Array | undefined> => {
    const content = await group.run((own) =>
      limiter.run(async () => unpack(store, key, await store.read(key, { signal: own }), options), own),
    );
    options.onRead?.();
    return content;
  };
  const all = Promise.all(keys.map(read));
  all.then(
    () => group.close(),
    (error) => group.abort(error),
  );
  return await all;
}

async function readInTurn(
  store: Store,
  readSync: NonNullable<Store["readSync"]>,
  keys: readonly string[],
  options: ReadManyOptions,
): Promise<(Uint8Array | undefined)[]> {
  const { limit = 2 ** 30, signal, onRead } = options;
  const out: (Uint8Array | undefined)[] = [];
  let until = performance.now() + SLICE;
  for (const key of keys) {
    const stored = readSync(key);
    if (stored === undefined || isSyncDecompression(stored.compression))
      out.push(stored && decompressSync(stored.compression, stored.bytes, { limit, where: store.url(key) }));
    else out.push(await unpack(store, key, stored, options));
    onRead?.();
    if (performance.now() < until) continue;
    await turn();
    throwIfAborted(signal);
    until = performance.now() + SLICE;
  }
  return out;
}

async function unpack(
  store: Store,
  key: string,
  stored: Stored | undefined,
  { limit = 2 ** 30, signal }: ReadManyOptions,
): Promise<Uint8Array | undefined> {
  if (stored === undefined) return undefined;
  return await decompress(stored.compression, stored.bytes, { limit, where: store.url(key), signal });
}

/** Lets timers, sockets and other requests have their turn. */
function turn(): Promise<void> {
  return new Promise((resume) => {
    if (typeof setImmediate === "function") setImmediate(resume);
    else setTimeout(resume, 0);
  });
}
