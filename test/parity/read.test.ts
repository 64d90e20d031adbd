/** What the originals write with random parameters is read equal here. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { cloudVolumeReads, LAYER_KINDS, randomLayer, tensorstoreReads } from "../support/layers.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference, largestDifference } from "../support/voxels.js";

const able = haveOriginals("reading what CloudVolume and tensorstore write");
const COMPRESS = { none: false, gzip: "gzip", br: "br", zstd: "zstd", xz: "xz", bz2: "bz2", default: null };

describe.runIf(able)("layers of the originals", () => {
  const judge = startJudge();
  const root = scratchDirectory();

  const byCloudVolume = LAYER_KINDS.filter(cloudVolumeReads).flatMap((kind, k) =>
    Object.entries(COMPRESS)
      .filter((_, c) => (k + c) % 2 === 0 || kind.encoding !== "raw")
      .map(([name, compress], c) => ({
        name: `${kind.encoding} ${kind.dtype} x${kind.channels} ${name}`,
        kind,
        compress,
        seed: 3000 + 10 * k + c,
      })),
  );

  test.each(byCloudVolume)("CloudVolume's $name", async ({ kind, compress, seed }) => {
    const random = seeded(seed);
    const { info: options, array } = randomLayer(random, kind);
    const path = join(root, String(seed));
    const info = CloudVolume.createNewInfo(options);
    await judge.ask("cloudvolume_writes", { path, info, array: judge.npy(array), compress });
    const vol = await CloudVolume.open(`file://${path}`);
    const read = await vol.download("...");
    if (kind.lossy !== true) return expect(difference(read, array)).toBe("same");
    expect(largestDifference(read, array)).toBeLessThanOrEqual(40);
    const question = { path, truth: judge.npy(read), tolerance: 2 };
    expect(await judge.ask("cloudvolume_reads", question)).toBe("same");
  });

  const kinds = LAYER_KINDS.filter(tensorstoreReads);
  const byTensorstore = kinds.flatMap((kind, k) =>
    [0, 1].map((n) => ({
      name: `${kind.encoding} ${kind.dtype} x${kind.channels} (${n})`,
      kind,
      seed: 5000 + 10 * k + n,
    })),
  );

  test.each(byTensorstore)("tensorstore's $name", async ({ kind, seed }) => {
    const { info: options, array } = randomLayer(seeded(seed), kind);
    const path = join(root, String(seed));
    const scale = CloudVolume.createNewInfo(options).scales[0]!;
    const { size, voxel_offset, resolution, chunk_sizes, encoding } = scale;
    const cseg = { compressed_segmentation_block_size: scale.compressed_segmentation_block_size };
    await judge.ask("tensorstore_writes", {
      path,
      array: judge.npy(array),
      multiscale: { type: options.layerType, data_type: kind.dtype, num_channels: kind.channels },
      scale: {
        ...{ size, voxel_offset, resolution, encoding },
        chunk_size: chunk_sizes[0],
        ...(encoding === "compressed_segmentation" ? cseg : {}),
        ...(encoding === "jpeg" ? { jpeg_quality: scale.jpeg_quality } : {}),
        ...(encoding === "png" ? { png_level: scale.png_level } : {}),
      },
    });
    const vol = await CloudVolume.open(`file://${path}`);
    expect(vol.info["@type"]).toBe("neuroglancer_multiscale_volume");
    expect(readdirSync(join(path, vol.key)).length).toBeGreaterThan(0);
    // tensorstore does not store chunks that hold nothing but zeros.
    const read = await vol.download("...", { fillMissing: true });
    if (kind.lossy !== true) return expect(difference(read, array)).toBe("same");
    expect(largestDifference(read, array)).toBeLessThanOrEqual(kind.channels === 3 ? 90 : 40);
    const question = { path, truth: judge.npy(read), tolerance: kind.channels === 3 ? 4 : 2 };
    expect(await judge.ask("tensorstore_reads", question)).toBe("same");
  });
});
