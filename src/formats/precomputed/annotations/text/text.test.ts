/** CSV and JSON lines: what comes out, and where what is wrong stands. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { annotationTextTargets } from "../../../../../test/fuzz/annotations.js";
import { fuzz } from "../../../../../test/fuzz/run.js";
import { CloudVolumeError, DecodingError } from "../../../../base/errors.js";
import { type AnnotationInput, toAnnotation } from "../input.js";
import { type Annotation, recordLayout } from "../layout.js";
import { type AnnotationSchema, checkSchema } from "../schema.js";
import { layerArbitrary } from "../testing-layers.js";
import { annotationsFromCsv } from "./csv.js";
import { annotationsFromJsonLines } from "./json-lines.js";
import { linesOf } from "./lines.js";

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const each of source) out.push(each);
  return out;
}

/** As the writer takes them. */
async function stored(
  schema: AnnotationSchema,
  source: AsyncIterable<AnnotationInput>,
): Promise<Annotation[]> {
  const checked = checkSchema(schema);
  const layout = recordLayout(checked);
  return (await all(source)).map((input, i) => toAnnotation(checked, layout, input, i));
}

/** Pieces of a few bytes, which end within lines and characters. */
function* pieces(text: string, size: number): Generator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const SCHEMA: AnnotationSchema = {
  type: "POINT",
  dimensions: { x: [8, "nm"], y: [8, "nm"] },
  properties: [
    { id: "size", type: "float32" },
    { id: "kind", type: "uint8", enumValues: [1, 2], enumLabels: ["spiny, bare", "two"] },
    { id: "color", type: "rgb" },
  ],
  relationships: ["pre", "post"],
};

test("lines, whatever their ends and pieces", async () => {
  const text = "\uFEFFä\r\nb\n\nc😀";
  for (const size of [1, 2, 3, 100])
    expect(await all(linesOf(pieces(text, size), "x"))).toEqual([
      { number: 1, text: "ä" },
      { number: 2, text: "b" },
      { number: 3, text: "" },
      { number: 4, text: "c😀" },
    ]);
  expect(await all(linesOf("a\n", "x"))).toEqual([{ number: 1, text: "a" }]);
  await expect(all(linesOf([Uint8Array.of(10, 0xff, 0xfe)], "x"))).rejects.toThrow(DecodingError);
});

describe("CSV", () => {
  test("columns in any order, quotes, labels, colors, several objects", async () => {
    const text = [
      "post,size,x,y,kind,color,id,pre",
      '7 8,0.5,1,-2.5,"spiny, bare",#010203,18446744073709551615,',
      "",
      ' ,1e2, 3 ,4,2,"#0A0b0c",5,"9;10"',
      '"1\n2",-1,0,0,1,#ffffff,6,3',
    ].join("\r\n");
    const found = await stored(SCHEMA, annotationsFromCsv(pieces(text, 7), SCHEMA));
    const one = (
      id: bigint,
      at: number[],
      size: number,
      kind: number,
      color: number[],
      pre: bigint[],
      post: bigint[],
    ) => ({
      ...{ id, geometry: Float32Array.from(at), properties: { size, kind, color } },
      relationships: { pre, post },
    });
    expect(found).toEqual([
      one(2n ** 64n - 1n, [1, -2.5], 0.5, 1, [1, 2, 3], [], [7n, 8n]),
      one(5n, [3, 4], 100, 2, [10, 11, 12], [9n, 10n], []),
      one(6n, [0, 0], -1, 1, [255, 255, 255], [3n], [1n, 2n]),
    ]);
  });

  test("coordinates of every type; ids by place", async () => {
    const dimensions = { x: [1, "m"], y: [1, "m"] } as const;
    for (const [type, text, geometry] of [
      ["LINE", "x0,y0,x1,y1\n1,2,3,4", [1, 2, 3, 4]],
      ["AXIS_ALIGNED_BOUNDING_BOX", "y1,x1,y0,x0\n4,3,2,1", [1, 2, 3, 4]],
      ["ELLIPSOID", "x\ty\trx\try\n1\t2\t3\t4", [1, 2, 3, 4]],
      ["POLYLINE", "points\n1 2; 3 4; 5 6", [1, 2, 3, 4, 5, 6]],
    ] as const) {
      const schema: AnnotationSchema = { type, dimensions };
      const delimiter = text.includes("\t") ? "\t" : ",";
      const [found] = await stored(schema, annotationsFromCsv(text, schema, { delimiter }));
      expect(found).toMatchObject({ id: 0n, geometry: Float32Array.from(geometry) });
    }
  });

  const TITLES = "x,y,size,kind,color,pre,post";
  test.each([
    ["", "no line of titles"],
    ["x,y,size,kind,color,pre", 'line 1, column "post".*missing|missing.*line 1, column "post"'],
    [`${TITLES},other`, 'line 1, column "other"'],
    [`${TITLES},x`, 'line 1, column "x"'],
    [`${TITLES}\n1,2,3`, "line 2.*expected 7, got 3"],
    [`${TITLES}\n\n1,2,3,1,#000000,,\n1,b,3,1,#000000,,`, 'line 4, column 2 \\(y\\).*a number, got "b"'],
    [`${TITLES}\n1,,3,1,#000000,,`, "line 2, column 2 \\(y\\)"],
    [`${TITLES}\n1,2,big,1,#000000,,`, 'line 2, size.*float32, got "big"'],
    [`${TITLES}\n1,2,3,256,#000000,,`, "line 2, kind.*got 256"],
    [`${TITLES}\n1,2,3,three,#000000,,`, 'line 2, kind.*two, got "three"'],
    [`${TITLES}\n1,2,3,1,red,,`, "line 2, color.*#rrggbb"],
    [`${TITLES}\n1,2,3,1,#000000,-1,`, "line 2, pre.*2\\^64"],
    [`${TITLES}\n1,2,3,1,#000000,,"1`, "line 2.*"],
    [`${TITLES}\n1,2,3,1,"#00"0000,,`, "line 2, character"],
    [`id,${TITLES}\nx,1,2,3,1,#000000,,`, "line 2, id"],
  ])("%j", async (text, message) => {
    const reading = stored(SCHEMA, annotationsFromCsv(text, SCHEMA, { name: "a.csv" }));
    await expect(reading).rejects.toBeInstanceOf(CloudVolumeError);
    await expect(reading).rejects.toThrow(new RegExp(message));
    if (text !== "") await expect(reading).rejects.toThrow("a.csv, line");
  });
});

describe("JSON lines", () => {
  test("any annotations, through pieces of any size", async () => {
    const property = fc.asyncProperty(
      layerArbitrary(),
      fc.integer({ min: 1, max: 300 }),
      async (layer, size) => {
        const { schema, annotations } = layer;
        const text = annotations.map((a) =>
          JSON.stringify({ ...a, geometry: Array.from(a.geometry) }, (_, v) =>
            typeof v === "bigint" ? String(v) : v,
          ),
        );
        const isPlain = !text.some((line) => line.includes("null"));
        fc.pre(isPlain); // JSON has no NaN and no infinity.
        expect(await stored(schema, annotationsFromJsonLines(pieces(text.join("\n"), size)))).toEqual(
          annotations,
        );
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("ids as numbers of any size, nested points, several objects or one", async () => {
    const text =
      `{"id": 18446744073709551615, "geometry": [[1, 2]], "properties": {"size": 1, "kind": "two", "color": [1, 2, 3]},
"relationships": {"pre": 9007199254740993, "post": ["1", 2]}}`.replace("\n", " ");
    const [found] = await stored(SCHEMA, annotationsFromJsonLines(text));
    expect(found).toMatchObject({ id: 2n ** 64n - 1n, geometry: Float32Array.of(1, 2) });
    expect(found?.relationships).toEqual({ pre: [9007199254740993n], post: [1n, 2n] });
  });

  const GOOD = '{"geometry": [1, 2], "properties": {"size": 1, "kind": 1, "color": [1, 2, 3]}}';
  test.each([
    [`${GOOD}\n{"geometry": [1, 2],}`, "line 2, column 21"],
    [`${GOOD}\n\n[1]`, "line 3, column 1"],
    [`${GOOD}\n{"geom": [1, 2]}`, "line 2, members"],
    [`${GOOD}\n{"geometry": "1, 2"}`, "line 2, geometry"],
    [`${GOOD}\n{"geometry": [1]}`, "line 2"],
    [GOOD.replace('"size": 1', '"size": "x"'), "line 1, size"],
    [GOOD.replace('"size": 1', '"size": null'), "line 1, size"],
    [GOOD.replace("{", '{"id": 1.5, '), "line 1, id"],
    [GOOD.replace("{", '{"id": {}, '), "line 1, id"],
    [GOOD.replace("{", '{"relationships": {"pre": {}}, '), "line 1, pre"],
    [GOOD.replace("{", '{"relationships": [], '), "line 1, relationships"],
  ])("%j", async (text, message) => {
    const reading = stored(SCHEMA, annotationsFromJsonLines(text, { name: "a.jsonl" }));
    await expect(reading).rejects.toBeInstanceOf(CloudVolumeError);
    await expect(reading).rejects.toThrow(new RegExp(`a.jsonl, ${message}`));
  });
});

test.each(annotationTextTargets())("$name: 400 damaged inputs", async (target) => {
  const report = await fuzz(target, 400, 3);
  expect(report.violations.map(({ what }) => what)).toEqual([]);
  expect(report.refused.size).toBeGreaterThan(0);
});
