import type { ByteRange, Store } from "./store.js";

export interface RecordedRequest {
  readonly kind: "read" | "stat" | "write" | "remove" | "list";
  readonly key: string;
  readonly range?: ByteRange | undefined;
  /** Bytes read or written; of a read that is not over, or found nothing: none. */
  bytes: number;
}

export interface Recorded {
  /** The store to use. */
  readonly store: Store;
  /** What was asked of it, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Sum of bytes of all requests of a kind. */
  bytes(kind: RecordedRequest["kind"]): number;
  clear(): void;
}

/** A store that keeps an account of its requests, for tests and for showing costs. */
export function recordRequests(store: Store): Recorded {
  const requests: RecordedRequest[] = [];
  const note = (
    kind: RecordedRequest["kind"],
    key: string,
    range?: ByteRange,
    bytes = 0,
  ): RecordedRequest => {
    const request: RecordedRequest = { kind, key, bytes, ...(range && { range }) };
    requests.push(request);
    return request;
  };
  const { readSync, write, writeFrom, writeSync, remove, list } = store;
  const recorded: Store = {
    ...store,
    read: async (key, how) => {
      const request = note("read", key, how?.range);
      const stored = await store.read(key, how);
      request.bytes = stored?.bytes.length ?? 0;
      return stored;
    },
    ...(readSync && {
      readSync: (key, how) => {
        const stored = readSync(key, how);
        note("read", key, typeof how?.range === "object" ? how.range : undefined, stored?.bytes.length);
        return stored;
      },
    }),
    stat: (key, how) => {
      note("stat", key);
      return store.stat(key, how);
    },
    ...(write && {
      write: async (key, bytes, how) => {
        note("write", key, undefined, bytes.length);
        await write(key, bytes, how);
      },
    }),
    ...(writeFrom && {
      writeFrom: async (key, source, how) => {
        note("write", key, undefined, source.size);
        await writeFrom(key, source, how);
      },
    }),
    ...(writeSync && {
      writeSync: (key, bytes, how) => {
        note("write", key, undefined, bytes.length);
        writeSync(key, bytes, how);
      },
    }),
    ...(remove && {
      remove: async (key, how) => {
        note("remove", key);
        await remove(key, how);
      },
    }),
    ...(list && {
      list: (prefix, how) => {
        note("list", prefix);
        return list(prefix, how);
      },
    }),
  };
  return {
    store: recorded,
    requests,
    bytes: (kind) => requests.reduce((sum, r) => sum + (r.kind === kind ? r.bytes : 0), 0),
    clear: () => {
      requests.length = 0;
    },
  };
}
