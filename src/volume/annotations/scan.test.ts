/** Grids of many cells: annotations that lie in several cells come once, with and without a listing. */
import { expect, test } from "vitest";
import { random } from "../../../test/generators/random.js";
import { encodeAnnotations } from "../../formats/precomputed/annotations/encode.js";
import { boundsOf } from "../../formats/precomputed/annotations/geometry.js";
import { parseAnnotationInfo } from "../../formats/precomputed/annotations/info.js";
import { type Annotation, recordLayout } from "../../formats/precomputed/annotations/layout.js";
import { memStore } from "../../stores/mem/index.js";
import type { Store } from "../../stores/store.js";
import { Annotations } from "./annotations.js";

const INFO = {
  "@type": "neuroglancer_annotations_v1",
  dimensions: { x: [1, "m"], y: [1, ""] },
  lower_bound: [-100, 0],
  upper_bound: [300, 400],
  annotation_type: "AXIS_ALIGNED_BOUNDING_BOX",
  spatial: [{ key: "cells", grid_shape: [40, 40], chunk_size: [10, 10], limit: 100 }],
};

/** 4000 boxes of up to 30 units, each in every cell that it touches. */
async function layer(store: Store): Promise<Annotation[]> {
  const info = parseAnnotationInfo(INFO, "info");
  const rng = random(9);
  const all: Annotation[] = [];
  const cells = new Map<string, Annotation[]>();
  for (let i = 0; i < 4000; i++) {
    const [x, y] = [rng(3700) / 10 - 100, rng(3700) / 10];
    const geometry = Float32Array.of(x + rng(300) / 10, y, x, y + rng(300) / 10);
    const one = { id: BigInt(i) << 40n, geometry, properties: {} };
    all.push(one);
    const { lower, upper } = boundsOf(info.type, 2, geometry);
    const [left, top, right, bottom] = [lower[0]! + 100, lower[1]!, upper[0]! + 100, upper[1]!];
    for (let cx = Math.floor(left / 10); cx <= Math.min(39, Math.floor(right / 10)); cx++)
      for (let cy = Math.floor(top / 10); cy <= Math.min(39, Math.floor(bottom / 10)); cy++) {
        const key = `cells/${cx}_${cy}`;
        cells.set(key, [...(cells.get(key) ?? []), one]);
      }
  }
  const layout = recordLayout(info);
  for (const [key, list] of cells) await store.write!(key, encodeAnnotations(layout, list));
  await store.write!("info", new TextEncoder().encode(JSON.stringify(INFO)));
  return all;
}

test("every annotation once, in whatever number of cells", async () => {
  const store = memStore("mem://annotations/scan");
  const all = await layer(store);
  const { list: _, ...silent } = store;
  for (const source of [store, silent]) {
    const annotations = await Annotations.open(source, "");
    const ids: bigint[] = [];
    for await (const { id } of annotations.getAll()) ids.push(id);
    expect(ids).toHaveLength(all.length);
    expect(new Set(ids)).toEqual(new Set(all.map(({ id }) => id)));
    expect(await annotations.ids()).toEqual(all.map(({ id }) => id));
    for (const [low, high] of [
      [
        [-100, 0],
        [300, 400],
      ],
      [
        [10, 20],
        [50, 30],
      ],
      [
        [0, 0],
        [0, 400],
      ],
    ] as const) {
      const found = await annotations.getByBbox([...low, ...high]);
      const expected = all.filter(({ geometry }) => {
        const { lower, upper } = boundsOf("AXIS_ALIGNED_BOUNDING_BOX", 2, geometry);
        return [0, 1].every((axis) => lower[axis]! <= high[axis]! && upper[axis]! >= low[axis]!);
      });
      expect(Array.from(found.ids).sort()).toEqual(expected.map(({ id }) => id).sort());
    }
    await expect(annotations.getById(1)).rejects.toMatchObject({ kind: "missing" });
  }
});
