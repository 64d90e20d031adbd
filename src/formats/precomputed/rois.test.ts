import { beforeEach, describe, expect, test } from "vitest";
import { Bbox } from "../../base/bbox.js";
import { type OpenMetadataOptions, PrecomputedMetadata } from "./metadata.js";
import { parseRois } from "./rois.js";
import { sampleInfo, TestStorage } from "./testing.js";

const LAYER = "mem://bucket/dataset/layer";
const INFO = `${LAYER}/info`;
let storage: TestStorage;

beforeEach(() => {
  storage = new TestStorage();
  storage.put(INFO, sampleInfo());
});

function open(options: OpenMetadataOptions = {}): Promise<PrecomputedMetadata> {
  return PrecomputedMetadata.open(storage.open(LAYER), options);
}

describe("regions of interest", () => {
  test("layers without them overlap everywhere", async () => {
    const metadata = await open();
    expect(metadata.overlapsRoi(new Bbox([1, 1, 1], [2, 2, 2]))).toBe(true);
    expect(metadata.overlapsRoi([9, 9, 9])).toBe(true);
  });

  test.each(["read", "given"])("boxes and points touch them, borders included (info %s)", async (how) => {
    const info = sampleInfo({ maxMip: 1 });
    info.scales[0]!.rois = [
      [10, 10, 10, 20, 20, 20],
      [64, 64, 4, 60, 60, 0],
    ];
    storage.put(INFO, info);
    const metadata = await open(how === "given" ? { info } : {});
    expect(metadata.overlapsRoi(new Bbox([0, 0, 0], [9, 9, 9]))).toBe(false);
    expect(metadata.overlapsRoi(new Bbox([0, 0, 0], [10, 10, 10]))).toBe(true);
    expect(metadata.overlapsRoi(new Bbox([20, 20, 20], [30, 30, 30]))).toBe(true);
    expect(metadata.overlapsRoi(new Bbox([61, 61, 1], [62, 62, 2]))).toBe(true);
    expect(metadata.overlapsRoi(new Bbox([21, 21, 21], [59, 59, 59]))).toBe(false);
    expect(metadata.overlapsRoi(new Bbox([4, 4, 4], [5, 5, 10]), 1)).toBe(true);
    expect(metadata.overlapsRoi(new Bbox([11, 11, 21], [12, 12, 22]), 1)).toBe(false);
    expect(metadata.overlapsRoi([20, 20, 20])).toBe(true);
    expect(metadata.overlapsRoi([5, 5, 15], 1)).toBe(true);
    expect(metadata.overlapsRoi([21, 20, 20])).toBe(false);
    expect(parseRois(metadata.info)?.map((roi) => roi.toList())).toEqual([
      [10, 10, 10, 20, 20, 20],
      [60, 60, 0, 64, 64, 4],
    ]);
  });

  test("no region at all means nothing is stored", async () => {
    const info = sampleInfo();
    info.scales[0]!.rois = [];
    expect((await open({ info })).overlapsRoi([0, 0, 0])).toBe(false);
  });
});
