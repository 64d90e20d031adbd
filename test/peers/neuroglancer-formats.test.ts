/**
 * Golden layers in shards, Zarr 2, Zarr 3, OME-Zarr and N5, seen in stock Neuroglancer through `serve`: a section's pixels are
 * compared with the truth, voxel by voxel. In a real browser.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { parseNpy } from "../../src/base/npy.js";
import type { StridedArray } from "../../src/base/strided.js";
import { CloudVolume } from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { type GoldenEntry, goldenEntries, goldenPath, goldenTruth } from "../support/golden.js";
import { Viewer } from "../support/neuroglancer.js";
import { look } from "../support/neuroglancer-look.js";
import { randomArray, seeded } from "../support/random.js";

const WHAT = "shards, Zarr and N5 in Neuroglancer";
const hasChromium = haveChromium(WHAT);
const ARRAYS = ["zarr2", "zarr3", "zarr3-sharded", "ome-zarr-0.4", "ome-zarr-0.5", "n5", "n5-multiscale"];
const shards = hasChromium ? goldenEntries(["image-sharded"], WHAT) : [];
/** Of each format some with codecs, orders, byte orders and numbers of axes that Neuroglancer does not read, or reads otherwise. */
const CHOSEN =
  /v2_(lz4_C|bz2|lzma_C|delta|missing|blosc_zlib_C_dot|blosc_lz4_F_slash)|v3_(none|bigendian|transpose|sharded_zstd|missing|dotkeys)|ome_|n5_(raw_uint8|xz_uint32|group_bzip2|group_zlib|spec_raw_missing|multiscale)/;
const arrays = (hasChromium ? goldenEntries(ARRAYS, WHAT) : []).filter(({ path }) => CHOSEN.test(path));

let viewer: Viewer;
beforeAll(async () => {
  if (hasChromium) viewer = await Viewer.open();
});

/** The finest level with axes x, y, z, channel: N5 has x first, Zarr t, c, z, y, x; of points in time the first one. */
function truthOf(entry: GoldenEntry): StridedArray {
  const { truth } = entry as unknown as { readonly truth: { file: string } | readonly { file: string }[] };
  const [{ file }] = [truth].flat() as [{ file: string }];
  const { data, shape, stride } = parseNpy(gunzipSync(readFileSync(goldenPath(file))));
  const axes = shape.map((side, i) => ({ side, step: stride[i]! }));
  const [x, y, z, c = { side: 1, step: 0 }] = entry.kind.startsWith("n5") ? axes : axes.toReversed();
  const four = [x!, y!, z!, c];
  return { data, shape: four.map(({ side }) => side), stride: four.map(({ step }) => step) };
}

describe.runIf(shards.length > 0)("in shards", () => {
  test.each(shards.map((entry) => [entry.path, entry] as const))("%s", async (path, entry) => {
    const truth = goldenTruth(entry.mips[0]!.truth);
    if (truth === undefined) return expect(entry.mips[0]!.truth.file).toBeUndefined();
    const vol = await CloudVolume.open(goldenPath(path));
    expect(await look(viewer, vol, truth)).toBeUndefined();
  });
});

describe.runIf(arrays.length > 0)("arrays", () => {
  test("are of every format", () => {
    expect(new Set(arrays.map(({ kind }) => kind))).toEqual(new Set(ARRAYS));
  });

  test.each(arrays.map((entry) => [entry.path, entry] as const))("%s", async (path, entry) => {
    expect(await look(viewer, await CloudVolume.open(goldenPath(path)), truthOf(entry))).toBeUndefined();
  });
});

describe.runIf(hasChromium)("labels of each type", () => {
  const random = seeded(3);
  test.each(["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool"] as const)(
    "%s, signed ones below 0 as well",
    async (dtype) => {
      const truth = randomArray(random, [24, 24, 4, 1], dtype, "labels");
      const signed = dtype.startsWith("int");
      for (let i = 0; signed && i < 96; i++) truth.data[i] = dtype === "int64" ? -5n : -5;
      const vol = await CloudVolume.create(`mem://labels/${dtype}`, {
        info: {
          ...{ layerType: "segmentation", dataType: dtype, numChannels: 1, encoding: "raw" },
          ...{
            resolution: [8, 8, 8],
            voxelOffset: [-3, 0, 5],
            volumeSize: [24, 24, 4],
            chunkSize: [16, 16, 4],
          },
        },
      });
      await vol.upload("...", truth);
      expect(await look(viewer, vol, truth)).toBeUndefined();
    },
  );
});
