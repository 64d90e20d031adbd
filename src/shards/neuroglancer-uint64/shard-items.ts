/** The data that a shard file is put together from, wherever they lie, and the stream of its bytes. */
import type { Source } from "../../stores/store.js";
import type { PlannedDatum, ShardPlan } from "./plan-shard.js";

/** Something that holds data one behind the other: the old shard file, a temporary file. */
export interface Origin {
  /** @throws ConflictError if what it held has been replaced. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A datum as it will lie in the file: its bytes, or where to get them. */
export interface ShardItem extends PlannedDatum {
  readonly bytes?: Uint8Array | undefined;
  readonly origin?: { readonly from: Origin; readonly offset: number } | undefined;
}

/** Most bytes that are held of a stream. */
const PIECE = 8 << 20;

/** The bytes of a planned shard file. Neighbours of one origin are fetched together; at most 8 MiB or one datum is held. */
export function sourceOf(plan: ShardPlan<ShardItem>): Source {
  return {
    size: plan.size,
    async *pieces() {
      yield plan.head;
      for (const run of runsOf(plan.data)) {
        if (run.bytes !== undefined) yield run.bytes;
        else if (run.from !== undefined) {
          for (let done = 0; done < run.length; done += PIECE)
            yield await run.from.read(run.offset + done, Math.min(PIECE, run.length - done));
        }
      }
      yield* plan.tail;
    },
  };
}

interface Run {
  readonly bytes?: Uint8Array | undefined;
  readonly from?: Origin | undefined;
  readonly offset: number;
  length: number;
}

function* runsOf(items: readonly ShardItem[]): Generator<Run> {
  let open: Run | undefined;
  for (const { bytes, origin, length } of items) {
    if (origin !== undefined && open?.from === origin.from && open.offset + open.length === origin.offset) {
      open.length += length;
      continue;
    }
    if (open !== undefined) yield open;
    open = undefined;
    if (origin === undefined) yield { bytes, offset: 0, length };
    else open = { from: origin.from, offset: origin.offset, length };
  }
  if (open !== undefined) yield open;
}
