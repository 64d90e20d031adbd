/** CloudVolume's Dask tests with real Dask: it reads volumes that are served, and what it and xarray write becomes Precomputed. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StridedArray } from "../../src/base/strided.js";
import { CloudVolume, type NewInfoOptions, type Serving, serve } from "../../src/node.js";
import { arraysPython, haveArrayTools, startJudge } from "../support/originals.js";
import { randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";

const SIZE = [45, 30, 17] as const;
const KINDS: Readonly<Record<string, Partial<NewInfoOptions> & { readonly format?: string }>> = {
  "3-D labels in shards": {
    dataType: "uint64",
    layerType: "segmentation",
    encoding: "compressed_segmentation",
    sharding: true,
  },
  "4-D png of three channels": { dataType: "uint8", numChannels: 3, encoding: "png" },
  "4-D floats, fpzip": { dataType: "float32", numChannels: 2, encoding: "fpzip" },
  "1 channel, raw": { dataType: "uint16" },
  "Zarr 2": { dataType: "int32", format: "zarr2" },
  "Zarr 3": { dataType: "float64", numChannels: 2, format: "zarr3" },
  N5: { dataType: "uint16", numChannels: 3, format: "n5" },
};

interface DaskReading {
  readonly whole: string;
  readonly part: string;
  readonly reduced: string;
  readonly chunks: readonly (readonly number[])[];
}

describe.runIf(haveArrayTools("Dask and xarray"))("test_dask.py", () => {
  const peer = startJudge("test/peers/array_peer.py", arraysPython);
  const random = seeded(21);
  const dir = scratchDirectory();
  let names = 0;
  let serving: Serving;
  const truths = new Map<string, StridedArray>();

  beforeAll(async () => {
    const volumes: Record<string, CloudVolume> = {};
    for (const [name, { format = "precomputed", ...kind }] of Object.entries(KINDS)) {
      const info: NewInfoOptions = {
        ...{ dataType: "uint8", numChannels: 1, layerType: "image", encoding: "raw", resolution: [4, 4, 40] },
        ...{ voxelOffset: [5, 6, 7], volumeSize: SIZE, chunkSize: [16, 16, 8] },
        ...kind,
      };
      const vol = await CloudVolume.create(`${format}://mem://dask/${++names}`, { info });
      const truth = randomArray(random, [...SIZE, info.numChannels], info.dataType, "smooth");
      await vol.upload("...", truth);
      truths.set(name, truth);
      volumes[name.replace(/[^\w-]+/g, "_")] = vol;
    }
    serving = await serve(volumes, { port: 0, compressor: "blosc" });
  });
  afterAll(() => serving.close());
  const urlOf = (name: string): string => `${serving.url}/${name.replace(/[^\w-]+/g, "_")}`;

  test.each(Object.keys(KINDS))("from_zarr over http: %s", async (name) => {
    const truth = peer.npy(truths.get(name)!);
    const read = await peer.ask<DaskReading>("dask_reads", { url: `${urlOf(name)}/0`, truth });
    expect([read.whole, read.part, read.reduced]).toEqual(["same", "same", "same"]);
    expect(read.chunks.slice(-3)).toEqual([
      [8, 8, 1],
      [16, 14],
      [16, 16, 13],
    ]);
    expect(await peer.ask("zarr_reads", { url: urlOf(name), key: "0", truth })).toBe("same");
    expect(await peer.ask("zarr_reads", { url: `${urlOf(name)}.zarr2`, key: "0", truth })).toBe("same");
    expect(await peer.ask("tensorstore_reads", { url: `${urlOf(name)}/0`, driver: "zarr3", truth })).toBe(
      "same",
    );
    expect(
      await peer.ask("tensorstore_reads", { url: `${urlOf(name)}.zarr2/0`, driver: "zarr", truth }),
    ).toBe("same");
  });

  test("chunks=5 is rechunked", async () => {
    const name = "1 channel, raw";
    const truth = peer.npy(truths.get(name)!);
    const read = await peer.ask<DaskReading>("dask_reads", {
      url: `${urlOf(name)}/0`,
      truth,
      chunks: [5, 5, 5],
    });
    expect([read.whole, read.part, read.reduced]).toEqual(["same", "same", "same"]);
    expect(read.chunks[0]).toEqual([5, 5, 5, 2]);
  });

  async function arrives(path: string, truth: StridedArray): Promise<void> {
    const source = await CloudVolume.open(path);
    expect(difference(await source.download(), truth)).toBe("same");
    const copy = await source.transferTo(`precomputed://file://${join(dir, `${++names}`)}`, {
      chunkSize: [16, 16, 16],
    });
    const again = await CloudVolume.open(copy.cloudpath);
    expect([again.format, again.encoding]).toEqual(["precomputed", "raw"]);
    expect(difference(await again.download(), truth)).toBe("same");
  }

  test.each([
    ["3-D", "uint16", 1, {}],
    ["4-D", "float32", 3, {}],
    ["one channel", "uint8", 1, {}],
    ["channels re-chunked to one", "uint8", 3, { rechunk: [1, 6, 10, 20] }],
    ["compute=False writes when it is computed", "uint64", 1, { delayed: true }],
  ] as const)("to_zarr and transfer: %s", async (_, dtype, channels, options) => {
    const truth = randomArray(random, [...SIZE, channels], dtype, "noise");
    const path = join(dir, `${++names}.zarr`);
    const chunks = [2, 7, 10, 16].slice(channels === 1 ? 1 : 0);
    const said = await peer.ask("dask_writes", { array: peer.npy(truth), path, chunks, ...options });
    expect(said).toBe("delayed" in options ? "nothing before, written when computed" : "written");
    await arrives(path, truth);
  });

  test.each([2, 3])("xarray, Zarr %s", async (version) => {
    const truth = randomArray(random, [...SIZE, 3], "int32", "noise");
    const path = join(dir, `${++names}.zarr`);
    await peer.ask("xarray_writes", { array: peer.npy(truth), path, version });
    await arrives(join(path, "voxels"), truth);
  });
});
