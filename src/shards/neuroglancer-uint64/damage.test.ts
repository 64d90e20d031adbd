/** Damaged and hostile shard files: typed errors or right data, nothing else, and no memory for what is not there. */
import { describe, expect, test } from "vitest";
import { CloudVolumeError, SpecViolation } from "../../base/errors.js";
import { memStore } from "../../stores/mem/index.js";
import { disassembleShard, makeShard, parseSharding, type ShardingSpec, shardedStore } from "./index.js";

const kinds = [
  { minishard_index_encoding: "raw", data_encoding: "raw" },
  { minishard_index_encoding: "gzip", data_encoding: "gzip" },
] as const;

function specOf(kind: object): ShardingSpec {
  return parseSharding(
    {
      "@type": "neuroglancer_uint64_sharded_v1",
      ...{ preshift_bits: 1, hash: "murmurhash3_x86_128", minishard_bits: 2, shard_bits: 0 },
      ...kind,
    },
    "x",
  );
}

const LABELS = Array.from({ length: 12 }, (_, i) => BigInt(i * i * 3));
const datum = (label: bigint): Uint8Array => new TextEncoder().encode(`what label ${label} holds `.repeat(2));

let count = 0;
/** Every read of a file gives what it should, or a typed error. @returns how many of each. */
async function look(
  spec: ShardingSpec,
  file: Uint8Array,
): Promise<{ right: number; wrong: number; failed: number }> {
  const store = memStore(`mem://damage-${++count}`);
  store.writeSync("0.shard", file);
  const shards = shardedStore(store, "", spec, { dataLimit: 1 << 20, indexLimit: 1 << 20 });
  const sum = { right: 0, wrong: 0, failed: 0 };
  for (const [i, label] of LABELS.entries()) {
    try {
      const bytes = i % 2 === 0 ? await shards.read(label) : shards.readSync?.(label);
      if (bytes !== undefined && Buffer.compare(bytes, datum(label)) === 0) sum.right++;
      else sum.wrong++;
    } catch (error) {
      if (!(error instanceof CloudVolumeError)) throw error;
      sum.failed++;
    }
  }
  await disassembleShard(spec, file, { limit: 1 << 20 }).catch((error: unknown) => {
    if (!(error instanceof CloudVolumeError)) throw error;
  });
  return sum;
}

describe.each(kinds)("%o", (kind) => {
  const spec = specOf(kind);
  const whole = makeShard(
    spec,
    LABELS.map((label) => ({ label, bytes: datum(label) })),
  );

  test("the whole file is right", async () => {
    expect(await look(spec, (await whole).bytes)).toEqual({ right: LABELS.length, wrong: 0, failed: 0 });
  });

  test("every prefix is an error or right, never something else", async () => {
    const { bytes } = await whole;
    for (let length = 0; length < bytes.length; length++) {
      const { wrong } = await look(spec, bytes.subarray(0, length));
      expect(wrong, `${length} of ${bytes.length} bytes`).toBe(0);
    }
  });

  test("flipped bits are an error, another datum, or none; nothing crashes", async () => {
    const { bytes } = await whole;
    let failed = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit += bit < 1024 ? 1 : 7) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const sum = await look(spec, flipped);
      failed += sum.failed;
      // Gzip has checksums: what is found is right, except where an index was exchanged for another valid one.
      expect(sum.right + sum.wrong + sum.failed).toBe(LABELS.length);
    }
    expect(failed).toBeGreaterThan(0);
  });

  test("numbers of any size in every field of the shard index", async () => {
    const { bytes } = await whole;
    for (const value of [
      0n,
      1n,
      2n ** 31n,
      2n ** 32n + 1n,
      2n ** 53n - 1n,
      2n ** 53n + 1n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]) {
      for (let field = 0; field < 8; field++) {
        const changed = bytes.slice();
        new DataView(changed.buffer).setBigUint64(8 * field, value, true);
        const { right } = await look(spec, changed);
        expect(right).toBeLessThanOrEqual(LABELS.length);
      }
    }
  });
});

test("a gzipped index that unpacks to more than the limit is refused", async () => {
  const spec = specOf(kinds[1]);
  const labels = Array.from({ length: 50_000 }, (_, i) => ({ label: BigInt(i), bytes: new Uint8Array(0) }));
  const { bytes } = await makeShard({ ...spec, dataEncoding: "raw" }, labels);
  const store = memStore("mem://damage-bomb");
  store.writeSync("0.shard", bytes);
  const shards = shardedStore(store, "", { ...spec, dataEncoding: "raw" }, { indexLimit: 200_000 });
  await expect(shards.read(5n)).rejects.toThrow(CloudVolumeError);
  const strict = shardedStore(store, "", { ...spec, dataEncoding: "raw" }, { indexLimit: 100 });
  await expect(strict.read(5n)).rejects.toThrow(SpecViolation);
});

test("a datum larger than the file is refused before it is read", async () => {
  const spec = specOf(kinds[0]);
  const { bytes } = await makeShard(spec, [{ label: 0n, bytes: datum(0n) }]);
  const size = bytes.length - 8;
  for (const value of [2n ** 31n, 2n ** 52n, 2n ** 64n - 1n]) {
    const changed = bytes.slice();
    new DataView(changed.buffer).setBigUint64(size, value, true);
    const store = memStore("mem://damage-large");
    store.writeSync("0.shard", changed);
    expect(() => shardedStore(store, "", spec).readSync?.(0n)).toThrow(SpecViolation);
  }
});
