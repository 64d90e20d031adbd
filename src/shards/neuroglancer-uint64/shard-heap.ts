/** Data on their way into shards: held in memory up to a limit, then put aside in a spool. */
import type { OpenSpool, Spool } from "../../base/spool.js";
import type { Origin, ShardItem } from "./shard-items.js";

export class ShardHeap {
  /** By shard file. */
  readonly files: Map<string, Map<bigint, ShardItem | undefined>> = new Map();
  readonly #limit: number;
  readonly #open: OpenSpool | undefined;
  #spool: { readonly spool: Spool; readonly origin: Origin } | undefined;
  #held = 0;

  /** @param limit bytes to hold. Without a spool it is up to the caller to take files out when {@link full}. */
  constructor(limit: number, open: OpenSpool | undefined) {
    this.#limit = limit;
    this.#open = open;
  }

  get full(): boolean {
    return this.#held > this.#limit;
  }

  /** Adds a datum, or (without an item) the wish that there be none. @returns false for a label that is there already. */
  async add(file: string, label: bigint, item: ShardItem | undefined): Promise<boolean> {
    const labels = this.files.get(file) ?? new Map<bigint, ShardItem | undefined>();
    this.files.set(file, labels);
    if (labels.has(label)) return false;
    labels.set(label, item);
    this.#held += item?.bytes?.length ?? 0;
    if (this.full && this.#open !== undefined) await this.#putAside(this.#open);
    return true;
  }

  /** Takes out a file's data. */
  take(file: string): Map<bigint, ShardItem | undefined> {
    const labels = this.files.get(file) ?? new Map<bigint, ShardItem | undefined>();
    this.files.delete(file);
    for (const item of labels.values()) this.#held -= item?.bytes?.length ?? 0;
    return labels;
  }

  /** The file of which the most bytes are held. */
  largest(): string | undefined {
    let found: string | undefined;
    let most = -1;
    for (const [file, labels] of this.files) {
      let bytes = 0;
      for (const item of labels.values()) bytes += item?.bytes?.length ?? 0;
      if (bytes > most) [found, most] = [file, bytes];
    }
    return found;
  }

  async #putAside(open: OpenSpool): Promise<void> {
    if (this.#spool === undefined) {
      const spool = await open();
      this.#spool = { spool, origin: { read: (offset, length) => spool.read(offset, length) } };
    }
    const { spool, origin } = this.#spool;
    for (const labels of this.files.values()) {
      for (const [label, item] of labels) {
        if (item?.bytes === undefined) continue;
        const { length, lead, bytes } = item;
        this.#held -= bytes.length;
        labels.set(label, {
          label,
          length,
          lead,
          origin: { from: origin, offset: await spool.append(bytes) },
        });
      }
    }
  }

  async close(): Promise<void> {
    this.files.clear();
    await this.#spool?.spool.close();
  }
}
