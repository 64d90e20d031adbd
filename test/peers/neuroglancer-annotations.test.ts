/**
 * Annotations of every type, in shards and in single files, seen in stock Neuroglancer through `serve`: each has its place and
 * the colour of its property, all other properties the values that were written. In a real browser.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import {
  type AnnotationInput,
  type AnnotationSchema,
  type AnnotationType,
  type Serving,
  serve,
  writeAnnotations,
} from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { BARE, type Color, type Screen, Viewer } from "../support/neuroglancer.js";
import { scratchDirectory } from "../support/scratch.js";

const hasChromium = haveChromium("annotations in Neuroglancer");

/** Pixels of a voxel; voxels from one annotation to the next. */
const ZOOM = 6;
const SPACING = 24;
const COLUMNS = 4;
const COUNT = 12;
const PLANE = 10.5;
const CENTER = [36.001, 24.001] as const;
const TOLERANCE = 6;

/** Two of each size around those that are compared, so that a wrong offset of any shows. */
const PROPERTIES: AnnotationSchema["properties"] = [
  { id: "flag", type: "uint8" },
  { id: "color", type: "rgb" },
  { id: "short", type: "int16" },
  { id: "real", type: "float32" },
  { id: "whole", type: "uint32" },
  { id: "word", type: "uint16" },
  { id: "more", type: "uint32" },
  { id: "shade", type: "rgba" },
  { id: "tiny", type: "int8" },
  { id: "signed", type: "int32" },
];
const VALUES = {
  flag: 201,
  short: -1234,
  real: 0.25,
  whole: 4_000_000_001,
  word: 65_001,
  more: 3_000_000_007,
  shade: [255, 0, 255, 0],
  tiny: -7,
  signed: -2_000_000_003,
};
const RIGHT = [
  "prop_flag() == 201u",
  "prop_short() == -1234",
  "prop_real() == 0.25",
  "prop_whole() == 4000000001u",
  "prop_word() == 65001u",
  "prop_more() == 3000000007u",
  "prop_shade() == vec4(1.0, 0.0, 1.0, 0.0)",
  "prop_tiny() == -7",
  "prop_signed() == -2000000003",
].join(" && ");
const LOOKS: Readonly<Record<AnnotationType, string>> = {
  POINT: "setPointMarkerSize(24.0); setPointMarkerBorderWidth(0.0);",
  LINE: "setLineWidth(14.0); setEndpointMarkerSize(0.0); setEndpointMarkerBorderWidth(0.0);",
  AXIS_ALIGNED_BOUNDING_BOX: "setBoundingBoxFillColor(vec4(shown, 1.0));",
  ELLIPSOID: "setEllipsoidFillColor(vec4(shown, 1.0));",
  POLYLINE: "setLineWidth(14.0); setEndpointMarkerSize(0.0); setEndpointMarkerBorderWidth(0.0);",
};
const shaderOf = (type: AnnotationType): string => `void main() {
  vec3 shown = ${RIGHT} ? prop_color() : vec3(1.0);
  setColor(vec4(shown, 1.0));
  ${LOOKS[type]}
}`;

const placeOf = (i: number): readonly [number, number] => [
  SPACING * (i % COLUMNS),
  SPACING * Math.floor(i / COLUMNS),
];
const colorOf = (i: number): Color => [40 + 15 * i, 220 - 15 * i, i % 2 === 0 ? 30 : 170];

function geometryOf(type: AnnotationType, i: number): number[] {
  const [x, y] = placeOf(i);
  if (type === "POINT") return [x, y, PLANE];
  if (type === "LINE") return [x - 5, y - 5, PLANE, x + 5, y + 5, PLANE];
  if (type === "ELLIPSOID") return [x, y, PLANE, 5, 4, 3];
  if (type === "AXIS_ALIGNED_BOUNDING_BOX") return [x - 5, y - 4, PLANE - 3, x + 5, y + 4, PLANE + 3];
  return [x - 6, y + 6, PLANE, x - 5, y, PLANE, x + 5, y, PLANE];
}

/** What is wrong on the screen; undefined: where an annotation is to be there is its colour, and where none is, nothing. */
function compare(
  screen: Screen,
  [mx, my]: readonly [number, number],
  isShown: (i: number) => boolean,
): string | undefined {
  for (let i = 0; i < COUNT; i++) {
    const [x, y] = placeOf(i);
    const seen = screen.at(mx + (x - CENTER[0]) * ZOOM, my + (y - CENTER[1]) * ZOOM);
    const wanted = isShown(i) ? colorOf(i) : [0, 0, 0];
    if (wanted.some((w, c) => !(Math.abs(w - seen[c]!) <= TOLERANCE)))
      return `annotation ${i}: ${seen}, not ${wanted}`;
  }
  const [x, y] = [mx + (SPACING / 2 - CENTER[0]) * ZOOM, my + (SPACING / 2 - CENTER[1]) * ZOOM];
  const between = screen.at(x, y);
  return between.every((c) => c <= TOLERANCE) ? undefined : `between annotations: ${between}`;
}

describe.runIf(hasChromium)("annotations in Neuroglancer", () => {
  let viewer: Viewer;
  let serving: Serving;
  const folder = scratchDirectory();
  const types = Object.keys(LOOKS) as AnnotationType[];
  const layers = types.flatMap((type) => [true, false].map((sharded) => ({ type, sharded })));
  const nameOf = (type: AnnotationType, sharded: boolean): string => `${type.toLowerCase()}-${sharded}`;

  beforeAll(async () => {
    const offered: Record<string, string> = {};
    for (const { type, sharded } of layers) {
      const path = join(folder, nameOf(type, sharded));
      const annotations = Array.from(
        { length: COUNT },
        (_, i): AnnotationInput => ({
          id: BigInt(i) << 40n,
          geometry: geometryOf(type, i),
          properties: { ...VALUES, color: [...colorOf(i)] },
          relationships: { cell: i % 3 },
        }),
      );
      const dimensions = { x: [8, "nm"], y: [8, "nm"], z: [8, "nm"] } as const;
      const schema: AnnotationSchema = { type, dimensions, properties: PROPERTIES, relationships: ["cell"] };
      const layer = await writeAnnotations(`file://${path}`, schema, annotations, { sharded, limit: 3 });
      expect(layer.summary().levels.length).toBeGreaterThan(1);
      offered[nameOf(type, sharded)] = `file://${path}`;
    }
    serving = await serve(offered, { port: 0 });
    viewer = await Viewer.open();
  });
  afterAll(() => serving?.close());

  async function look(
    type: AnnotationType,
    sharded: boolean,
    isShown: (i: number) => boolean,
    more: { readonly layer?: JsonObject; readonly layers?: JsonObject[] } = {},
  ): Promise<string | undefined> {
    const layer: JsonObject = {
      type: "annotation",
      name: "annotations",
      source: `precomputed://${serving.url}/${nameOf(type, sharded)}`,
      shader: shaderOf(type),
      ...more.layer,
    };
    await viewer.show({
      dimensions: { x: [8e-9, "m"], y: [8e-9, "m"], z: [8e-9, "m"] },
      position: [...CENTER, PLANE],
      crossSectionScale: 1 / ZOOM,
      layout: "xy",
      layers: [...(more.layers ?? []), layer],
      ...BARE,
    });
    const middle = await viewer.middle();
    return await viewer.until((screen) => compare(screen, middle, isShown));
  }

  test.each(layers)("$type, sharded: $sharded", { timeout: 90_000 }, async ({ type, sharded }) => {
    expect(await look(type, sharded, () => true)).toBeUndefined();
    expect(viewer.watched.errors).toEqual([]);
  });

  test.each([true, false])("those of a segment alone, sharded: %s", { timeout: 90_000 }, async (sharded) => {
    const layer = { linkedSegmentationLayer: { cell: "cells" }, filterBySegmentation: ["cell"] };
    const cells = { type: "segmentation", name: "cells", source: [], segments: ["2"] };
    expect(await look("POINT", sharded, (i) => i % 3 === 2, { layer, layers: [cells] })).toBeUndefined();
  });
});
