/** The assertions of CloudVolume's test_cloudvolume.py about metadata, each under its name there. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cacheControl } from "../../src/formats/cdn-cache.js";
import {
  ArgumentError,
  CloudVolume,
  CyclicRedirect,
  type Info,
  ProvenanceError,
  ReadOnlyException,
  TooManyRedirects,
} from "../../src/node.js";
import { makeLayer } from "../support/make-layer.js";
import { scratchDirectory } from "../support/scratch.js";
import { all } from "../support/voxels.js";

describe("test_cloudvolume.py", () => {
  test("test_cloudvolume.py::test_provenance", async () => {
    const { vol } = await makeLayer([64, 64, 64, 1]);
    expect({ ...vol.provenance, processing: [] }).toEqual({
      sources: [],
      owners: [],
      processing: [],
      description: "",
    });
    vol.provenance.sources.push("cooldude24@princeton.edu");
    await vol.commitProvenance();
    await vol.refreshProvenance();
    expect(vol.provenance.sources).toEqual(["cooldude24@princeton.edu"]);
    for (const provenance of [{}, { sources: [] }, { owners: [] }, { processing: [] }, { description: "" }])
      await CloudVolume.open(vol.cloudpath, { provenance });
    const wrong = { sources: 3 } as never;
    await expect(CloudVolume.open(vol.cloudpath, { provenance: wrong })).rejects.toThrow(ProvenanceError);
    const given = await CloudVolume.open(vol.cloudpath, { provenance: '{ "sources": [ "wow" ] }' });
    expect(given.provenance.sources[0]).toBe("wow");
  });

  test.each([
    [
      [4.5, 4.5, 40],
      [
        ["4.5_4.5_40.0", 4.5],
        ["9.0_9.0_40.0", 9],
        ["18.0_18.0_40.0", 18],
        ["36.0_36.0_40.0", 36],
        ["72.0_72.0_40.0", 72],
        ["144.0_144.0_40.0", 144],
      ],
    ],
    [
      [4, 4, 40],
      [
        ["4_4_40", 4],
        ["8_8_40", 8],
        ["16_16_40", 16],
        ["32_32_40", 32],
        ["64_64_40", 64],
        ["128_128_40", 128],
      ],
    ],
  ] as const)("test_cloudvolume.py::test_create_new_info %s", (resolution, scales) => {
    const info = CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution },
      ...{
        voxelOffset: [0, 0, 0],
        volumeSize: [2048, 2048, 256],
        chunkSize: [128, 128, 16],
        maxMip: 5,
        factor: [2, 2, 1],
      },
    });
    expect(info.scales.map((s) => [s.key, ...s.resolution])).toEqual(
      scales.map(([key, xy]) => [key, xy, xy, 40]),
    );
  });

  test("test_cloudvolume.py::test_cdn_cache_control", () => {
    // CloudVolume writes "s-max-age", which no cache knows; see docs/differences.md.
    expect(cacheControl(null)).toBe("max-age=3600, s-maxage=3600");
    expect(cacheControl(0)).toBe("no-cache");
    expect(cacheControl(false)).toBe("no-cache");
    expect(cacheControl(true)).toBe("max-age=3600, s-maxage=3600");
    expect(cacheControl(1337)).toBe("max-age=1337, s-maxage=1337");
    expect(cacheControl("private, must-revalidate")).toBe("private, must-revalidate");
    expect(() => cacheControl(-1)).toThrow(ArgumentError);
  });

  test("test_cloudvolume.py::test_redirects", async () => {
    const root = scratchDirectory();
    const path = (n: number): string => `file://${join(root, `redirects_${n}`)}`;
    const plain = CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [128, 128, 64], mesh: "mesh", chunkSize: [64, 64, 64] },
    });
    const put = async (n: number, to?: number): Promise<void> => {
      const info: Info = to === undefined ? { ...plain } : { ...plain, redirect: path(to) };
      await (await CloudVolume.open(path(n), { info })).commitInfo();
    };
    await put(0, 0);
    expect((await CloudVolume.open(path(0))).cloudpath).toBe(path(0));

    for (let i = 0; i < 9; i++) await put(i, i + 1);
    await put(9);
    expect((await CloudVolume.open(path(0))).cloudpath).toBe(path(9));

    await put(9, 10);
    await put(10, 11);
    await put(11);
    await expect(CloudVolume.open(path(0))).rejects.toThrow(TooManyRedirects);

    const last = await CloudVolume.open(path(9), { maxRedirects: 0 });
    expect(last.cloudpath).toBe(path(9));
    delete last.info.redirect;
    await last.commitInfo();

    await put(5, 1);
    await expect(CloudVolume.open(path(5))).rejects.toThrow(CyclicRedirect);
    await put(5, 6);
    const vol = await CloudVolume.open(path(1));
    await expect(vol.upload("...", 1)).rejects.toThrow(ReadOnlyException);
    vol.image.readonly = false;
    await vol.upload("...", 1);
    expect(await all(await CloudVolume.open(path(9)), 1)).toBe(true);
  });

  test("test_cloudvolume.py::test_mip_locking", async () => {
    const { vol } = await makeLayer([1024, 1024, 2, 1]);
    await vol.lockMips(0);
    await vol.lockMips([0]);
    await expect(vol.upload("...", 0)).rejects.toThrow(ReadOnlyException);
    await expect(vol.delete("...")).rejects.toThrow(ReadOnlyException);
    await vol.unlockMips(0);
    await vol.unlockMips([0]);
    await vol.upload("...", 0);
    await expect(vol.lockMips(1)).rejects.toThrow(ArgumentError);
    await expect(vol.unlockMips(1)).rejects.toThrow(ArgumentError);

    vol.addScale([2, 2, 1]);
    await vol.commitInfo();
    vol.mip = 1;
    await vol.upload("...", 1);
    await vol.lockMips([0, 1]);
    expect(vol.lockedMips()).toEqual([0, 1]);
    for (const mip of [1, 0]) {
      vol.mip = mip;
      await expect(vol.upload("...", 1)).rejects.toThrow(ReadOnlyException);
    }
  });
});
