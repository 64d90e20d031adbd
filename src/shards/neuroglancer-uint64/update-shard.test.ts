import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ArgumentError, ConflictError, StorageError } from "../../base/errors.js";
import type { Spool } from "../../base/spool.js";
import { openFileSpool } from "../../compute/spool.node.js";
import { fileStore } from "../../stores/file/index.js";
import { memStore } from "../../stores/mem/index.js";
import type { Store } from "../../stores/store.js";
import {
  type Datum,
  makeShard,
  parseSharding,
  placeOfLabel,
  type ShardChanges,
  type ShardingSpec,
  shardedStore,
  updateShard,
  writeShards,
} from "./index.js";

const dir = mkdtempSync(join(tmpdir(), "cloudvolume-shards-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function specOf(change: object = {}): ShardingSpec {
  return parseSharding(
    {
      "@type": "neuroglancer_uint64_sharded_v1",
      preshift_bits: 1,
      hash: "murmurhash3_x86_128",
      minishard_bits: 2,
      shard_bits: 2,
      minishard_index_encoding: "gzip",
      data_encoding: "raw",
      ...change,
    },
    "x",
  );
}

const datum = (label: bigint, version = 0): Uint8Array =>
  new TextEncoder().encode(`${label} of version ${version} `.repeat(1 + Number(label % 5n)));
const item = (label: bigint, bytes: Uint8Array) => ({ label, length: bytes.length, bytes });

let count = 0;
const stores: [string, () => Store][] = [
  ["memory", () => memStore(`mem://update-shard-${++count}`)],
  ["files", () => fileStore(join(dir, String(++count)))],
];

describe.each(stores)("updates in %s", (_, open) => {
  test("change, add and remove labels, and keep the others", async () => {
    const spec = specOf({ shard_bits: 0 });
    const store = open();
    const shards = shardedStore(store, "s", spec);
    const update = (...changes: [bigint, Uint8Array | undefined][]): Promise<void> =>
      updateShard(
        store,
        "s/",
        spec,
        "0.shard",
        new Map(changes.map(([label, bytes]) => [label, bytes && item(label, bytes)])),
      );
    await update([1n, datum(1n)], [2n, datum(2n)], [77n, datum(77n)]);
    await update([2n, datum(2n, 5)], [1n, undefined], [500n, datum(500n)], [600n, undefined]);
    const found = await shards.readMany([1n, 2n, 77n, 500n, 600n]);
    expect(found).toEqual(
      new Map([
        [2n, datum(2n, 5)],
        [77n, datum(77n)],
        [500n, datum(500n)],
      ]),
    );
    await update([2n, undefined], [77n, undefined], [500n, undefined]);
    expect(await shards.read(2n)).toBeUndefined();
    expect(await store.stat("s/0.shard")).toBeDefined(); // An index without entries: another writer may be about to add some.
    await update([9n, undefined]);
    await updateShard(store, "s/", spec, "0.shard", new Map([[9n, undefined]]), { replace: true });
    expect(await store.stat("s/0.shard")).toBeUndefined();
    await update([9n, undefined]);
    expect(await store.stat("s/0.shard")).toBeUndefined();
  });

  test("at the same time lose nothing", async () => {
    const spec = specOf({ shard_bits: 0 });
    const store = open();
    const labels = Array.from({ length: 40 }, (__, i) => BigInt(i * 31));
    await Promise.all(
      labels.map((label) =>
        updateShard(store, "", spec, "0.shard", new Map([[label, item(label, datum(label))]])),
      ),
    );
    const found = await shardedStore(store, "", spec).readMany(labels);
    expect(found).toEqual(new Map(labels.map((label) => [label, datum(label)])));
  });
});

describe("without locks", () => {
  function racing(times: number): { store: Store; changes: () => number } {
    const { locked: _, ...base } = memStore(`mem://racing-${++count}`);
    let changes = 0;
    const spec = specOf({ shard_bits: 0 });
    const store: Store = {
      ...base,
      write: async (key, bytes, how) => {
        // Another writer comes first.
        if (changes < times) {
          const label = BigInt(1000 + changes++);
          const other = shardedStore(base, "", spec);
          const all: Datum[] = [{ label, bytes: datum(label) }];
          for await (const known of other.list())
            all.push({ label: known, bytes: (await other.read(known))! });
          await base.write("0.shard", (await makeShard(spec, all)).bytes);
        }
        await base.write(key, bytes, how);
      },
    };
    return { store, changes: () => changes };
  }

  test("a lost race is run again, and nothing of the other's is lost", async () => {
    const { store } = racing(3);
    await updateShard(store, "", specOf({ shard_bits: 0 }), "0.shard", new Map([[5n, item(5n, datum(5n))]]));
    const labels: bigint[] = [];
    for await (const label of shardedStore(store, "", specOf({ shard_bits: 0 })).list()) labels.push(label);
    expect(new Set(labels)).toEqual(new Set([5n, 1000n, 1001n, 1002n]));
  });

  test("storage that cannot be written says so", async () => {
    const { write: _, ...readonly } = memStore("mem://readonly-shards");
    const change: ShardChanges = new Map([[5n, item(5n, datum(5n))]]);
    await expect(updateShard(readonly, "", specOf({ shard_bits: 0 }), "0.shard", change)).rejects.toThrow(
      StorageError,
    );
  });

  test("a conflict that never ends is one", async () => {
    const { locked: _, ...base } = memStore("mem://conflict-shards");
    const store: Store = { ...base, write: () => Promise.reject(new ConflictError("always")) };
    const change: ShardChanges = new Map([[5n, item(5n, datum(5n))]]);
    const begun = performance.now();
    const aborted = AbortSignal.timeout(300);
    await expect(
      updateShard(store, "", specOf({ shard_bits: 0 }), "0.shard", change, { signal: aborted }),
    ).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});

describe("many data", () => {
  const memory = (): { spool: () => Promise<Spool>; closed: () => number; used: () => number } => {
    let closed = 0;
    let used = 0;
    return {
      closed: () => closed,
      used: () => used,
      spool: async () => {
        const inner = await openFileSpool();
        return {
          ...inner,
          append: (bytes) => {
            used += bytes.length;
            return inner.append(bytes);
          },
          close: async () => {
            closed++;
            await inner.close();
          },
        };
      },
    };
  };

  test.each(["raw", "gzip"])("in any order, %s, through a temporary file or not", async (encoding) => {
    const spec = specOf({ data_encoding: encoding, minishard_index_encoding: encoding });
    const labels = Array.from({ length: 500 }, (_, i) => BigInt(i) * 0x9e3779b97fn);
    const data = function* (): Generator<Datum> {
      for (const label of labels) yield { label, bytes: datum(label) };
    };
    const spooled = memory();
    const ways = [{}, { memory: 9000, spool: spooled.spool }, { memory: 9000 }];
    const made = await Promise.all(
      ways.map(async (way) => {
        const store = memStore(`mem://many-${++count}`);
        const written = await writeShards(store, "deep/folder", spec, data(), way);
        expect(written).toEqual({ shards: 4, labels: 500 });
        const found = await shardedStore(store, "deep/folder/", spec).readMany(labels);
        for (const label of labels) expect(found.get(label)).toEqual(datum(label));
        return await store.read("deep/folder/3.shard");
      }),
    );
    expect(made[1]?.bytes).toEqual(made[0]?.bytes);
    expect(spooled.closed()).toBe(1);
    expect(spooled.used()).toBeGreaterThan(2000);
  });

  test("replace what the shards held, or are added to it", async () => {
    const spec = specOf({ shard_bits: 0 });
    const store = memStore(`mem://many-${++count}`);
    await writeShards(store, "", spec, [{ label: 1n, bytes: datum(1n) }]);
    await writeShards(store, "", spec, [{ label: 2n, bytes: datum(2n) }], { merge: true });
    const shards = shardedStore(store, "", spec);
    expect((await shards.readMany([1n, 2n])).size).toBe(2);
    await writeShards(store, "", spec, [{ label: 3n, bytes: datum(3n) }]);
    expect([...(await shards.readMany([1n, 2n, 3n])).keys()]).toEqual([3n]);
    const twice = [
      { label: 3n, bytes: datum(3n) },
      { label: 3n, bytes: datum(3n) },
    ];
    await expect(writeShards(store, "", spec, twice)).rejects.toThrow(ArgumentError);
  });

  test("what leads a datum is kept when others are added", async () => {
    const spec = specOf({ shard_bits: 0, data_encoding: "gzip" });
    const store = memStore(`mem://many-${++count}`);
    const lead = new TextEncoder().encode("fragments of a mesh");
    const mesh = (label: bigint): Datum => {
      const bytes = new Uint8Array([...lead, ...datum(label)]);
      return { label, bytes, lead: lead.length };
    };
    const labels = Array.from({ length: 30 }, (_, i) => BigInt(i * i));
    await writeShards(store, "", spec, labels.slice(0, 20).map(mesh));
    await writeShards(store, "", spec, labels.slice(20).map(mesh), { merge: true });
    await writeShards(store, "", spec, [mesh(1_000_000n)], { merge: true });
    const shards = shardedStore(store, "", spec);
    for (const label of [...labels, 1_000_000n]) {
      expect(await shards.read(label)).toEqual(datum(label));
      const location = (await shards.locate(label))!;
      expect(await shards.readRange(location, location.offset - lead.length, lead.length)).toEqual(lead);
    }
  });
});

test("a model: random changes of random specifications against a map", async () => {
  const bits = fc.integer({ min: 0, max: 3 });
  const spec = fc.record({ preshift_bits: bits, minishard_bits: bits, shard_bits: bits });
  const encoding = fc.constantFrom("raw", "gzip");
  const hash = fc.constantFrom("identity", "murmurhash3_x86_128");
  const label = fc.bigInt({ min: 0n, max: 63n });
  const step = fc.tuple(label, fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }));
  await fc.assert(
    fc.asyncProperty(
      spec,
      hash,
      encoding,
      fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }),
      async (some, h, index, steps) => {
        const mine = specOf({ ...some, hash: h, data_encoding: "raw", minishard_index_encoding: index });
        const store = memStore(`mem://model-${++count}`);
        const shards = shardedStore(store, "", mine);
        const model = new Map<bigint, Uint8Array>();
        for (const changes of steps) {
          const files = new Map<string, Map<bigint, ReturnType<typeof item> | undefined>>();
          for (const [id, bytes] of changes) {
            const { file } = placeOfLabel(mine, id);
            const group = files.get(file) ?? new Map();
            files.set(file, group.set(id, bytes && item(id, bytes)));
            if (bytes === undefined) model.delete(id);
            else model.set(id, bytes);
          }
          for (const [file, group] of files) await updateShard(store, "", mine, file, group);
          const all = Array.from({ length: 64 }, (_, i) => BigInt(i));
          expect(await shards.readMany(all)).toEqual(
            new Map(all.flatMap((id) => (model.has(id) ? [[id, model.get(id)!]] : []))),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});
