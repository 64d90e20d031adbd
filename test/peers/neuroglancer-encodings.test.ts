/**
 * Every encoding that CloudVolume lists, every data type and compression at rest, seen in stock Neuroglancer through
 * `serve`: a section's pixels are compared with the truth, voxel by voxel. In a real browser.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { type GoldenEntry, goldenEntries, goldenPath, goldenTruth } from "../support/golden.js";
import { Viewer } from "../support/neuroglancer.js";
import { look, TOLERANCE } from "../support/neuroglancer-look.js";

const WHAT = "encodings in Neuroglancer";
const hasChromium = haveChromium(WHAT);
const entries = hasChromium ? goldenEntries(["image", "image-mips"], WHAT) : [];

let viewer: Viewer;
beforeAll(async () => {
  if (hasChromium) viewer = await Viewer.open();
});

/** The first golden layers that a name begins. */
const golden = (pattern: RegExp): GoldenEntry[] => entries.filter(({ path }) => pattern.test(path));

describe.runIf(entries.length > 0)("golden layers of CloudVolume and tensorstore", () => {
  const all = golden(/^images\//);
  test.each(all.map((entry) => [entry.path, entry] as const))("%s", async (path, entry) => {
    const truth = goldenTruth(entry.mips[0]!.truth);
    if (truth === undefined) return expect(entry.mips[0]!.truth.file).toBeUndefined();
    const vol = await CloudVolume.open(goldenPath(path), {
      fillMissing: true,
      ...(entry.background_color === undefined ? {} : { backgroundColor: entry.background_color }),
    });
    const lossy = /jpeg|jxl|prec|rate|tolerance|zfpc/.test(path);
    // Decoders differ in how they spread colours between pixels.
    const tolerance = /jpeg.*c3/.test(path) ? 48 : lossy ? 12 : TOLERANCE;
    expect(await look(viewer, vol, truth, tolerance)).toBeUndefined();
  });
});

afterAll(() => {
  if (hasChromium && viewer.watched.errors.length > 0)
    console.log([...new Set(viewer.watched.errors)].slice(0, 20).join("\n"));
});
