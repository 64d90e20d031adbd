/** Some 40 kinds of faults: what is done to a layer, and what `verify` has to tell. */
import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gunzipSync, gzipSync } from "node:zlib";
import type { Fault } from "../../src/node.js";
import { makeShard, parseSharding } from "../../src/shards/neuroglancer-uint64/index.js";
import { type LayerName, SHARDING } from "./layers.js";

export const CHUNK = "1_1_1/0-16_0-16_0-16";
export const OTHER = "1_1_1/16-32_0-16_0-16";

export interface Plant {
  /** What is done to the layer's folder. */
  readonly damage: (path: string) => void | Promise<void>;
  /** The fault that must be found, and nothing else. */
  readonly expected: {
    readonly key: string;
    readonly kind: Fault["kind"];
    readonly detail?: RegExp;
    /** How often. Default: once. */
    readonly times?: number;
  };
  readonly layer: LayerName;
}

export const at = (path: string, key: string): string => join(path, key);
const edit = (path: string, key: string, change: (bytes: Buffer) => Uint8Array): void =>
  writeFileSync(at(path, key), change(readFileSync(at(path, key))));
const editScale = (path: string, mip: number, fields: Readonly<Record<string, unknown>>): void => {
  const document = JSON.parse(readFileSync(at(path, "info"), "utf8"));
  Object.assign(document.scales[mip], fields);
  writeFileSync(at(path, "info"), JSON.stringify(document));
};

export const PLANTS: Readonly<Record<string, Plant>> = {
  "a chunk that is not there": {
    layer: "raw",
    damage: (path) => rmSync(at(path, CHUNK)),
    expected: { key: CHUNK, kind: "missing" },
  },
  "a chunk of no bytes": {
    layer: "raw",
    damage: (path) => truncateSync(at(path, CHUNK), 0),
    expected: { key: CHUNK, kind: "empty" },
  },
  "a compressed chunk of no bytes": {
    layer: "gzip",
    damage: (path) => truncateSync(at(path, `${CHUNK}.gz`), 0),
    expected: { key: CHUNK, kind: "empty" },
  },
  "a raw chunk that ends early": {
    layer: "raw",
    damage: (path) => truncateSync(at(path, CHUNK), 1000),
    expected: { key: CHUNK, kind: "truncated", detail: /16384.*1000/ },
  },
  "a raw chunk that is too long": {
    layer: "raw",
    damage: (path) => appendFileSync(at(path, CHUNK), "more"),
    expected: { key: CHUNK, kind: "wrong-size", detail: /16384.*16388/ },
  },
  "a chunk of another shape under gzip": {
    layer: "gzip",
    damage: (path) => writeFileSync(at(path, `${CHUNK}.gz`), gzipSync(new Uint8Array(100))),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "a gzip file that ends early": {
    layer: "gzip",
    damage: (path) => edit(path, `${CHUNK}.gz`, (bytes) => bytes.subarray(0, bytes.length - 9)),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "a gzip file with a flipped bit": {
    layer: "gzip",
    damage: (path) =>
      edit(path, `${CHUNK}.gz`, (bytes) => {
        bytes[bytes.length - 6]! ^= 1; // In its checksum.
        return bytes;
      }),
    expected: { key: CHUNK, kind: "undecodable" },
  },
  "a .gz that is not compressed": {
    layer: "gzip",
    damage: (path) => edit(path, `${CHUNK}.gz`, (bytes) => gunzipSync(bytes)),
    expected: { key: CHUNK, kind: "wrong-compression", detail: /stored as gzip/ },
  },
  "a gzip file without its suffix": {
    layer: "gzip",
    damage: (path) => renameSync(at(path, `${CHUNK}.gz`), at(path, CHUNK)),
    expected: { key: CHUNK, kind: "wrong-compression", detail: /begins as gzip/ },
  },
  "a gzip file in gzip": {
    layer: "gzip",
    damage: (path) => edit(path, `${CHUNK}.gz`, (bytes) => gzipSync(bytes)),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "a zstd file with damaged content": {
    layer: "zstd",
    damage: (path) => edit(path, `${CHUNK}.zstd`, (bytes) => bytes.fill(0xff, 4, 20)),
    expected: { key: CHUNK, kind: "undecodable" },
  },
  "a brotli file of something else": {
    layer: "br",
    damage: (path) => writeFileSync(at(path, `${CHUNK}.br`), brotliCompressSync(new Uint8Array(5))),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "an image that ends early": {
    layer: "png",
    damage: (path) => edit(path, CHUNK, (bytes) => bytes.subarray(0, bytes.length >> 1)),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "an image of another chunk's size": {
    layer: "png",
    damage: (path) => edit(path, CHUNK, () => readFileSync(at(path, "1_1_1/0-16_0-16_16-24"))),
    expected: { key: CHUNK, kind: "undecodable" },
  },
  "an image in another encoding": {
    layer: "jpeg",
    damage: (path) => writeFileSync(at(path, CHUNK), "<html>404</html>"),
    expected: { key: CHUNK, kind: "undecodable" },
  },
  "labels whose offsets lead out of the chunk": {
    layer: "cseg",
    damage: (path) =>
      edit(path, `${CHUNK}.gz`, (bytes) => {
        const labels = gunzipSync(bytes);
        labels.fill(0xff, 4, 12);
        return gzipSync(labels);
      }),
    expected: { key: CHUNK, kind: "truncated" },
  },
  "a chunk twice: X beside X.gz": {
    layer: "gzip",
    damage: (path) => writeFileSync(at(path, CHUNK), gunzipSync(readFileSync(at(path, `${CHUNK}.gz`)))),
    expected: { key: `${CHUNK}.gz`, kind: "twin", detail: /0-16_0-16_0-16/ },
  },
  "a file that a writer left behind": {
    layer: "gzip",
    damage: (path) => writeFileSync(at(path, "1_1_1/.0-16_0-16_0-16.1-a-b.cvtmp"), "half"),
    expected: { key: "1_1_1/.0-16_0-16_0-16.1-a-b.cvtmp", kind: "temporary" },
  },
  "a lock that a writer left behind": {
    layer: "gzip",
    damage: (path) => writeFileSync(at(path, ".info.cvlock"), ""),
    expected: { key: ".info.cvlock", kind: "temporary" },
  },
  "a chunk off the grid": {
    layer: "gzip",
    damage: (path) => copyFile(path, `${CHUNK}.gz`, "1_1_1/1-17_0-16_0-16.gz"),
    expected: { key: "1_1_1/1-17_0-16_0-16.gz", kind: "stray" },
  },
  "a chunk outside of the volume": {
    layer: "gzip",
    damage: (path) => copyFile(path, `${CHUNK}.gz`, "1_1_1/32-48_0-16_0-16.gz"),
    expected: { key: "1_1_1/32-48_0-16_0-16.gz", kind: "stray" },
  },
  "a chunk that was not cut at the volume's end": {
    layer: "raw",
    damage: (path) => writeFileSync(at(path, "1_1_1/0-16_0-16_16-24"), new Uint8Array(16 ** 3 * 4)),
    expected: { key: "1_1_1/0-16_0-16_16-24", kind: "wrong-size" },
  },
  "a level that is not there": {
    layer: "levels",
    damage: () => {},
    expected: { key: "2_2_1/0-16_0-16_0-16", kind: "missing" },
  },
  "a shard file that is not there": {
    layer: "sharded",
    damage: (path) => rmSync(at(path, "1_1_1/0.shard")),
    expected: { key: CHUNK, kind: "missing" },
  },
  "a shard file whose index ends early": {
    layer: "sharded",
    damage: (path) => truncateSync(at(path, "1_1_1/0.shard"), 20),
    expected: { key: "1_1_1/0.shard", kind: "shard-index" },
  },
  "a shard file that ends early": {
    layer: "sharded",
    damage: (path) => truncateSync(at(path, "1_1_1/1.shard"), 5000),
    expected: { key: "1_1_1/1.shard", kind: "shard-index", detail: /leads out of its file/ },
  },
  "a minishard's index that is damaged": {
    layer: "sharded",
    damage: (path) =>
      edit(path, "1_1_1/0.shard", (bytes) => {
        bytes.writeBigUInt64LE(bytes.readBigUInt64LE(8) - 8n, 8);
        return bytes;
      }),
    expected: { key: "1_1_1/0.shard", kind: "minishard-index" },
  },
  "a shard file compressed as a whole": {
    layer: "sharded",
    damage: (path) => {
      writeFileSync(at(path, "1_1_1/0.shard.gz"), gzipSync(readFileSync(at(path, "1_1_1/0.shard"))));
      rmSync(at(path, "1_1_1/0.shard"));
    },
    expected: { key: "1_1_1/0.shard", kind: "wrong-compression" },
  },
  "labels in another shard's file": {
    layer: "sharded",
    damage: (path) => {
      const bytes = readFileSync(at(path, "1_1_1/0.shard"));
      writeFileSync(at(path, "1_1_1/1.shard"), bytes);
    },
    expected: { key: "1_1_1/1.shard", kind: "misplaced-label", times: 4 },
  },
  "a datum of another size in a shard": {
    layer: "sharded",
    damage: async (path) => {
      const made = await makeShard(
        parseSharding(SHARDING, "test"),
        [0n, 1n, 4n, 5n].map((label) => ({ label, bytes: new Uint8Array(label === 4n ? 9 : 16 ** 3 * 4) })),
      );
      writeFileSync(at(path, "1_1_1/0.shard"), made.bytes);
    },
    expected: { key: "1_1_1/0-16_0-16_16-32", kind: "truncated" },
  },
  "an info that is no JSON": {
    layer: "raw",
    damage: (path) => truncateSync(at(path, "info"), 100),
    expected: { key: "info", kind: "info" },
  },
  "an info that names an unknown encoding": {
    layer: "raw",
    damage: (path) => editScale(path, 0, { encoding: "webp" }),
    expected: { key: "info", kind: "info", detail: /webp/ },
  },
  "an encoding that cannot hold the data type": {
    layer: "raw",
    damage: (path) => editScale(path, 0, { encoding: "jpeg" }),
    expected: { key: "info", kind: "info", detail: /uint8/ },
  },
  "levels that show volumes of different size": {
    layer: "levels",
    damage: (path) => editScale(path, 1, { size: [5, 16, 24] }),
    expected: { key: "info", kind: "info", detail: /nm/ },
  },
  "two levels in one folder": {
    layer: "levels",
    damage: (path) => editScale(path, 1, { key: "1_1_1" }),
    expected: { key: "info", kind: "info", detail: /same key/ },
  },
  "a provenance that is none": {
    layer: "raw",
    damage: (path) => writeFileSync(at(path, "provenance"), '{"sources": 3}'),
    expected: { key: "provenance", kind: "provenance" },
  },
  "a mesh's fragment that is not there": {
    layer: "mesh",
    damage: (path) => rmSync(at(path, "mesh/7:0:1")),
    expected: { key: "mesh/7", kind: "mesh" },
  },
  "a mesh's fragment that ends early": {
    layer: "mesh",
    damage: (path) => truncateSync(at(path, "mesh/7:0:1"), 30),
    expected: { key: "mesh/7", kind: "mesh" },
  },
  "a mesh's manifest that is no JSON": {
    layer: "mesh",
    damage: (path) => writeFileSync(at(path, "mesh/7:0"), "{"),
    expected: { key: "mesh/7", kind: "mesh" },
  },
  "a skeleton that ends early": {
    layer: "skeletons",
    damage: (path) =>
      edit(path, "skeletons/7.gz", (bytes) => {
        const skeleton = gunzipSync(bytes);
        return gzipSync(skeleton.subarray(0, 20));
      }),
    expected: { key: "skeletons/7", kind: "skeleton" },
  },
};

function copyFile(path: string, from: string, to: string): void {
  writeFileSync(at(path, to), readFileSync(at(path, from)));
}
