import { describe, expect, test } from "vitest";
import { AbortError, ConflictError, EmptyFileException, SpecViolation } from "../../base/errors.js";
import { decompress } from "../../compression/index.js";
import { memStore } from "../../stores/mem/index.js";
import { recordRequests } from "../../stores/record.js";
import type { Store } from "../../stores/store.js";
import {
  makeShard,
  parseSharding,
  type ShardedStoreOptions,
  type ShardingSpec,
  shardedStore,
} from "./index.js";

const SPEC = parseSharding(
  {
    "@type": "neuroglancer_uint64_sharded_v1",
    preshift_bits: 0,
    hash: "identity",
    minishard_bits: 2,
    shard_bits: 1,
    minishard_index_encoding: "gzip",
    data_encoding: "gzip",
  },
  "x",
);
const datum = (label: bigint, version = 0): Uint8Array =>
  new TextEncoder().encode(`datum ${label} of version ${version} `.repeat(5));
/** Labels of shard 0. */
const FIRST = Array.from({ length: 24 }, (_, i) => BigInt(8 * Math.floor(i / 4) + (i % 4)));

let buckets = 0;
async function made(
  options: ShardedStoreOptions = {},
  spec: ShardingSpec = SPEC,
): Promise<{
  base: ReturnType<typeof memStore>;
  recorded: ReturnType<typeof recordRequests>;
  shards: ReturnType<typeof shardedStore>;
  write(version: number, labels?: readonly bigint[]): Promise<void>;
}> {
  const base = memStore(`mem://sharded-store-${++buckets}`);
  const recorded = recordRequests(base);
  const write = async (version: number, labels: readonly bigint[] = FIRST): Promise<void> => {
    const { file, bytes } = await makeShard(
      spec,
      labels.map((label) => ({ label, bytes: datum(label, version) })),
    );
    await base.write(`s/${file}`, bytes);
  };
  await write(0);
  return { base, recorded, shards: shardedStore(recorded.store, "s", spec, options), write };
}

describe("requests", () => {
  test("a cold datum takes three, one of a known minishard one, one of a known shard two", async () => {
    const { recorded, shards } = await made();
    expect(await shards.read(0n)).toEqual(datum(0n));
    expect(recorded.requests.map((r) => r.kind)).toEqual(["read", "read", "read"]);
    expect(recorded.requests.every((r) => r.range !== undefined)).toBe(true);
    recorded.clear();
    expect(await shards.read(8n)).toEqual(datum(8n));
    expect(recorded.requests.length).toBe(1);
    recorded.clear();
    expect(await shards.read(1n)).toEqual(datum(1n));
    expect(recorded.requests.length).toBe(2);
  });

  test("the same synchronously", async () => {
    const { recorded, shards } = await made();
    expect(shards.readSync?.(0n)).toEqual(datum(0n));
    expect(recorded.requests.length).toBe(3);
    recorded.clear();
    expect(shards.readSync?.(8n)).toEqual(datum(8n));
    expect(recorded.requests.length).toBe(1);
  });

  test("concurrent callers share indices, and neighbours a request", async () => {
    const { recorded, shards } = await made();
    const found = await Promise.all(FIRST.map((label) => shards.read(label)));
    expect(found).toEqual(FIRST.map((label) => datum(label)));
    // The shard index, four minishard indices, and all data at once.
    expect(recorded.requests.length).toBe(6);
    recorded.clear();
    const many = await shards.readMany([...FIRST, 4n, 12n]);
    expect([...many.keys()]).toEqual(FIRST);
    expect(
      recorded.requests.filter(
        (r) => r.kind === "read" && r.range && "length" in r.range && r.range.length > 200,
      ).length,
    ).toBe(1);
  });

  test("data that lie apart are read apart", async () => {
    const { recorded, shards } = await made({ gap: 0 });
    await shards.readMany([0n, 40n]);
    recorded.clear();
    await shards.readMany([0n, 40n]);
    expect(recorded.requests.length).toBe(2);
    recorded.clear();
    await shards.readMany([0n, 8n, 16n]);
    expect(recorded.requests.length).toBe(1);
  });

  test("a request for several data has a limit", async () => {
    const { recorded, shards } = await made({ requestBytes: 1 });
    await shards.readMany(FIRST);
    recorded.clear();
    expect((await shards.readMany(FIRST)).size).toBe(FIRST.length);
    expect(recorded.requests.length).toBe(FIRST.length);
  });

  test("indices that do not fit into the cache are read again", async () => {
    const { recorded, shards } = await made({ cacheBytes: 0 });
    await shards.read(0n);
    await shards.read(0n);
    expect(recorded.requests.length).toBe(6);
  });

  test("an absent label costs no more than its indices and a look at the file", async () => {
    const { recorded, shards } = await made({ freshness: 60_000 });
    expect(await shards.read(32_000n)).toBeUndefined();
    expect(recorded.requests.length).toBe(2);
    expect(await shards.has(32_008n)).toBe(false);
    expect(recorded.requests.length).toBe(2);
    expect(await shards.read(4n)).toBeUndefined(); // a shard that is not there
    expect(recorded.requests.length).toBe(3);
    expect(await shards.read(12n)).toBeUndefined();
    expect(recorded.requests.length).toBe(3);
  });
});

describe("a shard that is written meanwhile", () => {
  test.each(["read", "readSync"] as const)("%s gives the new datum, never a mix", async (how) => {
    const { shards, write } = await made();
    const all = async (): Promise<unknown[]> =>
      await Promise.all(
        FIRST.map(async (label) => (how === "read" ? await shards.read(label) : shards.readSync?.(label))),
      );
    expect(await all()).toEqual(FIRST.map((label) => datum(label, 0)));
    await write(123456);
    expect(await all()).toEqual(FIRST.map((label) => datum(label, 123456)));
    await write(7, FIRST.slice(0, 3));
    expect(await all()).toEqual(FIRST.map((label, i) => (i < 3 ? datum(label, 7) : undefined)));
  });

  test("labels that were absent are found", async () => {
    const { base, shards, write } = await made();
    expect(await shards.read(32n * 8n)).toBeUndefined();
    expect(await shards.read(4n)).toBeUndefined();
    await write(1, [...FIRST, 256n]);
    const second = await makeShard(SPEC, [{ label: 4n, bytes: datum(4n) }]);
    await base.write(`s/${second.file}`, second.bytes);
    expect(await shards.read(256n)).toEqual(datum(256n, 1));
    expect(shards.readSync?.(4n)).toEqual(datum(4n));
    await base.remove("s/0.shard");
    expect(await shards.read(0n)).toBeUndefined();
    expect(await shards.has(4n)).toBe(true);
  });

  test("a file that changes at every look is read whole", async () => {
    const { base, write } = await made();
    let version = 1;
    const restless: Store = {
      ...base,
      read: async (key, how) => {
        const stored = await base.read(key, how);
        await write(version++);
        return stored;
      },
    };
    const shards = shardedStore(restless, "s", SPEC);
    const { bytes } = (await shards.readStored(0n))!;
    expect(new TextDecoder().decode(await decompress("gzip", bytes, { limit: 10_000, where: "x" }))).toMatch(
      /^(datum 0 of version (\d+) )(datum 0 of version \2 )+$/,
    );
    expect(version).toBeGreaterThan(8);
    const huge = {
      ...restless,
      stat: async () => ({ size: 2 ** 40, compression: "none" as const, version: "1" }),
    };
    await expect(shardedStore(huge, "s", SPEC).read(0n)).rejects.toThrow(ConflictError);
  });

  test("a range of a file is only read of the version that was located", async () => {
    const { shards, write } = await made();
    const location = (await shards.locate(8n))!;
    const { offset, length } = location;
    expect((await shards.readRange(location, offset, length))?.length).toBe(length);
    await write(2);
    expect(await shards.readRange(location, offset, length)).toBeUndefined();
  });
});

describe("what is wrong is said", () => {
  test("no bytes, too few, compressed as a whole", async () => {
    const { base, shards } = await made();
    const whole = (await base.read("s/0.shard"))!.bytes;
    await base.write("s/0.shard", new Uint8Array(0));
    await expect(shards.read(0n)).rejects.toThrow(EmptyFileException);
    await base.write("s/0.shard", whole.subarray(0, 63));
    await expect(shards.read(0n)).rejects.toThrow(/ends within its shard index/);
    await base.write("s/0.shard", whole, { compression: "gzip" });
    await expect(shards.read(0n)).rejects.toThrow(SpecViolation);
  });

  test("an index larger than any file is refused before anything is read", async () => {
    const { recorded, shards } = await made({}, SPEC);
    const huge = shardedStore(recorded.store, "s", { ...SPEC, minishardBits: 60, shardBits: 4 });
    recorded.clear();
    await expect(huge.read(0n)).rejects.toThrow(SpecViolation);
    expect(recorded.requests.length).toBe(0);
    const limited = shardedStore(recorded.store, "s", SPEC, { indexLimit: 10 });
    await expect(limited.read(0n)).rejects.toThrow(SpecViolation);
    await expect(shards.read(0n, { limit: 5 })).rejects.toThrow(/label 0/);
  });
});

describe("an abort", () => {
  test("ends the waiting of one caller, and the request only when all have gone", async () => {
    const { base } = await made();
    let aborted = 0;
    let open: (() => void) | undefined;
    const slow: Store = {
      ...base,
      read: async (key, how) => {
        how?.signal?.addEventListener("abort", () => void aborted++);
        await new Promise<void>((resolve) => {
          open = resolve;
        });
        return await base.read(key, { range: how?.range });
      },
    };
    const shards = shardedStore(slow, "s", SPEC);
    const [a, b] = [new AbortController(), new AbortController()];
    const first = shards.read(0n, { signal: a.signal });
    const second = shards.read(8n, { signal: b.signal });
    a.abort();
    await expect(first).rejects.toThrow(AbortError);
    expect(aborted).toBe(0);
    for (let i = 0; i < 3; i++) {
      open?.();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await second).toEqual(datum(8n));
    expect(aborted).toBe(0);
    const third = shards.read(8n, { signal: b.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    b.abort();
    await expect(third).rejects.toThrow(AbortError);
    expect(aborted).toBe(1);
    await expect(shards.read(8n, { signal: b.signal })).rejects.toThrow(AbortError);
  });
});
