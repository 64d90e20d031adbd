/**
 * Our Neuroglancer, opened as `view` opens it, in a real browser: images, segmentations, meshes and skeletons, of golden
 * data and written by us. Asserts pixels; leaves pictures in .cache/pictures.
 */
import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { sphere } from "../../src/geometry/mesh/testing.js";
import {
  CloudVolume,
  Mesh,
  type OpenNeuroglancerOptions,
  openNeuroglancer,
  type Servables,
} from "../../src/node.js";
import { neuroglancerLink } from "../../src/server/neuroglancer.js";
import { haveChromium, openPage } from "../support/chromium.js";
import { goldenPath, goldenRoot } from "../support/golden.js";
import { leaveOut } from "../support/left-out.js";
import { BARE, type Color, screenOf } from "../support/neuroglancer.js";

const WHAT = "Neuroglancer on golden layers";
const hasChromium = haveChromium(WHAT);
if (goldenRoot === undefined) leaveOut(WHAT, "no golden data (set CLOUDVOLUME_GOLDEN)");
const PICTURES = ".cache/pictures";
const IDS = [1036425, 2108896, 6951581, 7576573, 7879582, 8120129, 8339281, 8477908, 4503599627382841n];

/** How many pixels of a panel's inner part are grey, black or coloured, and how many colours there are. */
interface Seen {
  readonly gray: number;
  readonly colored: number;
  readonly colors: number;
}

async function seen(page: Page, panel = 0): Promise<Seen> {
  const screen = await screenOf(page);
  const box = await page.locator(".neuroglancer-rendered-data-panel").nth(panel).boundingBox();
  if (box === null) return { gray: 0, colored: 0, colors: 0 };
  let [gray, colored] = [0, 0];
  const hues = new Set<number>();
  for (let y = box.y + 4; y < box.y + box.height - 4; y += 2)
    for (let x = box.x + 4; x < box.x + box.width - 4; x += 2) {
      const color: Color = screen.at(x, y);
      const [low, high] = [Math.min(...color), Math.max(...color)];
      // Neuroglancer's grounds are black and the grey of 128.
      if (high - low > 24) {
        colored++;
        hues.add(hueOf(color));
      } else if (high > 0 && (low < 127 || high > 129)) gray++;
    }
  return { gray, colored, colors: hues.size };
}

/** The twelfth of the circle of colours. */
function hueOf([r, g, b]: Color): number {
  return Math.floor(((Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) / Math.PI + 1) / 2) * 12) % 12;
}

/** Looks until enough is seen. @returns what is seen at last. */
async function shown(
  name: string,
  layers: Servables,
  enough: (seen: Seen) => boolean,
  options: OpenNeuroglancerOptions = {},
): Promise<Seen> {
  const pages = pathToFileURL(`${inject("build")}/neuroglancer/`);
  const view = await openNeuroglancer(layers, { ...options, pages, port: 0, browser: false });
  const { page } = await openPage({ width: 800, height: 600 });
  try {
    const home = await fetch(view.url, { redirect: "manual" });
    expect([home.status, home.headers.get("location")]).toEqual([302, view.link]);
    // Axes and boxes have colours, too: what is counted is data alone.
    await page.goto(neuroglancerLink({ ...view.state, ...BARE }, `${view.url}/neuroglancer/`));
    await page.waitForSelector(".neuroglancer-rendered-data-panel", { timeout: 50_000 });
    const end = Date.now() + 40_000;
    let found = await seen(page);
    while (!enough(found) && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 300));
      found = await seen(page);
    }
    await page.goto(view.link);
    await new Promise((done) => setTimeout(done, 2000));
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/neuroglancer-${name}.png` });
    return found;
  } finally {
    await page.close();
    await view.close();
  }
}

describe.runIf(hasChromium && goldenRoot !== undefined)("golden layers", () => {
  test("an image", async () => {
    const enough = ({ gray }: Seen): boolean => gray > 5000;
    const found = await shown("image", goldenPath("real/em_png/layer"), enough);
    expect(found.gray).toBeGreaterThan(5000);
  });

  test("a segmentation", async () => {
    const vol = await CloudVolume.open(goldenPath("images/mips_seg_uint64_221/layer"), { fillMissing: true });
    const enough = ({ colored, colors }: Seen): boolean => colored > 2000 && colors >= 2;
    const found = await shown("segmentation", vol, enough);
    expect(found.colored).toBeGreaterThan(2000);
    expect(found.colors).toBeGreaterThanOrEqual(2);
  });

  test.each([
    ["meshes", "meshes/multilod_unsharded_q16/layer"],
    ["meshes-sharded", "meshes/multilod_sharded_q10_rawidx/layer"],
    ["meshes-legacy", "meshes/legacy_raw/layer"],
    ["skeletons", "meshes/skeletons_unsharded/layer"],
    ["skeletons-sharded", "meshes/skeletons_sharded_murmur/layer"],
    ["skeletons-attributes", "meshes/skeletons_sharded_attrs/layer"],
    ["skeletons-alone", "meshes/skeletons_sharded_attrs/layer/skeletons"],
    ["meshes-alone", "meshes/multilod_sharded_q16/layer/mesh"],
  ])("%s", async (name, path) => {
    const least = name.startsWith("meshes") ? 4000 : 150;
    const enough = ({ colored, colors }: Seen): boolean => colored > least && colors >= 3;
    const found = await shown(name, goldenPath(path), enough, { layout: "3d", segments: IDS });
    expect(found.colored).toBeGreaterThan(least);
    expect(found.colors).toBeGreaterThanOrEqual(3);
  });
});

describe.runIf(hasChromium)("written by us", () => {
  test("labels with meshes of several levels of detail, found by themselves", async () => {
    const side = 64;
    const data = new BigUint64Array(side ** 3);
    const centers = [16, 46].map((x) => [x, 32, 32] as const);
    for (let i = 0; i < data.length; i++) {
      const [x, y, z] = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)];
      const at = centers.findIndex(([cx, cy, cz]) => Math.hypot(x - cx, y - cy, z - cz) < 14);
      if (at >= 0) data[i] = BigInt(at + 7);
    }
    const stride = [1, side, side * side];
    const vol = await CloudVolume.fromArray(
      { data, shape: [side, side, side], stride, dtype: "uint64" },
      { resolution: [8, 8, 8], encoding: "crackle", layerType: "segmentation", chunkSize: [64, 64, 64] },
    );
    vol.info.mesh = "mesh";
    await vol.commitInfo();
    await vol.mesh.toMultiResolution(16);
    await vol.mesh.commitInfo();
    const ball = (at: number): Mesh =>
      new Mesh({
        ...sphere(
          24,
          14 * 8,
          centers[at]!.map((n) => n * 8),
        ),
        segid: at + 7,
      });
    await vol.mesh.put([ball(0), ball(1)], { lods: 2 });
    const enough = ({ colored, colors }: Seen): boolean => colored > 4000 && colors >= 2;
    const found = await shown("written", vol, enough, { layout: "3d" });
    expect(found.colored).toBeGreaterThan(4000);
    expect(found.colors).toBeGreaterThanOrEqual(2);
  });
});
