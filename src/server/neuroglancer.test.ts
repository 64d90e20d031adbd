/** The state that Neuroglancer is opened with, and links to it. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../base/json.js";
import { type NeuroglancerLayer, neuroglancerLink, neuroglancerState } from "./neuroglancer.js";

const EXTENT = { resolution: [8, 8, 40], offset: [100, 200, 10], size: [4000, 2000, 50] } as const;
const IMAGE: NeuroglancerLayer = {
  ...{ name: "em", source: "precomputed://gs://b/em", type: "image" },
  ...{ extent: { ...EXTENT, coarsest: [64, 64, 40] }, range: [10, 200] },
};
const LABELS: NeuroglancerLayer = {
  ...{ name: "seg", source: "precomputed://gs://b/seg", type: "segmentation" },
  ...{ extent: EXTENT, segments: [7n, 2n ** 64n - 1n] },
};
const layersOf = (state: JsonObject): JsonObject[] => state.layers as JsonObject[];

describe("a state", () => {
  test("stands in the middle of a voxel in the middle of the first layer, in metres", () => {
    const state = neuroglancerState([IMAGE, LABELS]);
    expect(state.dimensions).toEqual({ x: [8e-9, "m"], y: [8e-9, "m"], z: [4e-8, "m"] });
    expect(state.position).toEqual([2100.5, 1200.5, 35.5]);
    expect(state.layout).toBe("4panel");
  });

  test("shows all of the layer, but nothing finer than its coarsest level", () => {
    expect(neuroglancerState([IMAGE]).crossSectionScale).toBe(8);
    expect(neuroglancerState([{ ...IMAGE, extent: EXTENT }]).crossSectionScale).toBe(5);
    expect(neuroglancerState([IMAGE], { zoom: 4 }).crossSectionScale).toBe(0.5);
    expect(neuroglancerState([IMAGE]).projectionScale).toBe(6000);
  });

  test("goes where the layer or the caller says", () => {
    expect(neuroglancerState([{ ...IMAGE, position: [1, 2, 3] }]).position).toEqual([1.5, 2.5, 3.5]);
    expect(neuroglancerState([IMAGE], { position: [5, 6.25, 7] }).position).toEqual([5.5, 6.25, 7.5]);
  });

  test("of a single plane is that plane", () => {
    const flat = { ...IMAGE, extent: { ...EXTENT, size: [10, 10, 1] as const } };
    expect(neuroglancerState([flat]).layout).toBe("xy");
    expect(neuroglancerState([flat], { layout: "3d" }).layout).toBe("3d");
  });

  test("images have their range, the upper ones let the lower ones through", () => {
    const [first, second] = layersOf(neuroglancerState([IMAGE, { ...IMAGE, range: [0n, 2n ** 63n] }]));
    expect(first).toMatchObject({
      ...{ type: "image", name: "em", source: "precomputed://gs://b/em", opacity: 1 },
      shaderControls: { normalized: { range: [10, 200], window: [10, 200] } },
    });
    expect(second).toMatchObject({ blend: "additive" });
    expect(second?.shaderControls).toMatchObject({ normalized: { range: ["0", "9223372036854775808"] } });
    expect(layersOf(neuroglancerState([{ ...IMAGE, range: undefined }]))[0]).not.toHaveProperty(
      "shaderControls",
    );
  });

  test("of several channels the first is shown, of colours all three", () => {
    const [many] = layersOf(neuroglancerState([{ ...IMAGE, channels: 2 }]));
    expect(many?.shaderControls).toMatchObject({ normalized: { channel: [0] } });
    const [color] = layersOf(neuroglancerState([{ ...IMAGE, channels: 3, isColor: true }]));
    expect(color?.shader).toContain("emitRGB");
  });

  test("selected segments are text, others faint; without any all are shown alike", () => {
    const [some] = layersOf(neuroglancerState([LABELS]));
    expect(some).toMatchObject({ segments: ["7", "18446744073709551615"], notSelectedAlpha: 0.2 });
    const [none] = layersOf(neuroglancerState([{ ...LABELS, segments: undefined }]));
    expect(none).not.toHaveProperty("segments");
    expect(layersOf(neuroglancerState([LABELS], { segments: [9] }))[0]).toMatchObject({ segments: ["9"] });
  });

  test("annotations, and layers that have no extent", () => {
    const state = neuroglancerState([{ name: "a", source: "precomputed://x", type: "annotation" }]);
    expect(layersOf(state)[0]).toMatchObject({ type: "annotation", source: "precomputed://x" });
    expect(state).not.toHaveProperty("position");
  });
});

test("a link holds the state, and comes back as it was", () => {
  const state = neuroglancerState([{ ...IMAGE, name: 'a "b" #%?&ü' }, LABELS]);
  for (const viewer of [undefined, "http://127.0.0.1:1337/neuroglancer/", "https://x.example/#!{}"]) {
    const link = neuroglancerLink(state, viewer);
    const [base, fragment = ""] = link.split("#!");
    expect(base).toBe((viewer ?? "https://neuroglancer-demo.appspot.com/").replace(/#.*/, ""));
    expect(link).toMatch(/^[\x21-\x7e]+$/);
    expect(JSON.parse(decodeURIComponent(fragment))).toEqual(state);
  }
});
