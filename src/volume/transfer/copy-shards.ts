/** Stored bytes into shards: whole files where both sides are sharded alike, else chunk by chunk. */
import { AbortGroup } from "../../base/abort.js";
import type { Compression } from "../../compression/compression.js";
import { planRead, type ReadPlan } from "../../grid/plan.js";
import { ShardHeap, type ShardingSpec, updateShard } from "../../shards/neuroglancer-uint64/index.js";
import type { Store } from "../../stores/store.js";
import { isWholeBox, isWholeShard, type ShardGroup, shardGroups } from "../shard-groups.js";
import { supervise } from "../supervise.js";
import { recompressedTo } from "./how.js";
import type { TransferRequest, TransferUnit } from "./request.js";
import { storedChunk } from "./stored-chunk.js";

const IN_FLIGHT = 16;
/** Bytes of a shard that are held; the rest waits in a temporary file. */
const HELD_BYTES = 32 << 20;
const PIECE = 8 << 20;

/** The units of a copy into shards: a shard each. */
export function shardUnits(request: TransferRequest, sharding: ShardingSpec): TransferUnit[] {
  const { from, to, box } = request;
  const { grid } = to.layout;
  const plan = planRead(grid, box);
  const all = isWholeBox(grid, box);
  const alike =
    recompressedTo(from.layout, to.layout) === undefined &&
    JSON.stringify(from.layout.sharding) === JSON.stringify(sharding);
  return shardGroups(grid, sharding, plan).map((group) => {
    const whole = isWholeShard(grid, sharding, group, all);
    return {
      chunks: group.members.length,
      run: async () => {
        if (alike && whole && (await copyFile(request, group.file))) return;
        await copyGroup(request, sharding, plan, group, whole);
      },
    };
  });
}

/** Copies a shard file as it is, piece by piece. @returns false if there is none, or it changes meanwhile. */
async function copyFile({ from, to, policy, signal }: TransferRequest, file: string): Promise<boolean> {
  const source = from.context.store;
  const target = to.context.store;
  const key = `${from.layout.key}/${file}`;
  const stat = await source.stat(key, { signal });
  if (stat?.size === undefined || stat.compression !== "none") return false;
  const { size, version } = stat;
  const how = { signal, contentType: "application/octet-stream", cacheControl: policy.cacheControl };
  const write = async (store: Store): Promise<boolean> => {
    if (size <= PIECE || store.writeFrom === undefined) {
      const stored = await source.read(key, { signal });
      if (stored === undefined) return false;
      await store.write?.(`${to.layout.key}/${file}`, stored.bytes, how);
      return true;
    }
    let isSame = true;
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let offset = 0; offset < size; offset += PIECE) {
        const stored = await source.read(key, {
          range: { offset, length: Math.min(PIECE, size - offset) },
          signal,
        });
        isSame = stored !== undefined && stored.version === version;
        // Too few bytes: nothing will be stored.
        if (!isSame || stored === undefined) return;
        yield stored.bytes;
      }
    };
    try {
      await store.writeFrom(`${to.layout.key}/${file}`, { size, pieces }, how);
    } catch (error) {
      if (!isSame) return false;
      throw error;
    }
    return true;
  };
  return await write(target);
}

async function copyGroup(
  request: TransferRequest,
  sharding: ShardingSpec,
  plan: ReadPlan,
  { file, members }: ShardGroup,
  replace: boolean,
): Promise<void> {
  const { to, policy, signal } = request;
  const { store, runtime } = to.context;
  const compression: Compression = sharding.dataEncoding === "gzip" ? "gzip" : "none";
  const heap = new ShardHeap(HELD_BYTES, runtime.spool);
  const group = new AbortGroup(signal);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < members.length && !group.over; n = next++) {
      const { index, label } = members[n]!;
      await group.run(async (own) => {
        const stored = await storedChunk(request, plan.at(index), compression, own);
        if (stored === undefined) return;
        const { bytes } = stored;
        await heap.add(file, label, { label, length: bytes.length, bytes });
      });
    }
  };
  try {
    const lanes = Array.from({ length: Math.min(IN_FLIGHT, members.length) }, lane);
    const work = supervise(lanes, () => group.abort(new Error("another chunk failed")), signal);
    await work.result;
    const { cacheControl } = policy;
    const changes = heap.take(file);
    if (changes.size > 0)
      await updateShard(store, `${to.layout.key}/`, sharding, file, changes, {
        signal,
        replace,
        cacheControl,
      });
  } finally {
    group.close();
    await heap.close();
  }
}
