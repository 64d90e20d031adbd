/** Healthy layers of several kinds, for faults to be planted in. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudVolume, type NewInfoOptions } from "../../src/node.js";
import { makeShard, parseSharding } from "../../src/shards/neuroglancer-uint64/index.js";
import { randomArray, seeded } from "../support/random.js";

const info = (more: Partial<NewInfoOptions>): NewInfoOptions => ({
  numChannels: 1,
  layerType: "segmentation",
  dataType: "uint32",
  encoding: "raw",
  resolution: [1, 1, 1],
  voxelOffset: [0, 0, 0],
  volumeSize: [32, 32, 24],
  chunkSize: [16, 16, 16],
  ...more,
});

const plain =
  (more: Partial<NewInfoOptions>, compress: "gzip" | "zstd" | "br" | false) => async (path: string) => {
    const made = info(more);
    const vol = await CloudVolume.create(`file://${path}`, { info: made, compress });
    const type = made.dataType as "uint8" | "uint32";
    await vol.upload(
      "...",
      randomArray(seeded(5), [32, 32, 24, 1], type, type === "uint8" ? "smooth" : "labels"),
    );
    return vol;
  };

export const SHARDING = {
  "@type": "neuroglancer_uint64_sharded_v1",
  preshift_bits: 0,
  hash: "identity",
  minishard_bits: 1,
  shard_bits: 1,
  minishard_index_encoding: "raw",
  data_encoding: "raw",
};

/** A layer of two shards with two minishards each. */
async function sharded(path: string): Promise<CloudVolume> {
  const document = CloudVolume.createNewInfo(info({ volumeSize: [32, 32, 32] }));
  document.scales[0]!.sharding = SHARDING;
  const vol = await CloudVolume.create(`file://${path}`, { info: document });
  mkdirSync(join(path, "1_1_1"));
  const spec = parseSharding(SHARDING, "test");
  for (const shard of [0n, 1n]) {
    const labels = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].filter((label) => (label >> 1n) % 2n === shard);
    const made = await makeShard(
      spec,
      labels.map((label) => ({ label, bytes: new Uint8Array(16 ** 3 * 4).fill(Number(label)) })),
    );
    writeFileSync(join(path, "1_1_1", made.file), made.bytes);
  }
  return vol;
}

async function withMesh(path: string): Promise<CloudVolume> {
  const vol = await plain({ mesh: "mesh" }, "gzip")(path);
  mkdirSync(join(path, "mesh"));
  writeFileSync(join(path, "mesh/info"), '{"@type":"neuroglancer_legacy_mesh"}');
  writeFileSync(join(path, "mesh/7:0"), '{"fragments":["7:0:1"]}');
  const fragment = new Uint8Array(4 + 36 + 12);
  new DataView(fragment.buffer).setUint32(0, 3, true);
  new Uint32Array(fragment.buffer, 40).set([0, 1, 2]);
  writeFileSync(join(path, "mesh/7:0:1"), fragment);
  await vol.ready();
  return vol;
}

async function withSkeleton(path: string): Promise<CloudVolume> {
  await plain({ skeletons: "skeletons" }, "gzip")(path);
  const vol = await CloudVolume.open(`file://${path}`);
  const vertices = Float32Array.of(0, 0, 0, 1, 0, 0);
  await vol.skeleton.uploadRaw(7, { vertices, edges: Uint32Array.of(0, 1) });
  return vol;
}

export type LayerName =
  | "raw"
  | "gzip"
  | "zstd"
  | "br"
  | "png"
  | "jpeg"
  | "cseg"
  | "levels"
  | "sharded"
  | "mesh"
  | "skeletons";

/** Each makes its layer in a folder. */
export const LAYERS: Readonly<Record<LayerName, (path: string) => Promise<CloudVolume>>> = {
  raw: plain({}, false),
  gzip: plain({}, "gzip"),
  zstd: plain({}, "zstd"),
  br: plain({}, "br"),
  png: plain({ encoding: "png", dataType: "uint8", layerType: "image" }, false),
  jpeg: plain({ encoding: "jpeg", dataType: "uint8", layerType: "image" }, false),
  cseg: plain({ encoding: "compressed_segmentation" }, "gzip"),
  levels: plain({ maxMip: 1 }, "gzip"),
  sharded,
  mesh: withMesh,
  skeletons: withSkeleton,
};
