import { beforeEach, describe, expect, test } from "vitest";
import { InfoError, InfoUnavailableError, UnsupportedFormatError } from "../../base/errors.js";
import { encodeJson } from "../../base/json.js";
import { memStore } from "../../stores/mem/index.js";
import type { Store } from "../../stores/store.js";
import { type BossChannel, levelOf, openBoss } from "./index.js";

const DOCUMENTS = {
  channel: { type: "annotation", datatype: "uint64", base_resolution: 0 },
  experiment: {
    coord_frame: "frame",
    num_hierarchy_levels: 4,
    hierarchy_method: "anisotropic",
    num_time_samples: 2,
  },
  "coord/frame": {
    ...{ x_start: 0, x_stop: 1001, y_start: 3, y_stop: 515, z_start: -5, z_stop: 33 },
    ...{ x_voxel_size: 4, y_voxel_size: 4.5, z_voxel_size: 0.035, voxel_unit: "nanometers" },
  },
  downsample: { status: "DOWNSAMPLED", num_hierarchy_levels: 4, cuboid_size: { "0": [512, 512, 16] } },
};

let store: Store;
let count = 0;
const put = (key: keyof typeof DOCUMENTS, change: object = {}): Promise<void> | undefined =>
  store.write?.(key, encodeJson({ ...DOCUMENTS[key], ...change } as never));
beforeEach(async () => {
  store = memStore(`mem://boss-format/${count++}`);
  for (const key of Object.keys(DOCUMENTS)) await put(key as "channel");
});

describe("a channel", () => {
  test("is what its documents say", async () => {
    expect(await openBoss(store)).toEqual({
      ...{ type: "segmentation", dtype: "uint64", baseResolution: 0, levels: 4, isotropic: false, times: 2 },
      ...{ voxel: [4, 4.5, 0.035], start: [0, 3, -5], stop: [1001, 515, 33], cuboid: [512, 512, 16] },
    } satisfies BossChannel);
  });

  test.each([
    ["nanometers", 1],
    ["micrometers", 1e3],
    ["MILLIMETERS", 1e6],
    ["centimeters", 1e7],
  ])("in %s", async (unit, factor) => {
    await put("coord/frame", { voxel_unit: unit });
    expect((await openBoss(store)).voxel).toEqual([4 * factor, 4.5 * factor, (35 * factor) / 1000]);
  });

  test.each(["NOT_DOWNSAMPLED", "IN_PROGRESS", "QUEUED", "FAILED"])(
    "that is %s has one level",
    async (status) => {
      await put("downsample", { status });
      expect((await openBoss(store)).levels).toBe(1);
    },
  );

  test("with what services may leave out", async () => {
    await put("downsample", { cuboid_size: undefined });
    await put("experiment", { num_time_samples: undefined, hierarchy_method: "ISOTROPIC" });
    await put("channel", { base_resolution: undefined, type: "IMAGE" });
    const { type, times, baseResolution, isotropic, cuboid } = await openBoss(store);
    expect({ type, times, baseResolution, isotropic, cuboid }).toEqual({
      ...{ type: "image", times: 1, baseResolution: 0, isotropic: true, cuboid: [512, 512, 16] },
    });
  });

  test.each([
    ["channel", { datatype: "uint32" }, UnsupportedFormatError],
    ["channel", { type: "mesh" }, InfoError],
    ["experiment", { coord_frame: "../up" }, InfoError],
    ["experiment", { num_hierarchy_levels: 0 }, InfoError],
    ["coord/frame", { voxel_unit: "furlongs" }, InfoError],
    ["coord/frame", { x_stop: -1 }, InfoError],
    ["coord/frame", { z_voxel_size: 0 }, InfoError],
    ["downsample", { cuboid_size: { "0": [512, 0, 16] } }, InfoError],
  ] as const)("is refused for %s %j", async (key, change, error) => {
    await put(key, change);
    await expect(openBoss(store)).rejects.toThrow(error);
  });

  test.each(Object.keys(DOCUMENTS))("without %s is missing", async (key) => {
    await store.remove?.(key);
    await expect(openBoss(store)).rejects.toThrow(InfoUnavailableError);
  });
});

describe("levels", () => {
  test("halve x and y, and z where that is asked for", async () => {
    const channel = await openBoss(store);
    expect([0, 1, 3].map((mip) => levelOf(channel, mip))).toEqual([
      { resolution: [4, 4.5, 0.035], offset: [0, 3, -5], size: [1001, 512, 38] },
      { resolution: [8, 9, 0.035], offset: [0, 1, -5], size: [501, 257, 38] },
      { resolution: [32, 36, 0.035], offset: [0, 0, -5], size: [126, 65, 38] },
    ]);
    expect(levelOf({ ...channel, isotropic: true }, 1)).toEqual({
      ...{ resolution: [8, 9, 0.07], offset: [0, 1, -3], size: [501, 257, 20] },
    });
  });

  test("begin at the channel's base", async () => {
    const channel = { ...(await openBoss(store)), baseResolution: 2 };
    expect(levelOf(channel, 1)).toEqual(levelOf({ ...channel, baseResolution: 0 }, 3));
  });
});
