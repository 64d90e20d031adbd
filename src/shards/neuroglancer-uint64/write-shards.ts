/** Many data at once into as many shards as they belong to. */
import { throwIfAborted } from "../../base/abort.js";
import { ArgumentError } from "../../base/errors.js";
import type { OpenSpool } from "../../base/spool.js";
import type { Store } from "../../stores/store.js";
import { type Datum, encodeDatum } from "./make-shard.js";
import { placeOfLabel } from "./place.js";
import { ShardHeap } from "./shard-heap.js";
import type { ShardingSpec } from "./spec.js";
import { type UpdateOptions, updateShard } from "./update-shard.js";

export interface WriteShardsOptions extends Omit<UpdateOptions, "replace"> {
  /** Data are added to what shards hold already; else each shard that is written holds these data alone. Default false. */
  readonly merge?: boolean | undefined;
  /** Bytes of data that are held in memory. Default 256 MiB. */
  readonly memory?: number | undefined;
  /** Where the rest is put meanwhile. Without one, full shards are written early and extended later, which takes longer. */
  readonly spool?: OpenSpool | undefined;
}

export interface WrittenShards {
  readonly shards: number;
  readonly labels: number;
}

/**
 * Writes data of any order into shard files below `prefix`. Each file is replaced as a whole, when all data are there. Memory
 * holds `memory` bytes of data, and about 200 bytes for each label. @throws ArgumentError for a label given twice.
 */
export async function writeShards(
  store: Store,
  prefix: string,
  spec: ShardingSpec,
  data: AsyncIterable<Datum> | Iterable<Datum>,
  options: WriteShardsOptions = {},
): Promise<WrittenShards> {
  const { memory = 256 << 20, merge = false, spool, ...update } = options;
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const heap = new ShardHeap(memory, spool);
  const begun = new Set<string>();
  const write = async (file: string): Promise<void> => {
    const replace = !merge && !begun.has(file);
    begun.add(file);
    await updateShard(store, folder, spec, file, heap.take(file), { ...update, replace, keepLeads: true });
  };
  let labels = 0;
  try {
    for await (const datum of data) {
      throwIfAborted(options.signal);
      const { file } = placeOfLabel(spec, datum.label);
      if (!(await heap.add(file, datum.label, await encodeDatum(spec, datum))))
        throw new ArgumentError("A label is given twice", { got: String(datum.label) });
      labels++;
      const largest = heap.full ? heap.largest() : undefined;
      if (largest !== undefined) await write(largest);
    }
    for (const file of [...heap.files.keys()].sort()) await write(file);
    return { shards: begun.size, labels };
  } finally {
    await heap.close();
  }
}
