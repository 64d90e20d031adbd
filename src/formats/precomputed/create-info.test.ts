import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { parseJson, stringifyJson } from "../../base/json.js";
import { createNewInfo, type NewInfoOptions } from "./create-info.js";
import { type Info, verifyInfo } from "./info.js";
import { addResolution, addScale, type NewScaleOptions, resetScales } from "./scales.js";

interface Fixture {
  readonly create: readonly { readonly args: NewInfoOptions; readonly text: string }[];
  readonly add: readonly {
    readonly given: string;
    readonly factor: readonly number[];
    readonly options: NewScaleOptions;
    readonly text: string;
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

const committed = (info: Info) => stringifyJson(info, { indent: 2, sortKeys: true });

describe("test_cloudvolume.py::test_create_new_info", () => {
  test.each(fixture.create.map(({ args, text }) => [JSON.stringify(args), args, text] as const))(
    "as CloudVolume: %s",
    (_name, args, text) => {
      expect(committed(createNewInfo(args))).toBe(text);
    },
  );

  test("resolutions with a fraction are floats throughout, and so are the keys", () => {
    const info = createNewInfo({ ...OPTIONS, resolution: [4.5, 4.5, 40], maxMip: 5 });
    expect(info.scales.map((s) => s.key)).toEqual([
      "4.5_4.5_40.0",
      "9.0_9.0_40.0",
      "18.0_18.0_40.0",
      "36.0_36.0_40.0",
      "72.0_72.0_40.0",
      "144.0_144.0_40.0",
    ]);
    expect(stringifyJson(info.scales[1]!.resolution)).toBe("[9.0,9.0,40.0]");
  });

  test("whole resolutions are integers", () => {
    const info = createNewInfo({ ...OPTIONS, resolution: [4.0, 4.0, 40.0], maxMip: 5 });
    expect(info.scales).toHaveLength(6);
    expect(info.scales[0]!.key).toBe("4_4_40");
    expect(stringifyJson(info.scales[5]!.resolution)).toBe("[128,128,40]");
  });

  test("the default chunk is 64, 64, 64", () => {
    expect(createNewInfo(OPTIONS).scales[0]!.chunk_sizes).toEqual([[64, 64, 64]]);
  });

  test("level, effort, redirect and block size have effect on every mip", () => {
    const jxl = createNewInfo({
      ...OPTIONS,
      encoding: "jxl",
      encodingLevel: 90,
      encodingEffort: 7,
      maxMip: 1,
    });
    for (const s of jxl.scales) expect(s).toMatchObject({ jxl_quality: 90, jxl_effort: 7 });
    const jpeg = createNewInfo({ ...OPTIONS, encoding: "jpeg", encodingLevel: 60, redirect: "gs://a/b" });
    expect(jpeg).toMatchObject({ redirect: "gs://a/b", scales: [{ jpeg_quality: 60 }] });
    expect(createNewInfo({ ...OPTIONS, encoding: "png", encodingLevel: 0 }).scales[0]!.png_level).toBe(0);
    const cseg = createNewInfo({
      ...OPTIONS,
      encoding: "compressed_segmentation",
      dataType: "uint32",
      compressedSegmentationBlockSize: [4, 4, 2],
      maxMip: 1,
    });
    expect(cseg.scales[1]!.compressed_segmentation_block_size).toEqual([4, 4, 2]);
  });

  test("sizes beyond 2^24 stay exact", () => {
    const info = createNewInfo({ ...OPTIONS, volumeSize: [16_777_217, 100_000_001, 1], maxMip: 1 });
    expect(info.scales[1]!.size).toEqual([8_388_609, 50_000_001, 1]);
  });

  test.each<readonly [string, Partial<Record<keyof NewInfoOptions, unknown>>]>([
    ["num_channels", { numChannels: 0 }],
    ["type", { layerType: "picture" }],
    ["dataType", { dataType: "uint128" }],
    ["resolution", { resolution: [4, 4] }],
    ["resolution[2]", { resolution: [4, 4, 0] }],
    ["voxel_offset", { voxelOffset: [0.5, 0, 0] }],
    ["size", { volumeSize: [-1, 1, 1] }],
    ["size", { volumeSize: [2 ** 53, 1, 1] }],
    ["chunk_sizes", { chunkSize: [0, 1, 1] }],
    ["chunkSize", { chunkSize: [1, 1, 1, 1] }],
    ["maxMip", { maxMip: -1 }],
    ["maxMip", { maxMip: 1e9 }],
    ["factor", { factor: [0, 1, 1], maxMip: 1 }],
    ["encodingLevel", { encodingLevel: 5 }],
    ["encodingLevel", { encoding: "jpeg", encodingLevel: 101 }],
    ["encodingEffort", { encoding: "jpeg", encodingEffort: 3 }],
  ])("a wrong %s is an ArgumentError: %j", (field, wrong) => {
    const create = () => createNewInfo({ ...OPTIONS, ...wrong } as NewInfoOptions);
    expect(create).toThrow(ArgumentError);
    expect(create).toThrow(field);
  });
});

describe("add_scale", () => {
  test.each(fixture.add.map((entry) => [JSON.stringify([entry.factor, entry.options]), entry] as const))(
    "as CloudVolume: %s",
    (_name, { given, factor, options, text }) => {
      const info = verifyInfo(parseJson(given), "info");
      const scale = addScale(info, factor, options);
      expect(info.scales).toContain(scale);
      expect(committed(info)).toBe(text);
    },
  );

  test("jxl levels are written to jxl_quality", () => {
    const info = createNewInfo(OPTIONS);
    expect(addScale(info, [2, 2, 1], { encoding: "jxl", encodingLevel: 80 }).jxl_quality).toBe(80);
  });

  test("is relative to mip 0 and replaces the scale of equal resolution", () => {
    const info = createNewInfo({ ...OPTIONS, maxMip: 2 });
    info.scales[1]!.key = "old";
    addScale(info, [2, 2, 1]);
    expect(info.scales.map((s) => s.key)).toEqual(["4_4_40", "8_8_40", "16_16_40"]);
  });

  test("warns of factors that are no powers of two, refuses those below 1", () => {
    const warnings: string[] = [];
    addScale(createNewInfo(OPTIONS), [3, 2, 1], { onWarning: (w) => warnings.push(w) });
    addScale(createNewInfo(OPTIONS), [4, 2, 1], { onWarning: (w) => warnings.push(w) });
    expect(warnings).toHaveLength(1);
    expect(() => addScale(createNewInfo(OPTIONS), [0.4, 1, 1])).toThrow(ArgumentError);
    expect(() => addScale(createNewInfo(OPTIONS), [2, 2])).toThrow(ArgumentError);
  });

  test("add_resolution", () => {
    const info = createNewInfo({ ...OPTIONS, resolution: [4.5, 4.5, 40] });
    expect(addResolution(info, [9, 9, 40]).key).toBe("9.0_9.0_40.0");
    expect(() => addResolution(info, [10, 9, 40])).toThrow("expected e.g. 9, 9, 40");
    expect(() => addResolution(info, [9, 9])).toThrow(ArgumentError);
  });

  test("reset_scales drops all but mip 0", () => {
    const info = createNewInfo({ ...OPTIONS, maxMip: 3 });
    resetScales(info);
    expect(info.scales.map((s) => s.key)).toEqual(["4_4_40"]);
  });
});
