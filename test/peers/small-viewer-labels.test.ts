/** Labels in the small viewer in Chromium: their colours, overlays, selection, and where a cut-out lies. */
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { BANDS, colorOf, image, LARGE, labels, mixed } from "../support/viewer-arrays.js";
import {
  click,
  colors,
  hover,
  pageFiles,
  press,
  type Rgb,
  settled,
  show,
  value,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("labels of the small viewer in the browser") ? test : test.skipIf(true);
const quiet = { open: false, port: 0, notify: (): void => {} };

async function plainContrast(page: Page): Promise<void> {
  await page.getByLabel("black").last().fill("0");
  await page.getByLabel("white").last().fill("255");
  await page.getByLabel("white").last().blur();
  await settled(page);
}

check("labels have Neuroglancer's colours, 0 none; g shows gray levels instead", async () => {
  const { page, errors } = await show(labels);
  expect(await colors(page, "z", BANDS)).toEqual([0n, LARGE, 7n].map(colorOf));
  expect(await colors(page, "y", BANDS)).toEqual([0n, LARGE, 7n].map(colorOf));
  await hover(page, "z", 5, 2);
  expect(await value(page)).toBe(String(LARGE));
  await press(page, "g");
  const [nothing, large, small] = await colors(page, "z", BANDS);
  expect([nothing, large, small]).toEqual([
    [0, 0, 0],
    [255, 255, 255],
    [0, 0, 0],
  ]);
  await press(page, "g");
  expect(await colors(page, "z", BANDS)).toEqual([0n, LARGE, 7n].map(colorOf));
  expect(errors).toEqual([]);
});

check("overlay: labels over an image, opacity by keys and slider, layers on and off", async () => {
  const { page } = await show([image, labels]);
  await plainContrast(page);
  const under = [102, 102, 102];
  const over = (opacity: number): Rgb[] => [
    under,
    mixed(under, colorOf(LARGE), opacity),
    mixed(under, colorOf(7n), opacity),
  ];
  expect(await colors(page, "z", BANDS)).toEqual(over(0.45));
  await press(page, "w", "w");
  expect(await colors(page, "z", BANDS)).toEqual(over(0.65));
  await press(page, "q");
  expect(await colors(page, "z", BANDS)).toEqual(over(0.55));
  await page.getByLabel("opacity").first().fill("0.2");
  expect(await colors(page, "z", BANDS)).toEqual(over(0.2));
  await page.getByLabel("opacity").first().blur();
  await press(page, "o");
  expect(await colors(page, "z", BANDS)).toEqual([under, under, under]);
  await press(page, "o");
  await page.getByLabel("Show image").click();
  await settled(page);
  expect((await colors(page, "z", BANDS))[0]).toEqual([0, 0, 0]);
  await hover(page, "z", 9, 2);
  expect([await value(page, "image"), await value(page, "segmentation")]).toEqual(["102", "7"]);
});

check("selection: double click, Enter, tool, by number; others faint or hidden", async () => {
  const { page } = await show(labels);
  const faint = (label: bigint): Rgb => mixed([0, 0, 0], colorOf(label), 0.2);
  const [none, large, small] = [0n, LARGE, 7n].map(colorOf);
  const chips = async (): Promise<string[]> => {
    await settled(page);
    return await page.locator(".chip").allTextContents();
  };
  await page.mouse.dblclick(...(await voxelPixel(page, "z", 9, 2)));
  await settled(page);
  expect(await chips()).toEqual(["7"]);
  expect(
    await colors(page, "z", [
      [1, 4],
      [5, 4],
      [10, 4],
    ]),
  ).toEqual([none, faint(LARGE), small]);
  await press(page, "h");
  expect(
    await colors(page, "z", [
      [1, 4],
      [5, 4],
      [10, 4],
    ]),
  ).toEqual([none, none, small]);
  await press(page, "h");
  expect(
    await colors(page, "z", [
      [1, 4],
      [5, 4],
      [10, 4],
    ]),
  ).toEqual([none, large, small]);
  await click(page, "Only what is selected");
  await hover(page, "z", 5, 4);
  await page.mouse.move(5, 5);
  await hover(page, "z", 5, 4);
  await page.locator('.pane[data-axis="z"] .stage').focus();
  await press(page, "Enter");
  expect(await chips()).toEqual(["7", String(LARGE)]);
  expect(
    await colors(page, "z", [
      [5, 4],
      [10, 4],
    ]),
  ).toEqual([large, small]);
  await press(page, "s");
  await page.mouse.click(...(await voxelPixel(page, "z", 10, 4)));
  await settled(page);
  expect(await chips()).toEqual([String(LARGE)]);
  await page.mouse.click(...(await voxelPixel(page, "z", 1, 4)));
  await settled(page);
  expect(await chips()).toEqual([String(LARGE)]);
  await page.locator(".chip").click();
  await settled(page);
  expect(await chips()).toEqual([]);
  const input = page.getByLabel("Add a label");
  await input.fill(`7, ${LARGE}, -3, x`);
  await input.press("Enter");
  expect(await chips()).toEqual(["7", String(LARGE)]);
  await input.blur();
  await press(page, "Escape");
  expect(await chips()).toEqual([]);
  expect(
    await colors(page, "z", [
      [5, 4],
      [10, 4],
    ]),
  ).toEqual([large, small]);
});

check("a cut-out has its layer's name, coordinates, voxel size and type", async () => {
  const vol = await CloudVolume.fromArray(labels, {
    resolution: [8, 8, 40],
    voxelOffset: [100, 200, 300],
    chunkSize: [12, 10, 8],
  });
  const cutout = await vol.download("102:110, 203:209, 301:307");
  const viewer = await cutout.viewer({ ...quiet, files: pageFiles() });
  onTestFinished(() => viewer.close());
  const scene = (await (await fetch(`${viewer.url}scene`)).json()) as Record<string, unknown>;
  expect(scene).toMatchObject({
    shape: [8, 6, 6],
    resolution: [8, 8, 40],
    offset: [102, 203, 301],
    unit: true,
    title: vol.layer,
  });
  expect(scene).toMatchObject({ layers: [{ kind: "segmentation", dtype: "uint64", shape: [8, 6, 6, 1] }] });
});
