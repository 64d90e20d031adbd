/** Every golden Zarr, OME-Zarr and N5 layer reads equal to its truth: found by itself and by its format, whole and in boxes, by one thread and by workers. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseNpy } from "../src/base/npy.js";
import { fortranStride, product, type StridedArray } from "../src/base/strided.js";
import { CloudVolume } from "../src/node.js";
import { type GoldenEntry, goldenEntries, goldenPath } from "./support/golden.js";
import { seeded } from "./support/random.js";
import { boxOf, difference } from "./support/voxels.js";

interface Truth {
  readonly file: string;
  readonly dtype: string;
  readonly level?: number;
}

const KINDS = ["zarr2", "zarr3", "zarr3-sharded", "ome-zarr-0.4", "ome-zarr-0.5", "n5", "n5-multiscale"];
const entries = goldenEntries(KINDS, "reading the golden Zarr and N5 layers");
const cases = entries.flatMap((entry) => {
  const truth = (entry as unknown as { truth: Truth | readonly Truth[] }).truth;
  const levels = Array.isArray(truth) ? (truth as readonly Truth[]) : [truth as Truth];
  return levels.map((level) => ({ name: `${entry.path} level ${level.level ?? 0}`, entry, level }));
});

/** The truth with axes x, y, z, channel: N5 has x first, Zarr t, c, z, y, x; of points in time the first one. */
function truthOf({ kind }: GoldenEntry, { file }: Truth): StridedArray {
  const { data, shape, stride } = parseNpy(gunzipSync(readFileSync(goldenPath(file))));
  const axes = shape.map((side, i) => ({ side, step: stride[i]! }));
  const [x, y, z, c] = kind.startsWith("n5") ? axes : axes.toReversed();
  const none = { side: 1, step: 0 };
  const four = [x, y, z, c ?? none].map((axis) => axis ?? none);
  return { data, shape: four.map((a) => a.side), stride: four.map((a) => a.step) };
}

/** What the attributes that the generator wrote say; other layers have no unit. */
const PLACES: Readonly<
  Record<string, { readonly resolution: readonly number[]; readonly offset?: readonly number[] }>
> = {
  "zarr_n5/ome_v04_zyx/image.zarr level 1": { resolution: [8, 8, 40] },
  "zarr_n5/ome_v04_czyx/image.zarr level 0": { resolution: [8, 8, 50], offset: [20, 10, 30] },
  "zarr_n5/ome_v04_czyx/image.zarr level 1": { resolution: [16, 16, 50], offset: [10, 5, 30] },
  "zarr_n5/ome_v05_czyx/image.zarr level 0": { resolution: [8, 8, 50], offset: [20, 10, 30] },
  "zarr_n5/ome_v05_tczyx/image.zarr level 1": { resolution: [200, 200, 300] },
  "zarr_n5/n5_multiscale/data.n5 level 2": { resolution: [16, 16, 40] },
  "zarr_n5/n5_group_raw_int8/data.n5 level 1": { resolution: [8, 8, 40] },
};

describe.runIf(cases.length > 0)("the golden Zarr and N5 data", () => {
  test("hold all the layers that the manifest has had from the start", () => {
    expect(entries.length).toBeGreaterThanOrEqual(92);
  });

  test.each(cases)("$name", async ({ name, entry, level }) => {
    const truth = truthOf(entry, level);
    const format = entry.kind.startsWith("n5") ? "n5" : "zarr";
    const mip = level.level ?? 0;
    const vol = await CloudVolume.open(`${format}://file://${goldenPath(entry.path)}`, { mip });
    expect([...vol.shape]).toEqual(truth.shape);
    expect(vol.dtype).toBe(level.dtype);
    const place = PLACES[name];
    if (place !== undefined) {
      expect([...vol.resolution]).toEqual(place.resolution);
      expect([...vol.voxelOffset]).toEqual(place.offset ?? [0, 0, 0]);
    }
    const whole = await vol.download("...", { parallel: 1 });
    expect(difference(whole, truth)).toBe("same");

    const found = await CloudVolume.open(goldenPath(entry.path), { mip });
    expect(found.format.startsWith(format)).toBe(true);
    const out = new SharedArrayBuffer(whole.data.byteLength);
    const into = new (whole.data.constructor as Uint8ArrayConstructor)(out);
    const pooled = await found.download("...", { parallel: 2, out: into as never });
    expect(difference(pooled, truth)).toBe("same");

    const random = seeded(name.length);
    for (let i = 0; i < 6; i++) {
      const { minpt, maxpt } = vol.bounds;
      const low = [0, 1, 2].map((a) => random.integer(minpt[a]!, maxpt[a]! - 1));
      const high = low.map((v, a) => random.integer(v + 1, maxpt[a]!));
      const box = await vol.download([...low, ...high] as never);
      const size = high.map((v, a) => v - low[a]!);
      const at = low.map((v, a) => v - minpt[a]!);
      const expected = boxOf(truth, [...at, 0], [...size, truth.shape[3]!]);
      expect(difference(box, expected), `${low} ${high}`).toBe("same");
    }
  });

  test("a missing chunk is the fill value, and an error for who asks for that", async () => {
    const path = `zarr2://file://${goldenPath("zarr_n5/v2_missing_chunks_fill/data.zarr")}`;
    const vol = await CloudVolume.open(path);
    expect(vol.backgroundColor).toBe(7);
    await expect(vol.download("...", { fillMissing: false })).rejects.toThrow(/missing/);
  });

  test("stands alone in another thread's terms", async () => {
    const vol = await CloudVolume.open(`zarr://file://${goldenPath("zarr_n5/ome_v04_czyx/image.zarr")}`, {
      mip: 1,
    });
    const other = await CloudVolume.fromHandoff(structuredClone(vol.handoff()));
    const [a, b] = [await vol.download("..."), await other.download("...", { mip: 1 })];
    expect(product(b.shape)).toBe(product(a.shape));
    expect(difference(a, b)).toBe("same");
    expect(fortranStride(b.shape)).toEqual(b.stride);
  });
});
