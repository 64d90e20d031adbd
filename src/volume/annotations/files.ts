/** The files of one index of annotations: single ones, or data in shards. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { UnsupportedProtocolError } from "../../base/errors.js";
import type { AnnotationIndex } from "../../formats/precomputed/annotations/info.js";
import { type ShardedStore, shardedStore } from "../../shards/neuroglancer-uint64/index.js";
import { readMany } from "../../stores/read-many.js";
import type { Store } from "../../stores/store.js";

/** What is asked for, by its name as a file and by its label in shards. */
export interface IndexItem {
  readonly name: string;
  readonly label: bigint;
}

/** Most bytes of a file, once decompressed. */
const FILE_LIMIT = 2 ** 30;

export class IndexFiles {
  readonly #store: Store;
  readonly #folder: string;
  readonly #shards: ShardedStore | undefined;

  /** `folder`: of the info, "" or with a slash at its end. */
  constructor(store: Store, folder: string, { key, sharding }: AnnotationIndex) {
    this.#store = store;
    this.#folder = key === "" ? folder : `${folder}${key}/`;
    this.#shards = sharding && shardedStore(store, this.#folder, sharding, { dataLimit: FILE_LIMIT });
  }

  get isSharded(): boolean {
    return this.#shards !== undefined;
  }

  url(item: IndexItem): string {
    return this.#shards?.url(item.label) ?? this.#store.url(this.#folder + item.name);
  }

  /** Decompressed; undefined for what is not there. Costs a request each, in shards at most three one after the other. */
  async read(items: readonly IndexItem[], { signal }: Abortable): Promise<(Uint8Array | undefined)[]> {
    throwIfAborted(signal);
    if (this.#shards === undefined) {
      const keys = items.map(({ name }) => this.#folder + name);
      return await readMany(this.#store, keys, { limit: FILE_LIMIT, signal });
    }
    const found = await this.#shards.readMany(
      items.map(({ label }) => label),
      { signal },
    );
    return items.map(({ label }) => found.get(label));
  }

  /**
   * Tells of what there is, in no order: labels out of shards, names of files. False where the storage cannot list, as web
   * servers cannot.
   */
  async list(onFound: (what: bigint | string) => void, { signal }: Abortable): Promise<boolean> {
    const { list } = this.#store;
    if (list === undefined) return false;
    try {
      if (this.#shards === undefined)
        for await (const key of list(this.#folder, { signal })) onFound(key.slice(this.#folder.length));
      else for await (const label of this.#shards.list({ signal })) onFound(label);
      return true;
    } catch (error) {
      if (error instanceof UnsupportedProtocolError) return false;
      throw error;
    }
  }
}
