import { describe, expect, it } from "vitest";
import { ConflictError, DecodingError } from "../../base/errors.js";
import { memStore } from "../../stores/mem/index.js";
import { recordRequests } from "../../stores/record.js";
import type { Store } from "../../stores/store.js";
import { type ArraySharding, shardedArray, updateShardedArray } from "./index.js";
import { chunkAtPlace, chunksOfShard, placeOfChunk } from "./place.js";
import { indexLength, makeShard, parseIndex } from "./shard-index.js";

const sharding: ArraySharding = {
  start: "0/c/",
  separator: "/",
  perShard: [2, 3, 2],
  counts: [3, 5, 4],
  location: "end",
  checksum: true,
};
const key = (z: number, y: number, x: number): string => `0/c/${z}/${y}/${x}`;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

let count = 0;
const memory = (): Store => memStore(`mem://zarr-indexed/${count++}`);

async function written(how: ArraySharding = sharding): Promise<Store> {
  const store = memory();
  const array = shardedArray(store, how);
  for (let z = 0; z < 3; z++)
    for (let y = 0; y < 5; y++)
      for (let x = 0; x < 4; x++) await array.write!(key(z, y, x), bytes(z, y, x, 9));
  return store;
}

describe("places", () => {
  it("are those of the specification: C order within a shard", () => {
    expect(placeOfChunk(sharding, key(0, 0, 0))).toEqual({ shard: "0/c/0/0/0", index: 0 });
    expect(placeOfChunk(sharding, key(1, 4, 3))).toEqual({ shard: "0/c/0/1/1", index: 1 * 6 + 1 * 2 + 1 });
    expect(placeOfChunk(sharding, "0/c/1/2")).toBe(undefined);
    expect(placeOfChunk(sharding, "0/c/1/2/x")).toBe(undefined);
    expect(placeOfChunk(sharding, "1/c/1/2/3")).toBe(undefined);
    expect(chunksOfShard(sharding, "0/c/0/0/0")).toBe(12);
    expect(chunksOfShard(sharding, "0/c/1/1/1")).toBe(1 * 2 * 2);
  });

  it("go both ways", () => {
    for (let z = 0; z < 3; z++)
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 4; x++) {
          const { shard, index } = placeOfChunk(sharding, key(z, y, x))!;
          expect(chunkAtPlace(sharding, shard, index)).toBe(key(z, y, x));
        }
  });
});

describe.each([
  { location: "end", checksum: true },
  { location: "start", checksum: true },
  { location: "end", checksum: false },
  { location: "start", checksum: false },
] as const)("shards with an index %j", (how) => {
  const own = { ...sharding, ...how };

  it("give back what was written, synchronously too, and nothing else", async () => {
    const store = await written(own);
    const array = shardedArray(store, own);
    for (let z = 0; z < 3; z++)
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 4; x++) {
          expect((await array.read(key(z, y, x)))?.bytes).toEqual(bytes(z, y, x, 9));
          expect(array.readSync!(key(z, y, x))?.bytes).toEqual(bytes(z, y, x, 9));
        }
    expect(await array.read(key(2, 4, 5))).toBe(undefined);
    expect(await array.read(key(9, 0, 0))).toBe(undefined);
    expect((await array.read(key(1, 2, 3), { range: { offset: 1, length: 2 } }))?.bytes).toEqual(bytes(2, 3));
    const listed: string[] = [];
    for await (const one of array.list!("0/c/")) listed.push(one);
    expect(listed.length).toBe(60);
  });

  it("lose only what is removed", async () => {
    const store = await written(own);
    const array = shardedArray(store, own);
    await array.remove!(key(1, 1, 1));
    expect(await array.read(key(1, 1, 1))).toBe(undefined);
    expect(await array.stat(key(1, 1, 1))).toBe(undefined);
    expect((await array.read(key(1, 1, 0)))?.bytes).toEqual(bytes(1, 1, 0, 9));
    for (const y of [3, 4]) for (const x of [2, 3]) await array.remove!(key(2, y, x));
    expect(await store.stat("0/c/1/1/1")).toBe(undefined);
  });

  it("are damaged in ways that are told", async () => {
    const store = await written(own);
    const shard = (await store.read("0/c/0/0/0"))!.bytes.slice();
    const length = indexLength(own);
    const whole = how.location === "start" ? shard.subarray(0, length) : shard.subarray(-length);
    for (let n = 0; n < length; n++)
      expect(() => parseIndex(own, whole.subarray(0, n), shard.length, "x")).toThrow(DecodingError);
    await store.write!("0/c/0/0/0", shard.subarray(0, how.location === "start" ? length - 1 : 3));
    await expect(shardedArray(store, own).read(key(0, 0, 0))).rejects.toThrow(/shorter than its index/);
    if (!how.checksum) return;
    const flipped = shard.slice();
    flipped[how.location === "start" ? 5 : shard.length - length + 5]! ^= 1;
    await store.write!("0/c/0/0/0", flipped);
    await expect(shardedArray(store, own).read(key(0, 0, 0))).rejects.toThrow(/checksum/);
  });
});

describe("a sharded array", () => {
  it("costs two requests for a first chunk and one for each further one; neighbours share", async () => {
    const store = await written();
    const { store: recorded, requests, clear } = recordRequests(store);
    const array = shardedArray(recorded, sharding);
    await array.read(key(0, 0, 0));
    expect(requests.length).toBe(2);
    clear();
    await array.read(key(1, 2, 1));
    expect(requests.length).toBe(1);
    clear();
    await Promise.all([array.read(key(0, 0, 0)), array.read(key(0, 0, 1)), array.read(key(1, 1, 1))]);
    expect(requests.length).toBe(1);
  });

  it("never mixes versions of a shard", async () => {
    const store = await written();
    const array = shardedArray(store, sharding);
    await array.read(key(0, 0, 0));
    const other = shardedArray(store, sharding);
    await other.write!(key(0, 0, 0), bytes(7, 7, 7, 7, 7, 7, 7));
    await other.write!(key(0, 0, 1), bytes(8));
    expect((await array.read(key(0, 0, 1)))?.bytes).toEqual(bytes(8));
    expect(array.readSync!(key(0, 0, 0))?.bytes).toEqual(bytes(7, 7, 7, 7, 7, 7, 7));
  });

  it("loses no update of many writers", async () => {
    const store = memory();
    const writers = Array.from({ length: 6 }, () => shardedArray(store, sharding));
    const keys = Array.from({ length: 12 }, (_, i) => key(Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2));
    await Promise.all(keys.map((one, i) => writers[i % 6]!.write!(one, bytes(i))));
    for (const [i, one] of keys.entries()) expect((await writers[0]!.read(one))?.bytes).toEqual(bytes(i));
  });

  it("gives up on a file that changes all the time", async () => {
    const store = await written();
    let n = 0;
    const restless: Store = {
      ...store,
      read: async (k, how) => {
        const stored = await store.read(k, how);
        return stored && { ...stored, version: String(n++) };
      },
    };
    await expect(shardedArray(restless, sharding).read(key(0, 0, 0))).rejects.toThrow(ConflictError);
  });

  it("does not read a shard that is written as a whole", async () => {
    const { store, requests } = recordRequests(await written());
    const changes = new Map(Array.from({ length: 12 }, (_, i) => [i, bytes(i)] as const));
    await updateShardedArray(store, sharding, "0/c/0/0/0", changes);
    expect(requests.filter(({ kind }) => kind === "read")).toEqual([]);
  });

  it("makes no file of nothing", () => {
    expect(makeShard(sharding, new Array(12).fill(undefined))).toBe(undefined);
  });
});
