/** Encoding and decoding of annotations, their layout, geometry and grids. */
import { describe, expect, test } from "vitest";
import { annotationTargets } from "../../../../test/fuzz/annotations.js";
import { fuzz } from "../../../../test/fuzz/run.js";
import { random } from "../../../../test/generators/random.js";
import { CloudVolumeError, DecodingError, EncodingError, InfoError } from "../../../base/errors.js";
import {
  cellOfCode,
  cellOfName,
  cellsOf,
  cellsTouching,
  codeOfCell,
  compareCells,
  eachCell,
  wholeGrid,
} from "./cells.js";
import { decodeAnnotation, decodeAnnotations } from "./decode.js";
import { encodeAnnotation, encodeAnnotations } from "./encode.js";
import { boundsOf, intersects } from "./geometry.js";
import { enumLabel, parseAnnotationInfo } from "./info.js";
import { recordLayout } from "./layout.js";
import { randomAnnotation, randomInfo, randomInfoJson, TYPES } from "./testing.js";

const rng = random(5);

describe("records", () => {
  test.each(TYPES)("%s: random schemas come back", (type) => {
    for (let round = 0; round < 60; round++) {
      const info = randomInfo(rng, type);
      const layout = recordLayout(info);
      const all = Array.from({ length: rng(20) }, (_, i) => randomAnnotation(rng, info, BigInt(i) << 58n));
      for (const one of all)
        expect(decodeAnnotation(layout, one.id, encodeAnnotation(layout, one), "x")).toEqual(one);
      const bare = all.map(({ relationships: _, ...rest }) => rest);
      expect(decodeAnnotations(layout, encodeAnnotations(layout, all), "x")).toEqual(bare);
      const even = decodeAnnotations(
        layout,
        encodeAnnotations(layout, all),
        "x",
        (_, id) => (id >> 58n) % 2n === 0n,
      );
      expect(even).toEqual(bare.filter((_, i) => i % 2 === 0));
    }
  });

  test("properties: 4 bytes, then 2, then 1, in the info's order, padded to 4", () => {
    const info = parseAnnotationInfo(
      {
        ...randomInfoJson(rng, "POINT"),
        dimensions: { x: [1, "m"] },
        lower_bound: [0],
        upper_bound: [1],
        spatial: [],
        properties: ["uint8", "rgb", "int16", "float32", "int8", "uint32", "uint16", "rgba"].map(
          (type, i) => ({
            id: `p${i}`,
            type,
          }),
        ),
        relationships: [{ id: "r", key: "r" }],
      },
      "info",
    );
    const layout = recordLayout(info);
    expect(layout.fields.map(({ offset }) => offset)).toEqual([12, 13, 8, 0, 16, 4, 10, 17]);
    expect(layout.propertyBytes).toBe(24);
    const bytes = encodeAnnotation(layout, {
      id: 1n,
      geometry: Float32Array.of(1),
      properties: { p0: 1, p1: [2, 3, 4], p2: -2, p3: 1, p4: -1, p5: 5, p6: 6, p7: [7, 8, 9, 10] },
      relationships: { r: [258n] },
    });
    const hex = "0000803f 0000803f05000000 feff0600 01020304 ff0708090a 000000 01000000 0201000000000000";
    expect(Buffer.from(bytes).toString("hex")).toBe(hex.replaceAll(" ", ""));
  });

  test("every prefix, and bytes after the end: a typed error", () => {
    for (const type of TYPES) {
      const info = randomInfo(rng, type);
      const layout = recordLayout(info);
      const one = encodeAnnotation(layout, randomAnnotation(rng, info, 1n));
      const list = encodeAnnotations(
        layout,
        [1n, 2n, 3n].map((id) => randomAnnotation(rng, info, id)),
      );
      for (let n = 0; n < one.length; n++)
        expect(() => decodeAnnotation(layout, 1n, one.subarray(0, n), "x")).toThrow(DecodingError);
      for (let n = 0; n < list.length; n++)
        expect(() => decodeAnnotations(layout, list.subarray(0, n), "x")).toThrow(DecodingError);
      expect(() => decodeAnnotation(layout, 1n, Uint8Array.of(...one, 0), "x")).toThrow(DecodingError);
      expect(() => decodeAnnotations(layout, Uint8Array.of(...list, 0), "x")).toThrow(DecodingError);
      for (let bit = 0; bit < 8 * list.length; bit++) {
        const damaged = list.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        try {
          expect(decodeAnnotations(layout, damaged, "x")).toHaveLength(3);
        } catch (error) {
          expect(error).toBeInstanceOf(CloudVolumeError);
        }
      }
    }
  });

  test("what cannot be stored is refused", () => {
    const json = { ...randomInfoJson(random(1), "LINE"), properties: [{ id: "n", type: "uint8" }] };
    const info = parseAnnotationInfo(json, "info");
    const layout = recordLayout(info);
    const good = randomAnnotation(rng, info, 1n);
    for (const wrong of [
      { ...good, geometry: new Float32Array(1) },
      { ...good, properties: {} },
      { ...good, properties: { n: 256 } },
      { ...good, properties: { n: 0.5 } },
      { ...good, properties: { n: [1] } },
      { ...good, id: 2n ** 64n },
    ])
      expect(() => encodeAnnotations(layout, [wrong])).toThrow(EncodingError);
  });
});

describe("info", () => {
  test("either case of names, enumerations; what is wrong is named", () => {
    const json = {
      ...randomInfoJson(rng, "ELLIPSOID"),
      annotation_type: "axis_ALIGNED_bounding_box",
      properties: [{ id: "c", type: "UINT8", enum_values: [0, 7], enum_labels: ["a", "b"] }],
    };
    const info = parseAnnotationInfo(json, "info");
    expect(info.type).toBe("AXIS_ALIGNED_BOUNDING_BOX");
    expect([7, 0, 1].map((v) => enumLabel(info.properties[0]!, v))).toEqual(["b", "a", undefined]);
    for (const [wrong, field] of [
      [{ annotation_type: "SPHERE" }, "annotation_type"],
      [{ lower_bound: [1, 2, 3, 4, 5, 6, 7] }, "lower_bound"],
      [{ dimensions: {} }, "dimensions"],
      [{ dimensions: { x: [0, "m"] } }, "dimensions.x"],
      [{ properties: [{ id: "a", type: "float64" }] }, "properties[0].type"],
      [
        {
          properties: [
            { id: "a", type: "rgb" },
            { id: "a", type: "rgb" },
          ],
        },
        "properties[1].id",
      ],
      [{ properties: [{ id: "a", type: "int8", enum_values: [1] }] }, "enum_labels"],
      [{ "@type": "neuroglancer_skeletons" }, "@type"],
    ] as const) {
      expect(() => parseAnnotationInfo({ ...json, ...wrong }, "info")).toThrow(InfoError);
      expect(() => parseAnnotationInfo({ ...json, ...wrong }, "info")).toThrow(field);
    }
  });
});

describe("geometry", () => {
  test("boxes and what they touch", () => {
    const box = { lower: [0, 0], upper: [10, 10] };
    const touches = (type: (typeof TYPES)[number], ...points: number[]): boolean =>
      intersects(type, Float32Array.from(points), box);
    expect([touches("POINT", 10, 0), touches("POINT", 10.5, 0)]).toEqual([true, false]);
    // Its bounds touch the box in both cases.
    expect([touches("LINE", -4, 8, 4, 14), touches("LINE", -5, 9, 4, 15)]).toEqual([false, false]);
    expect([touches("LINE", -5, 5, 15, 5), touches("LINE", -4, 6, 6, 14)]).toEqual([true, true]);
    expect(touches("AXIS_ALIGNED_BOUNDING_BOX", 20, 20, -5, 10)).toBe(true);
    expect(touches("AXIS_ALIGNED_BOUNDING_BOX", 20, 20, -5, 10.5)).toBe(false);
    expect([touches("ELLIPSOID", 12, 12, 3, 3), touches("ELLIPSOID", 12, 12, 2.5, 2.5)]).toEqual([
      true,
      false,
    ]);
    expect([touches("ELLIPSOID", 5, 5, 0, 0), touches("ELLIPSOID", 11, 5, 0, 0)]).toEqual([true, false]);
    expect(touches("POLYLINE", -5, -5, -5, 5, 5, 20)).toBe(false);
    expect(touches("POLYLINE", -5, -5, -5, 5, 5, 5)).toBe(true);
    expect([touches("POLYLINE"), touches("POLYLINE", 1, 1)]).toEqual([false, true]);
    expect(boundsOf("ELLIPSOID", 2, Float32Array.of(5, 5, 1, 2))).toEqual({ lower: [4, 3], upper: [6, 7] });
  });
});

describe("grids", () => {
  const level = {
    key: "s",
    sharding: undefined,
    limit: undefined,
    gridShape: [5, 1, 3, 2],
    chunkSize: [10, 10, 20, 5],
  };
  test("names and codes of cells, of four dimensions", () => {
    const cells = [...eachCell(wholeGrid(level))];
    expect(cells).toHaveLength(30);
    expect([...cells].sort(compareCells)).toEqual(cells);
    const codes = cells.map((cell) => codeOfCell(cell, level));
    expect(new Set(codes).size).toBe(30);
    expect(codes.map((code) => cellOfCode(code, level))).toEqual(cells);
    expect(codeOfCell([4, 0, 2, 1], level)).toBe(0b110100n);
    expect(cells.map((cell) => cellOfName(cell.join("_"), level))).toEqual(cells);
    expect(["5_0_0_0", "1_0_0", "a", "0_0_0_0.gz"].map((n) => cellOfName(n, level))).toEqual(
      Array(4).fill(undefined),
    );
    expect(cellOfCode(2n ** 40n, level)).toBeUndefined();
  });

  test("cells of boxes: a border alone is no overlap, but may hold what touches", () => {
    const box = { lower: [10, 0, 20, 0], upper: [20, 5, 30, 5] };
    const origin = [0, 0, 0, 0];
    expect(cellsOf(level, origin, box)).toEqual({ first: [1, 0, 1, 0], last: [1, 0, 1, 0] });
    expect(cellsTouching(level, origin, box)).toEqual({ first: [0, 0, 0, 0], last: [2, 0, 1, 1] });
    const outside = { lower: [900, 0, 0, 0], upper: [901, 1, 1, 1] };
    expect(cellsOf(level, origin, outside)).toBeUndefined();
    expect(cellsTouching(level, origin, outside).first[0]).toBe(4);
  });
});

test.each(annotationTargets())("$name: 400 damaged inputs", async (target) => {
  const report = await fuzz(target, 400, 3);
  expect(report.violations.map(({ what }) => what)).toEqual([]);
  expect(report.refused.size).toBeGreaterThan(0);
});
