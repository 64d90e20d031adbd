import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Bbox } from "../../base/bbox.js";
import { ScaleUnavailableError } from "../../base/errors.js";
import { createNewInfo, type NewInfoOptions } from "./create-info.js";
import {
  bboxToMip,
  boundsOf,
  cornersToMip,
  downsampleRatio,
  mipRatio,
  pointToMip,
  slicesFromGlobalCoords,
  slicesToGlobalCoords,
} from "./mip-coordinates.js";
import { findMip, isPlaceholder, scaleOf } from "./scales.js";

interface Fixture {
  readonly mips: readonly {
    readonly min: number[];
    readonly max: number[];
    readonly at: number;
    readonly to: number;
    readonly box: [number[], number[]];
    readonly point: number[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../../../fixtures/precomputed/info.json", import.meta.url), "utf8"),
) as Fixture;

const OPTIONS: NewInfoOptions = {
  numChannels: 1,
  layerType: "image",
  dataType: "uint8",
  encoding: "raw",
  resolution: [4, 4, 40],
  voxelOffset: [0, 0, 0],
  volumeSize: [1024, 1024, 100],
};

describe("mips", () => {
  const info = createNewInfo({ ...OPTIONS, maxMip: 4 });

  test("by number, negative number, resolution", () => {
    expect([0, 4, -1, -5, [16, 16, 40]].map((mip) => findMip(info, mip))).toEqual([0, 4, 4, 0, 2]);
    expect(scaleOf(info, [8, 8, 40]).key).toBe("8_8_40");
  });

  test.each([5, -6, 1.5, Number.NaN, [4, 4], [4, 4, 41]])(
    "%j is unavailable, and says what there is",
    (mip) => {
      expect(() => findMip(info, mip as number)).toThrow(ScaleUnavailableError);
      expect(() => findMip(info, mip as number)).toThrow("0 <4,4,40>, 1 <8,8,40>");
    },
  );

  test("placeholders", () => {
    const placeholder = createNewInfo(OPTIONS);
    expect(isPlaceholder(placeholder, 0)).toBe(false);
    placeholder.scales[0]!.key = "4_4_40_PlaceHolder";
    expect(isPlaceholder(placeholder, 0)).toBe(true);
  });

  test("test_cloudvolume.py::test_bbox_to_mip", () => {
    const box = [
      [35, 0, 1],
      [36, 1, 2],
    ] as const;
    expect(cornersToMip(info, box, 0, 3)[0]).toEqual([4, 0, 1]);
    expect(
      cornersToMip(
        info,
        [
          [4, 0, 1],
          [5, 1, 2],
        ],
        3,
        0,
      ),
    ).toEqual([
      [32, 0, 1],
      [40, 8, 2],
    ]);
    expect(cornersToMip(info, box, 0, 0)).toEqual([
      [35, 0, 1],
      [36, 1, 2],
    ]);
  });

  test("test_cloudvolume.py::test_slices_from_global_coords", () => {
    const volume = createNewInfo({ ...OPTIONS, volumeSize: [100, 100, 100], maxMip: 1 });
    expect(slicesFromGlobalCoords(volume, "0:100, 0:100, 10:11", 1)).toEqual([
      [0, 50],
      [0, 50],
      [10, 11],
    ]);
    expect(slicesFromGlobalCoords(volume, ":, :, :", 1)).toEqual([
      [0, 50],
      [0, 50],
      [0, 100],
    ]);
  });

  test("test_cloudvolume.py::test_slices_to_global_coords", () => {
    const volume = createNewInfo({ ...OPTIONS, volumeSize: [100, 100, 100], maxMip: 1 });
    expect(slicesToGlobalCoords(volume, "0:50, 0:50, 10:11", 1)).toEqual([
      [0, 100],
      [0, 100],
      [10, 11],
    ]);
    expect(slicesToGlobalCoords(volume, [null, null, null], 1)).toEqual([
      [0, 100],
      [0, 100],
      [0, 100],
    ]);
  });

  test("boxes: bounds, physical units, fractions", () => {
    const volume = createNewInfo({ ...OPTIONS, voxelOffset: [-10, 5, 0], maxMip: 1 });
    expect(boundsOf(volume, 1).toList()).toEqual([-5, 2, 0, 507, 514, 100]);
    const nm = new Bbox([0, 0, 0], [400, 80, 40], { unit: "nm" });
    expect(bboxToMip(volume, nm, 0, 1).toList()).toEqual([0, 0, 0, 50, 10, 1]);
    const half = new Bbox([0.5, 1.5, 2.5], [3.5, 4.5, 5.5]);
    expect(bboxToMip(volume, half, 0, 1).toList()).toEqual([0, 0, 2, 2, 3, 6]);
  });

  test("bbox_to_mip and point_to_mip as CloudVolume", () => {
    const volume = createNewInfo({ ...OPTIONS, maxMip: 4, volumeSize: [4096, 4096, 512] });
    for (const { min, max, at, to, box, point } of fixture.mips) {
      expect(cornersToMip(volume, [min, max], at, to)).toEqual(box);
      expect(pointToMip(volume, min, at, to)).toEqual(point);
    }
  });

  test("ratios are exact for factors of three and for fractional resolutions", () => {
    const thirds = createNewInfo({ ...OPTIONS, resolution: [0.1, 0.1, 0.3], factor: [3, 3, 3], maxMip: 5 });
    for (const n of [1, 3, 7, 1001, 12_345_679]) {
      const big = [n * 243, n * 243, n * 243];
      expect(pointToMip(thirds, big, 0, 5)).toEqual([n, n, n]);
      expect(cornersToMip(thirds, [big, big], 0, 5)).toEqual([
        [n, n, n],
        [n, n, n],
      ]);
      expect(
        cornersToMip(
          thirds,
          [
            [n, n, n],
            [n, n, n],
          ],
          5,
          0,
        ),
      ).toEqual([big, big]);
    }
    expect(mipRatio(info, 2, 1)).toEqual([2, 2, 1]);
    expect(downsampleRatio(info, -1)).toEqual([16, 16, 1]);
  });
});
