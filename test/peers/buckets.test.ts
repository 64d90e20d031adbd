/** Buckets shared with Python CloudVolume and cloud-files: each reads what the other wrote, with equal headers. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { StridedArray } from "../../src/base/strided.js";
import { type Compression, decompress } from "../../src/compression/index.js";
import { COMPRESSIONS } from "../../src/compression/names.js";
import { CloudVolume } from "../../src/node.js";
import { openStore } from "../../src/open-store.js";
import { makeGsBucket, makeS3Bucket } from "../support/buckets.js";
import { goldenEntries, goldenPath, goldenTruth } from "../support/golden.js";
import { haveOriginals, type Judge, startJudge } from "../support/originals.js";
import { scratchDirectory } from "../support/scratch.js";
import { haveServer, KEYS, type RealServer, type ServerName, startServer } from "../support/servers.js";
import { difference } from "../support/voxels.js";

const BUCKET = "shared-bucket";
/** What we write; xz and bz2 are read only. */
const WRITABLE: readonly Compression[] = ["none", "gzip", "br", "zstd"];
const SERVERS: readonly ServerName[] = ["moto", "versitygw", "fake-gcs-server"];

interface Place {
  /** The bucket as both write it: `peer://bucket`. */
  readonly root: string;
  readonly judge: Judge;
  /** Content-Type, Content-Encoding and Cache-Control of an object, as the server has them. */
  headers(key: string): Promise<Readonly<Record<string, string | undefined>>>;
}

/** Starts a server and tells both sides of it by the files and variables that CloudVolume goes by. */
async function startPlace(name: ServerName, judge: Judge): Promise<Place> {
  const server = await startServer(name);
  const home = scratchDirectory();
  mkdirSync(join(home, "secrets"));
  process.env.CLOUD_VOLUME_DIR = home;
  process.env.CLOUD_FILES_DIR = home;
  process.env.HOME = home;
  if (name === "fake-gcs-server") {
    process.env.STORAGE_EMULATOR_HOST = server.url;
    await makeGsBucket(server, BUCKET);
    return { root: `gs://${BUCKET}`, judge, headers: (key) => gsHeaders(server, key) };
  }
  const secret = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
  writeFileSync(join(home, "secrets/peer-secret.json"), JSON.stringify(secret));
  writeFileSync(join(home, "secrets/aws-secret.json"), JSON.stringify(secret));
  writeFileSync(join(home, "aliases.json"), JSON.stringify({ peer: { host: `s3://${server.url}/` } }));
  const send = await makeS3Bucket(server, BUCKET);
  return {
    root: `peer://${BUCKET}`,
    judge,
    headers: async (path) => {
      const { headers } = await send({ method: "HEAD", path });
      return pick(headers["content-type"], headers["content-encoding"], headers["cache-control"]);
    },
  };
}

async function gsHeaders(server: RealServer, key: string): Promise<ReturnType<typeof pick>> {
  const answer = await fetch(`${server.url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(key)}`);
  const { contentType, contentEncoding, cacheControl } = (await answer.json()) as Record<string, string>;
  return pick(contentType, contentEncoding, cacheControl);
}

function pick(
  type?: string,
  encoding?: string,
  cache?: string,
): Readonly<Record<string, string | undefined>> {
  // An upload through a proxy of AWS's own leaves its trace.
  const plain = encoding
    ?.split(",")
    .filter((e) => e !== "aws-chunked")
    .join(",");
  return { type, encoding: plain === "" ? undefined : plain, cache };
}

function labels(seed: number): StridedArray {
  const shape = [40, 36, 20, 1];
  const data = Uint32Array.from({ length: 40 * 36 * 20 }, (_, i) => ((i >> 4) * 2654435761 + seed) >>> 28);
  return { data, shape, stride: [1, 40, 1440, 28_800], dtype: "uint32" };
}

function grays(): StridedArray {
  const data = Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => ((i % 64) * 3 + (i >> 6)) & 255);
  return { data, shape: [64, 64, 4, 1], stride: [1, 64, 4096, 16_384], dtype: "uint8" };
}

const cdn = (header: string | undefined): string | undefined => header?.replace("s-max-age", "s-maxage");

for (const name of SERVERS) {
  const what = `buckets shared with CloudVolume on ${name}`;
  if (!haveServer(name, what) || !haveOriginals(what)) continue;
  describe(name, () => {
    const judge = startJudge("test/peers/bucket_judge.py");
    let place: Place;
    beforeAll(async () => {
      place = await startPlace(name, judge);
    });

    const common = { layer_type: "segmentation", encoding: "raw", chunk_size: [32, 32, 16] };
    const setting = (compression: Compression): Exclude<Compression, "none"> | false =>
      compression === "none" ? false : compression;

    test.each(WRITABLE)(
      "CloudVolume reads images that we write in %s, and parts that we change",
      async (compression) => {
        const ours = labels(1);
        const path = `${place.root}/ours-${compression}/layer`;
        const vol = await CloudVolume.fromArray(ours, {
          path,
          chunkSize: [32, 32, 16],
          compress: setting(compression),
          nonAlignedWrites: true,
        });
        expect(await judge.ask("read_image", { path, truth: judge.npy(ours) })).toBe("same");
        const box = "3:20, 5:30, 2:19";
        await vol.upload(box, await part(labels(9), box));
        const whole = await vol.download("...");
        expect(await judge.ask("read_image", { path, truth: judge.npy(whole) })).toBe("same");
      },
    );

    test.each(COMPRESSIONS)("we read images that CloudVolume writes in %s", async (compression) => {
      const theirs = labels(2);
      const path = `${place.root}/theirs-${compression}/layer`;
      await judge.ask("write_image", {
        ...common,
        path,
        npy: judge.npy(theirs),
        compress: setting(compression),
      });
      const vol = await CloudVolume.open(path);
      expect(difference(await vol.download("..."), theirs)).toBe("same");
      const box = "7:39, 1:35, 3:20";
      expect(difference(await vol.download(box, { parallel: 2 }), await part(theirs, box))).toBe("same");
    });

    test.each(WRITABLE)("what we write in %s has CloudVolume's headers", async (compression) => {
      for (const key of ["info", "provenance", "4_4_40/0-32_0-32_0-16"]) {
        const ours = await place.headers(`ours-${compression}/layer/${key}`);
        const theirs = await place.headers(`theirs-${compression}/layer/${key}`);
        expect(ours, key).toEqual({ ...theirs, cache: cdn(theirs.cache) });
      }
      const { cache, encoding } = await place.headers(`ours-${compression}/layer/4_4_40/0-32_0-32_0-16`);
      expect(cache).toBe("max-age=3600, s-maxage=3600");
      expect(encoding).toBe(compression === "none" ? undefined : compression);
    });

    test.each([
      ["raw", "image"],
      ["png", "image"],
      ["jpeg", "image"],
      ["compressed_segmentation", "segmentation"],
      ["compresso", "segmentation"],
      ["crackle", "segmentation"],
    ])("chunks in %s have CloudVolume's Content-Type", async (encoding, layer_type) => {
      const array = layer_type === "image" ? grays() : labels(3);
      const chunk_size = layer_type === "image" ? [64, 64, 4] : [40, 36, 20];
      const [ours, theirs] = [`${place.root}/type-ours/${encoding}`, `${place.root}/type-theirs/${encoding}`];
      await judge.ask("write_image", {
        path: theirs,
        npy: judge.npy(array),
        layer_type,
        encoding,
        compress: null,
        chunk_size,
        cdn_cache: 60,
      });
      await CloudVolume.fromArray(array, {
        path: ours,
        encoding,
        chunkSize: chunk_size,
        layerType: layer_type as "image" | "segmentation",
        cdnCache: 60,
      });
      const key = `4_4_40/0-${chunk_size[0]}_0-${chunk_size[1]}_0-${chunk_size[2]}`;
      const theirHeaders = await place.headers(`type-theirs/${encoding}/${key}`);
      const { type, encoding: stored, cache } = await place.headers(`type-ours/${encoding}/${key}`);
      expect({ type, stored, cache }).toEqual({
        type: theirHeaders.type,
        stored: theirHeaders.encoding,
        cache: cdn(theirHeaders.cache),
      });
      expect(cache).toBe("max-age=60, s-maxage=60");
      const read = await (await CloudVolume.open(theirs)).download("...");
      if (encoding !== "jpeg") expect(difference(read, array)).toBe("same");
      expect(
        await judge.ask("read_image", {
          path: ours,
          truth: judge.npy(await (await CloudVolume.open(ours)).download("...")),
        }),
      ).toBe("same");
    });

    test("objects of cloud-files and ours, of every compression", async () => {
      const path = `${place.root}/objects`;
      const store = await openStore(path);
      const content = new TextEncoder().encode("an object's content ".repeat(50));
      for (const compression of COMPRESSIONS) {
        const theirs = `theirs/${compression}`;
        await judge.ask("put", {
          path,
          key: theirs,
          content: Buffer.from(content).toString("base64"),
          compress: compression === "none" ? null : compression,
        });
        const stored = await store.read(theirs);
        expect(stored?.compression).toBe(compression);
        expect(stored?.checked, theirs).toBeTypeOf("string");
        expect(await decompress(compression, stored!.bytes, { limit: 10_000, where: theirs })).toEqual(
          content,
        );
        const key = `ours/${compression} and+some%20odd`;
        await store.write!(key, stored!.bytes, { compression });
        expect(Buffer.from(await judge.ask("get", { path, key }), "base64")).toEqual(Buffer.from(content));
        expect(await place.headers(`objects/${key}`)).toMatchObject({
          encoding: (await place.headers(`objects/${theirs}`)).encoding,
        });
      }
      const keys: string[] = [];
      for await (const key of store.list!("")) keys.push(key);
      expect(keys).toEqual(await judge.ask<string[]>("listing", { path }));
      expect(keys.length).toBe(12);
      await store.removeAll!(keys);
      expect(await judge.ask("listing", { path })).toEqual([]);
      expect(await judge.ask("get", { path, key: "gone" })).toBeNull();
      await store.close?.();
    });

    const sharded = goldenEntries(["image-sharded"], `sharded layers on ${name}`).filter(
      (e) => e.lossless !== false && e.mips.every((m) => m.removed_files === undefined),
    );
    test.each(sharded.slice(0, name === "versitygw" ? 10 : 3).map((e) => [e.path, e] as const))(
      "the sharded layer %s, copied there by cloud-files",
      async (_, entry) => {
        const path = `${place.root}/golden/${entry.path}`;
        await judge.ask("copy_folder", { source: `file://${goldenPath(entry.path)}`, path });
        for (const { mip, truth, box_with_data } of entry.mips) {
          const expected = goldenTruth(truth);
          if (expected === undefined || box_with_data !== undefined) continue;
          const fillMissing = entry.fill_missing === true;
          const read = await (await CloudVolume.open(path, { mip, fillMissing })).download("...");
          expect(difference(read, expected)).toBe("same");
        }
      },
    );

    test("sharded layers that we write", async () => {
      const array = labels(4);
      const path = `${place.root}/sharded-ours/layer`;
      const vol = await CloudVolume.fromArray(array, { path: "mem://sharded/layer", chunkSize: [16, 16, 8] });
      const { info } = vol;
      info.scales[0]!.sharding = {
        "@type": "neuroglancer_uint64_sharded_v1",
        preshift_bits: 2,
        hash: "murmurhash3_x86_128",
        minishard_bits: 1,
        shard_bits: 1,
        minishard_index_encoding: "gzip",
        data_encoding: "gzip",
      };
      const there = await CloudVolume.create(path, { info });
      await there.upload("...", array);
      expect(await judge.ask("read_image", { path, truth: judge.npy(array) })).toBe("same");
      // A part: the shards are read, changed and stored under a condition.
      await there.upload("0:16, 0:16, 0:8", await part(labels(5), "0:16, 0:16, 0:8"));
      const now = await (await CloudVolume.open(path)).download("...");
      expect(await judge.ask("read_image", { path, truth: judge.npy(now) })).toBe("same");
    });

    const folders = ["meshes/legacy_draco", "meshes/multilod_sharded_q16", "meshes/skeletons_unsharded"];
    test.each(goldenEntries(["mesh", "meshes", "image"], `mesh files on ${name}`).length > 0 ? folders : [])(
      "the files of %s cross both ways as they are",
      async (folder) => {
        const source = goldenPath(folder);
        const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((f) =>
          statSync(join(source, f)).isFile(),
        );
        const path = `${place.root}/files/${folder}`;
        const listed = await judge.ask<string[]>("copy_folder", { source: `file://${source}`, path });
        const theirs = await openStore(path);
        const ours = await openStore(`${path}-ours`);
        const local = await openStore(`file://${source}`);
        for (const key of listed) {
          const [stored, original] = [await theirs.read(key), await local.read(key)];
          expect(stored?.compression, key).toBe(original?.compression);
          expect(Buffer.compare(stored!.bytes, original!.bytes), key).toBe(0);
          await ours.write!(key, stored!.bytes, { compression: stored!.compression });
          const raw = await judge.ask("get", { path: `${path}-ours`, key, raw: true });
          expect(Buffer.compare(Buffer.from(raw, "base64"), original!.bytes), key).toBe(0);
        }
        expect(listed.length).toBe(new Set(files.map((f) => f.replace(/\.(gz|br|zstd|xz|bz2)$/, ""))).size);
        for (const store of [theirs, ours, local]) await store.close?.();
      },
    );
  });
}

/** A part of an array, by way of a volume in memory. */
async function part(array: StridedArray, box: string): Promise<StridedArray> {
  const vol = await CloudVolume.fromArray(array);
  return await vol.download(box);
}
