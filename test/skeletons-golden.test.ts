/** Golden skeletons and spatial indices, by the real tools: all of them read equal to their truth. */
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Box6 } from "../src/base/bbox.js";
import { CloudVolume, type Skeleton } from "../src/node.js";
import { type GoldenEntry, goldenEntries, goldenPath } from "./support/golden.js";
import { scratchDirectory } from "./support/scratch.js";

interface SkeletonEntry extends GoldenEntry {
  readonly ids: readonly string[];
  readonly truth: string;
  readonly layer?: string;
}
interface SkeletonTruth {
  readonly vertices: readonly (readonly number[])[];
  readonly edges: readonly (readonly number[])[];
  readonly cable_length: number;
  readonly transform: readonly (readonly number[])[];
  readonly space: string;
  readonly attributes: Readonly<
    Record<
      string,
      { readonly data_type: string; readonly num_components: number; readonly values: readonly unknown[] }
    >
  >;
}
interface IndexTruth {
  readonly all?: readonly string[];
  readonly full?: readonly string[];
  readonly full_nm?: Box6;
  readonly half?: readonly string[];
  readonly half_nm?: Box6;
  readonly file_locations_per_label: Readonly<Record<string, readonly string[]>>;
  readonly get_bbox?: Readonly<Record<string, readonly number[]>>;
}

const WHAT = "golden skeletons and spatial indices";
const entries = (kinds: string[]): SkeletonEntry[] =>
  goldenEntries(kinds, WHAT) as unknown as SkeletonEntry[];
const layers = entries(["skeleton-unsharded", "skeleton-sharded"]);
const swc = entries(["skeleton-swc"]);
const indices = entries(["spatial-index-sqlite"]);

describe.runIf(layers.length > 0)("golden skeletons", () => {
  test("are all there", () => {
    expect([layers.length, swc.length, indices.length]).toEqual([4, 1, 2]);
  });

  test.each(layers)("$path", async ({ path, ids, truth: file }) => {
    const truth: Record<string, SkeletonTruth> = JSON.parse(
      gunzipSync(readFileSync(goldenPath(file))).toString("utf8"),
    );
    expect(Object.keys(truth).sort()).toEqual([...ids].sort());
    const vol = await CloudVolume.open(`file://${goldenPath(path)}`);
    const skeletons = await vol.skeleton.get(ids.map(BigInt));
    expect(skeletons.map((s) => String(s.id))).toEqual(ids);
    for (const skeleton of skeletons) check(skeleton, truth[String(skeleton.id)]!);
    check(await vol.skeleton.get(BigInt(ids[0]!)), truth[ids[0]!]!);
    expect((await vol.skeleton.list()).map(String).sort()).toEqual([...ids].sort());
    const there = await vol.skeleton.exists([...ids.map(BigInt), 5n]);
    expect([...there].filter(([, key]) => key === undefined)).toEqual([[5n, undefined]]);
    expect(await vol.skeleton.get([5], { allowMissing: true })).toEqual([]);
    await expect(vol.skeleton.get(5)).rejects.toMatchObject({ kind: "missing" });
  });

  test.each(swc)("$path: SWC byte for byte, but for the date", async ({ path }) => {
    const vol = await CloudVolume.open(`file://${goldenPath(join(path, "../layer"))}`);
    for (const file of readdirSync(goldenPath(path))) {
      const text = readFileSync(join(goldenPath(path), file), "utf8");
      const skeleton = await vol.skeleton.get(BigInt(file.replace(".swc", "")));
      const undated = (t: string): string => t.replace(/^# VERSION_DATE .*$/m, "# VERSION_DATE");
      expect(undated(skeleton.toSwc())).toBe(undated(text));
    }
  });
});

describe.runIf(indices.length > 0)("golden spatial indices", () => {
  test.each(indices)(
    "$path: JSON files, the database, and one of our own agree",
    async ({ path, layer, truth }) => {
      const wanted: IndexTruth = JSON.parse(readFileSync(goldenPath(truth), "utf8"));
      const all = (wanted.all ?? wanted.full)!.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
      const scratch = scratchDirectory();
      const theirs = join(scratch, "theirs.db");
      copyFileSync(goldenPath(path), theirs);
      const ours = join(scratch, "ours.db");
      const source = path.includes("skeletons") ? "skeleton" : "mesh";
      for (const spatialIndexDb of [undefined, theirs, `sqlite://${ours}`]) {
        if (spatialIndexDb?.endsWith("ours.db") && !existsSync(ours)) {
          const vol = await CloudVolume.open(`file://${goldenPath(layer!)}`);
          await (await vol[source].spatialIndex())?.toSql(spatialIndexDb);
        }
        const vol = await CloudVolume.open(`file://${goldenPath(layer!)}`, { spatialIndexDb });
        const index = (await vol[source].spatialIndex())!;
        expect(Array.from(await index.labels())).toEqual(all);
        const { half, half_nm: box } = wanted;
        if (half !== undefined && box !== undefined)
          expect(Array.from(await index.query(box), String).sort()).toEqual([...half].sort());
        const locations = await index.fileLocationsPerLabel();
        const sorted = Object.fromEntries([...locations].map(([label, files]) => [String(label), files]));
        const theirSorted = Object.entries(wanted.file_locations_per_label).map(([label, files]) => [
          label,
          [...files].sort(),
        ]);
        expect(sorted).toEqual(Object.fromEntries(theirSorted));
        for (const [label, corners] of Object.entries(wanted.get_bbox ?? {}))
          expect((await index.getBbox(label))?.toList()).toEqual(corners);
        expect(await index.getBbox(5n)).toBeUndefined();
      }
    },
  );
});

function check(skeleton: Skeleton, truth: SkeletonTruth): void {
  expect(skeleton.space).toBe(truth.space);
  expect(skeleton.vertices).toEqual(Float32Array.from(truth.vertices.flat()));
  expect(skeleton.edges).toEqual(Uint32Array.from(truth.edges.flat()));
  expect(skeleton.transform).toEqual(Float32Array.from(truth.transform.flat()));
  expect(skeleton.cableLength() / truth.cable_length).toBeCloseTo(1, 5);
  expect(skeleton.attributes.map((a) => a.id)).toEqual(Object.keys(truth.attributes));
  for (const { id, dataType, numComponents, data } of skeleton.attributes) {
    const wanted = truth.attributes[id]!;
    expect([dataType, numComponents]).toEqual([wanted.data_type, wanted.num_components]);
    const values = wanted.values.flat().map(Number);
    expect(Array.from(data as Float32Array)).toEqual(
      dataType === "float32" ? values.map(Math.fround) : values,
    );
  }
}
