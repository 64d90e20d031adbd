/** Layers that are written come back whole, by every index, whatever they are. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scratchDirectory } from "../../../../test/support/scratch.js";
import { CloudVolumeError } from "../../../base/errors.js";
import { openFileSpool } from "../../../compute/spool.node.js";
import { intersects } from "../../../formats/precomputed/annotations/geometry.js";
import type { AnnotationInput } from "../../../formats/precomputed/annotations/input.js";
import type { Annotation } from "../../../formats/precomputed/annotations/layout.js";
import type { AnnotationSchema } from "../../../formats/precomputed/annotations/schema.js";
import { layerArbitrary } from "../../../formats/precomputed/annotations/testing-layers.js";
import { fileStore } from "../../../stores/file/index.js";
import { memStore } from "../../../stores/mem/index.js";
import type { Store } from "../../../stores/store.js";
import type { Annotations } from "../annotations.js";
import { Annotations as Layer } from "../annotations.js";
import type { AnnotationWriteOptions } from "./options.js";
import { type LayerWriteOptions, writeLayer } from "./write.js";

const spool = (): ReturnType<typeof openFileSpool> => openFileSpool();
let count = 0;
const freshStore = (): Store => memStore(`mem://annotations/write-${count++}`);

async function write(
  schema: AnnotationSchema,
  annotations: Iterable<AnnotationInput>,
  options: Partial<LayerWriteOptions> = {},
  store: Store = freshStore(),
): Promise<{ readonly store: Store; readonly layer: Annotations }> {
  await writeLayer(store, "", schema, annotations, { spool, ...options });
  return { store, layer: await Layer.open(store, "") };
}

/** Every file by its name. */
async function filesOf(store: Store): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const key of store.list?.("") ?? [])
    files.set(key, Buffer.from((await store.read(key))!.bytes).toString("hex"));
  return new Map([...files].sort());
}

const byNumber = (a: Annotation, b: Annotation): number => (a.id < b.id ? -1 : 1);
const bare = (all: Iterable<Annotation>): Annotation[] =>
  Array.from(all, ({ id, geometry, properties }) => ({ id, geometry, properties })).sort(byNumber);

describe("any layer", () => {
  test("comes back by id, object, box and as a whole", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(layerArbitrary(), async ({ schema, annotations, boxes, options }) => {
      const { layer } = await write(schema, annotations, options);
      const { info } = layer;
      const sorted = [...annotations].sort(byNumber);
      expect(await layer.ids()).toEqual(sorted.map(({ id }) => id));
      expect((await layer.getById(sorted.map(({ id }) => id))).items).toEqual(sorted);
      const all: Annotation[] = [];
      for await (const one of layer.getAll()) all.push(one);
      expect(bare(all)).toEqual(bare(annotations));
      for (const { id: name } of info.relationships) {
        const objects = new Set(annotations.flatMap((a) => a.relationships?.[name] ?? []));
        for (const object of [...objects, 12345n]) {
          const related = annotations.filter((a) => a.relationships?.[name]?.includes(object));
          expect(bare(await layer.getByRelationship(name, object))).toEqual(bare(related));
        }
      }
      for (const { lower, upper } of boxes) {
        const touching = annotations.filter(({ geometry }) =>
          intersects(info.type, geometry, { lower, upper }),
        );
        expect(bare(await layer.getByBbox({ lower, upper }))).toEqual(bare(touching));
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("has the same files in any order, and other ones with another seed", async () => {
    const property = fc.asyncProperty(layerArbitrary(), async ({ schema, annotations, options }) => {
      const once = await filesOf((await write(schema, annotations, options)).store);
      const again = await filesOf((await write(schema, [...annotations].reverse(), { ...options })).store);
      expect(again).toEqual(once);
    });
    await fc.assert(property, { numRuns: 20 });
    const points = Array.from({ length: 60 }, (_, i) => ({ geometry: [i, i % 7] }));
    const dimensions = { x: [1, "m"], y: [1, "m"] } as const;
    const [one, other] = await Promise.all(
      [1, 2].map(async (seed) =>
        filesOf((await write({ type: "POINT", dimensions }, points, { seed })).store),
      ),
    );
    expect(one!.get("spatial0/0_0")).not.toBe(other!.get("spatial0/0_0"));
  });
});

const XYZ = { x: [8, "nm"], y: [8, "nm"], z: [40, "nm"] } as const;
const POINTS: AnnotationSchema = { type: "POINT", dimensions: XYZ };
const some = (n: number): AnnotationInput[] =>
  Array.from({ length: n }, (_, i) => ({ geometry: [(i * 37) % 101, (i * 53) % 97, i % 13] }));

describe("the spatial index", () => {
  test("levels halve the longer sides, hold at most the limit, and end with what is left", async () => {
    const { layer } = await write(POINTS, some(5000), { limit: 100, sharded: false });
    const levels = layer.info.spatial;
    expect(levels.length).toBeGreaterThan(3);
    for (const [i, level] of levels.entries()) {
      const { lowerBound, upperBound } = layer.info;
      const extent = upperBound.map((high, axis) => high - lowerBound[axis]!);
      expect(level.gridShape.map((n, axis) => n * level.chunkSize[axis]!)).toEqual(extent);
      expect(level.limit).toBe(i < levels.length - 1 ? 100 : level.limit);
      expect(level.limit).toBeLessThanOrEqual(100);
    }
    expect(levels.slice(0, 3).map(({ gridShape }) => gridShape)).toEqual([
      [1, 1, 1],
      [2, 2, 1],
      [4, 4, 2],
    ]);
  });

  test("each level is an even sample", async () => {
    const { layer } = await write(POINTS, some(5000), { limit: 500, seed: 3 });
    let left = 0;
    let total = 0;
    for await (const { geometry } of layer.getAll({ level: 0 })) {
      total++;
      if (geometry[0]! < 50) left++;
    }
    expect(total).toBe(500);
    expect(Math.abs(left - 250)).toBeLessThan(60);
  });

  test("what lies in one place, and what is larger than cells, ends in few levels", async () => {
    const one = await write(POINTS, Array(300).fill({ geometry: [5, 5, 5] }), { limit: 10 });
    expect(one.layer.info.spatial.length).toBeLessThanOrEqual(24);
    expect(one.layer.info.spatial.at(-1)!.limit).toBeGreaterThan(10);
    const boxes = Array.from({ length: 300 }, (_, i) => ({ geometry: [0, 0, i / 300, 1000, 1000, 900] }));
    const large = await write({ type: "axis_aligned_bounding_box", dimensions: XYZ }, boxes, { limit: 10 });
    expect(large.layer.info.spatial.length).toBeLessThan(6);
    for (const { layer } of [one, large]) {
      let n = 0;
      for await (const _ of layer.getAll()) n++;
      expect(n).toBe(300);
    }
  });

  test("one box as large as everything among many points of space does not fill every cell", async () => {
    const tiny = Array.from({ length: 3000 }, (_, i) => {
      const at = [i % 10, (i * 7) % 11, (i * 3) % 9].map((v) => v / 1e4);
      return { geometry: [...at, ...at.map((v) => v + 1e-5)] };
    });
    const large = { id: 9999, geometry: [0, 0, 0, 1e6, 1e6, 1e6] };
    const schema: AnnotationSchema = { type: "AXIS_ALIGNED_BOUNDING_BOX", dimensions: XYZ };
    const { layer } = await write(schema, [...tiny, large], { limit: 5, sharded: true });
    const found = await layer.getByBbox([5e5, 5e5, 5e5, 5e5, 5e5, 5e5]);
    expect(Array.from(found.ids)).toEqual([9999n]);
  });
});

describe("more than memory holds", () => {
  test("gives the same files", async () => {
    const schema: AnnotationSchema = { ...POINTS, relationships: ["of"] };
    const points = some(4000).map((a, i) => ({ ...a, relationships: { of: i % 100 } }));
    const [small, large] = await Promise.all(
      [1 << 16, 1 << 28].map(async (memory) => filesOf((await write(schema, points, { memory })).store)),
    );
    expect(small!.size).toBeGreaterThan(4);
    expect(small).toEqual(large);
  });
});

describe("nothing half-written", () => {
  const failing = (store: Store, after: number): Store => {
    let writes = 0;
    return {
      ...store,
      write: async (key, bytes, how) => {
        if (writes++ >= after) throw new Error("the disk is gone");
        await store.write!(key, bytes, how);
      },
    };
  };
  const keysOf = async (store: Store): Promise<string[]> => [...(await filesOf(store)).keys()];

  test.each([0, 3, 70, 150])("a write that fails after %i files leaves none", async (after) => {
    const store = freshStore();
    await expect(write(POINTS, some(150), {}, failing(store, after))).rejects.toThrow("the disk is gone");
    expect(await keysOf(store)).toEqual([]);
  });

  test("an abort while annotations come, and while they are written", async () => {
    for (const stage of ["reading", "writing"]) {
      const store = freshStore();
      const control = new AbortController();
      const onProgress: AnnotationWriteOptions["onProgress"] = (p) => {
        if (p.stage === stage) control.abort();
      };
      const options = { signal: control.signal, onProgress, sharded: false };
      await expect(write(POINTS, some(6000), options, store)).rejects.toMatchObject({ kind: "aborted" });
      expect(await keysOf(store)).toEqual([]);
    }
  });

  test("what is there is not touched unless told, and then not before everything is read", async () => {
    const { store } = await write(POINTS, some(20));
    const before = await filesOf(store);
    await expect(write(POINTS, some(30), {}, store)).rejects.toThrow(/annotations already.*overwrite/);
    const broken = [...some(30), { geometry: [1] }];
    await expect(write(POINTS, broken, { overwrite: true }, store)).rejects.toThrow(CloudVolumeError);
    expect(await filesOf(store)).toEqual(before);
    const { layer } = await write(POINTS, some(10), { overwrite: true }, store);
    expect(await layer.ids()).toHaveLength(10);
    await store.remove!("info");
    await expect(write(POINTS, some(3), {}, store)).rejects.toThrow("not written to their end");
    await store.write!("info", Buffer.from('{"@type": "neuroglancer_multiscale_volume"}'));
    await expect(write(POINTS, some(3), { overwrite: true }, store)).rejects.toThrow("something else");
  });

  test("on disk: no temporary file, no folder of another's", async () => {
    const { layer, store } = await write(POINTS, some(1500), {}, fileStore(scratchDirectory()));
    expect((await keysOf(store)).filter((key) => !/^(info|(by_id|spatial\d)\/0\.shard)$/.test(key))).toEqual(
      [],
    );
    expect(await layer.ids()).toHaveLength(1500);
  });
});

test("no annotations at all", async () => {
  const { layer } = await write({ ...POINTS, relationships: ["a"] }, []);
  expect(await layer.ids()).toEqual([]);
  expect((await layer.getByBbox([0, 0, 0, 1, 1, 1])).length).toBe(0);
  for await (const one of layer.getAll()) expect(one).toBeUndefined();
});

describe("what cannot be stored is named", () => {
  const schema: AnnotationSchema = {
    ...POINTS,
    properties: [
      { id: "n", type: "uint8", enumValues: [1, 2], enumLabels: ["one", "two"] },
      { id: "color", type: "rgb" },
    ],
    relationships: ["of"],
  };
  const good = { geometry: [1, 2, 3], properties: { n: "two", color: "#0a0B0c" }, relationships: { of: 7 } };

  test("labels, colors and single ids are taken", async () => {
    const { layer } = await write(schema, [good]);
    expect((await layer.getById(0)).properties).toEqual({ n: 2, color: [10, 11, 12] });
    expect((await layer.getById(0)).relationships).toEqual({ of: [7n] });
  });

  test.each([
    [{ ...good, geometry: [1, 2] }, "number 2, geometry"],
    [{ ...good, geometry: [1, 2, Number.NaN] }, "number 2, geometry"],
    [{ ...good, geometry: [1, 2, 1e39] }, "number 2, geometry"],
    [{ ...good, id: -1 }, "number 2, id -1, id"],
    [{ ...good, id: 2 ** 53 }, "id"],
    [{ ...good, properties: { ...good.properties, n: 256 } }, "number 2, n"],
    [{ ...good, properties: { ...good.properties, n: "three" } }, "one, two"],
    [{ ...good, properties: { ...good.properties, color: "red" } }, "#rrggbb"],
    [{ ...good, properties: { n: 1 } }, "number 2, color"],
    [{ ...good, properties: { ...good.properties, m: 1 } }, "number 2, properties"],
    [{ ...good, relationships: { off: 1 } }, "number 2, relationships"],
    [{ ...good, relationships: { of: [1, "x"] } }, "number 2, of"],
    [{ ...good, id: 0 }, "numbers? 1 and 2.*got 0"],
  ])("%j", async (wrong, place) => {
    const store = freshStore();
    const writing = write(schema, [good, wrong as AnnotationInput], {}, store);
    await expect(writing).rejects.toMatchObject({ name: "EncodingError" });
    await expect(writing).rejects.toThrow(new RegExp(place));
    expect(await filesOf(store)).toEqual(new Map());
  });

  test.each([
    [{ ...POINTS, type: "SPHERE" }, {}],
    [{ ...POINTS, dimensions: {} }, {}],
    [{ ...POINTS, dimensions: { x: [1, "parsec"] } }, {}],
    [{ ...POINTS, dimensions: { "1": [1, "m"] } }, {}],
    [{ ...POINTS, properties: [{ id: "Size", type: "uint8" }] }, {}],
    [{ ...POINTS, properties: [{ id: "size", type: "float64" }] }, {}],
    [{ ...POINTS, properties: [{ id: "c", type: "rgb", enumValues: [1], enumLabels: ["a"] }] }, {}],
    [{ ...POINTS, relationships: ["a", "a"] }, {}],
    [POINTS, { lowerBound: [0] }],
    [POINTS, { lowerBound: [0, 0, 0], upperBound: [1, 0, 1] }],
    [POINTS, { upperBound: [10, 10, 10] }],
    [POINTS, { limit: 0 }],
    [POINTS, { seed: -1 }],
  ])("schema %j, options %j", async (schema, options) => {
    const writing = write(schema as unknown as AnnotationSchema, some(20), options);
    await expect(writing).rejects.toBeInstanceOf(CloudVolumeError);
  });
});

test("properties are stored in the order of their sizes, and the info says so", async () => {
  const types = ["uint8", "rgb", "int16", "float32", "uint32", "uint16"] as const;
  const schema = { ...POINTS, properties: types.map((type) => ({ id: type, type })) };
  const properties = { uint8: 1, rgb: [1, 2, 3], int16: -2, float32: 0.5, uint32: 7, uint16: 8 };
  const { layer } = await write(schema, [{ geometry: [1, 2, 3], properties }]);
  const stored = ["uint32", "float32", "int16", "uint16", "uint8", "rgb"];
  expect(layer.info.properties.map(({ id }) => id)).toEqual(stored);
  expect((await layer.getById(0)).properties).toEqual(properties);
  expect(layer.info.dimensions[0]).toEqual({ name: "x", scale: 8e-9, unit: "m" });
});
