/** One cache directory for CloudVolume and this library: each reads what the other one has put there. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Bbox, CloudVolume, type CompressSetting, type StridedArray } from "../../src/node.js";
import { makeShard, parseSharding } from "../../src/shards/neuroglancer-uint64/index.js";
import { makeLayer } from "../support/make-layer.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { boxOf, bytesOf, difference } from "../support/voxels.js";

const SOURCES = [false, "gzip", "br", "zstd"] as const;
const CACHES: readonly CompressSetting[] = [null, true, false];
const PAIRS = SOURCES.flatMap((source) => CACHES.map((cache) => ({ source, cache })));

describe.runIf(haveOriginals("one cache for CloudVolume and this library"))("one cache directory", () => {
  const judge = startJudge("test/peers/cache_judge.py");

  /** Removes the chunks of a layer, so that what is read afterwards can only come from the cache. */
  const removeChunks = (path: string): void => {
    for (const folder of readdirSync(path, { withFileTypes: true }))
      if (folder.isDirectory()) rmSync(join(path, folder.name), { recursive: true });
  };

  test.each(PAIRS)(
    "layer in $source, compress_cache $cache: CloudVolume reads what we cached",
    async ({ source, cache }) => {
      const { data, path } = await makeLayer([100, 70, 40, 1], [5, 6, 7], {
        ...{ dtype: "uint32", texture: "labels", chunkSize: [32, 32, 32], compress: source },
      });
      const dir = scratchDirectory();
      const vol = await CloudVolume.open(`file://${path}`, { cache: dir, compressCache: cache });
      await vol.download("...");
      expect(await vol.cache.numFiles()).toBe(4 * 3 * 2);
      removeChunks(path);
      const truth = judge.npy(data);
      expect(await judge.ask("read", { path, cache: dir, truth })).toBe("same");
      const seen = await judge.ask<{ list: string[]; num_files: number; num_bytes: number }>("sizes", {
        path,
        cache: dir,
      });
      expect(seen).toEqual({
        list: await vol.cache.list(),
        num_files: await vol.cache.numFiles(),
        num_bytes: await vol.cache.numBytes(),
      });
    },
  );

  test.each(PAIRS)(
    "layer in $source, compress_cache $cache: we read what CloudVolume cached",
    async ({ source, cache }) => {
      const { data, path } = await makeLayer([100, 70, 40, 1], [5, 6, 7], {
        ...{ dtype: "uint32", texture: "labels", chunkSize: [32, 32, 32], compress: source },
      });
      const dir = scratchDirectory();
      const filled = await judge.ask<{ path: string; files: string[] }>("fill", {
        path,
        cache: dir,
        compress_cache: cache,
      });
      removeChunks(path);
      const vol = await CloudVolume.open(`file://${path}`, { cache: dir });
      expect(vol.cache.path).toBe(filled.path);
      expect(filled.files).toEqual(expect.arrayContaining(["info", "provenance"]));
      expect(difference(await vol.download("..."), data)).toBe("same");
      expect(await vol.cache.list()).toEqual(
        filled.files.filter((f) => f.startsWith("1_1_1/")).map((f) => f.slice(6)),
      );
    },
  );

  test.each(["jpeg", "png", "compressed_segmentation", "crackle"])("%s: both ways", async (encoding) => {
    const labels = encoding === "crackle" || encoding === "compressed_segmentation";
    const { vol: made, path } = await makeLayer([64, 64, 32, 1], [0, 0, 0], {
      ...{
        dtype: labels ? "uint32" : "uint8",
        texture: labels ? "labels" : "smooth",
        encoding,
        chunkSize: [32, 32, 32],
      },
    });
    const truth = await made.download("...");
    const [ours, theirs] = [scratchDirectory(), scratchDirectory()];
    await (await CloudVolume.open(`file://${path}`, { cache: ours })).download("...");
    await judge.ask("fill", { path, cache: theirs });
    removeChunks(path);
    const read = (await CloudVolume.open(`file://${path}`, { cache: theirs })).download("...");
    expect(difference(await read, truth)).toBe("same");
    if (encoding !== "jpeg")
      expect(await judge.ask("read", { path, cache: ours, truth: judge.npy(truth) })).toBe("same");
  });

  test("writes of each are seen by the other", async () => {
    const { path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], {
      dtype: "uint32",
      chunkSize: [32, 32, 32],
    });
    const dir = scratchDirectory();
    const vol = await CloudVolume.open(`file://${path}`, { cache: dir });
    await vol.download("...");
    const theirs = randomArray(seeded(3), [64, 64, 64, 1], "uint32", "labels");
    await judge.ask("write", { path, cache: dir, array: judge.npy(theirs) });
    expect(difference(await vol.download("..."), theirs)).toBe("same");
    const ours = randomArray(seeded(4), [64, 64, 64, 1], "uint32", "labels");
    await vol.upload("...", ours);
    expect(await judge.ask("read", { path, cache: dir, truth: judge.npy(ours) })).toBe("same");
    // Each keeps to a region, and each flushes.
    const kept = await judge.ask<string[]>("flush", {
      path,
      cache: dir,
      preserve: [
        [0, 0, 0],
        [32, 32, 32],
      ],
    });
    expect(kept.filter((f) => f.startsWith("1_1_1/"))).toEqual(["1_1_1/0-32_0-32_0-32.gz"]);
    await vol.download("...");
    await vol.cache.flush({ preserve: new Bbox([32, 32, 32], [64, 64, 64]) });
    expect(await vol.cache.list()).toEqual(["32-64_32-64_32-64.gz"]);
    expect(await judge.ask("flush", { path, cache: dir })).toEqual([]);
    expect(existsSync(vol.cache.path)).toBe(false);
    expect(difference(await vol.download("..."), ours)).toBe("same");
  });

  const KINDS = ["raw", "gzip"].flatMap((data) => ["raw", "gzip"].map((index) => ({ data, index })));
  test.each(KINDS)("shards with $data data and $index indices: both ways", async ({ data, index }) => {
    const { path, truth } = await shardedLayer(data, index);
    const [ours, theirs] = [scratchDirectory(), scratchDirectory()];
    const vol = await CloudVolume.open(`file://${path}`, { cache: ours });
    expect(difference(await vol.download("..."), truth)).toBe("same");
    const labels = (await vol.cache.list()).map((f) => f.replace(/\.gz$/, "")).filter((f) => /^\d+$/.test(f));
    expect(labels.map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const filled = await judge.ask<{ files: string[] }>("fill", { path, cache: theirs });
    expect(filled.files).toEqual(expect.arrayContaining(["1_1_1/0.shard.index"]));

    // Only the data of the labels remain, so that nothing is read again.
    for (const shard of readdirSync(join(path, "1_1_1"))) rmSync(join(path, "1_1_1", shard));
    expect(await judge.ask("read", { path, cache: ours, truth: judge.npy(truth) })).toBe("same");
    const again = await CloudVolume.open(`file://${path}`, { cache: theirs });
    expect(difference(await again.download("..."), truth)).toBe("same");
  });

  test("indices of shards that were fetched are left for CloudVolume, and are what it leaves", async () => {
    const { path } = await shardedLayer("gzip", "gzip");
    const [ours, theirs] = [scratchDirectory(), scratchDirectory()];
    const vol = await CloudVolume.open(`file://${path}`, { cache: ours });
    await vol.download("...", { asyncIo: true });
    const filled = await judge.ask<{ path: string; files: string[] }>("fill", { path, cache: theirs });
    const indices = filled.files.filter((f) => f.includes(".shard")).map((f) => f.replace(/\.gz$/, ""));
    const left = (await vol.cache.list()).filter((f) => f.includes(".shard")).map((f) => `1_1_1/${f}`);
    expect(left.every((f) => indices.includes(f))).toBe(true);
  });

  test("CloudVolume reads while we write: old or new chunks, never a part", { timeout: 60_000 }, async () => {
    const { path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], {
      dtype: "uint32",
      chunkSize: [32, 32, 32],
    });
    const dir = scratchDirectory();
    const vol = await CloudVolume.open(`file://${path}`, { cache: dir });
    await vol.upload("...", 1);
    type Seen = { reads: number; gone: number; mixed: number; failed: string[] };
    const watching = judge.ask<Seen>("watch", { path, cache: dir, seconds: 6 });
    let over = false;
    void watching.finally(() => {
      over = true;
    });
    for (let k = 2; !over; k++) await vol.upload("...", k);
    const seen = await watching;
    expect({ mixed: seen.mixed, failed: seen.failed }).toEqual({ mixed: 0, failed: [] });
    expect(seen.reads + seen.gone).toBeGreaterThan(0);
  });
});

/** A level of eight chunks in two shards. */
async function shardedLayer(
  dataEncoding: string,
  indexEncoding: string,
): Promise<{ path: string; truth: StridedArray }> {
  const path = join(scratchDirectory(), "layer");
  const sharding = {
    "@type": "neuroglancer_uint64_sharded_v1",
    preshift_bits: 0,
    hash: "identity",
    minishard_bits: 1,
    shard_bits: 1,
    minishard_index_encoding: indexEncoding,
    data_encoding: dataEncoding,
  };
  const info = CloudVolume.createNewInfo({
    ...{
      numChannels: 1,
      layerType: "segmentation",
      dataType: "uint32",
      encoding: "raw",
      resolution: [1, 1, 1],
    },
    ...{ voxelOffset: [0, 0, 0], volumeSize: [64, 64, 64], chunkSize: [32, 32, 32] },
  });
  info.scales[0]!.sharding = sharding;
  await CloudVolume.create(`file://${path}`, { info });
  mkdirSync(join(path, "1_1_1"));
  const truth = randomArray(seeded(7), [64, 64, 64, 1], "uint32", "labels");
  const spec = parseSharding(sharding, "test");
  for (const shard of [0, 1]) {
    const labels = [0, 1, 2, 3, 4, 5, 6, 7].filter((label) => (label >> 1) % 2 === shard);
    const made = await makeShard(
      spec,
      labels.map((label) => {
        const at = [label & 1, (label >> 1) & 1, label >> 2, 0].map((n) => n * 32);
        return { label: BigInt(label), bytes: bytesOf(boxOf(truth, at, [32, 32, 32, 1]).data) };
      }),
    );
    writeFileSync(join(path, "1_1_1", made.file), made.bytes);
  }
  return { path, truth };
}
