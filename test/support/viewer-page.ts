/** The small viewer's page as a person has it: panes, pixels of the screen, what the status line says. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";
import {
  decodeChunk,
  hyperview,
  parseNpy,
  type StridedArray,
  type ViewOptions,
  view,
} from "../../src/node.js";
import { openPage, type PageOptions, type WatchedPage } from "./chromium.js";

export type Axis = "x" | "y" | "z";
export type Rgb = readonly number[];

export interface ShownPage extends WatchedPage {
  readonly url: string;
}

/** The files of the page as they were built for this test run. */
export const pageFiles = (): URL => pathToFileURL(`${join(inject("build"))}/`);

/** Shows one array, or labels over an image, on a page of its own, until the test ends. */
export async function show(
  arrays: StridedArray | readonly [StridedArray, StridedArray],
  { width = 1200, height = 800, ...options }: ViewOptions & PageOptions = {},
): Promise<ShownPage> {
  const quiet = { open: false, port: 0, files: pageFiles(), notify: () => {}, ...options };
  const isPair = (value: typeof arrays): value is readonly [StridedArray, StridedArray] =>
    Array.isArray(value);
  const viewer = isPair(arrays) ? await hyperview(...arrays, quiet) : await view(arrays, quiet);
  onTestFinished(() => viewer.close());
  const watched = await openPage({ width, height });
  onTestFinished(() => watched.page.context().close());
  await watched.page.goto(viewer.url);
  await settled(watched.page);
  return { ...watched, url: viewer.url };
}

/** Until what is asked for is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("footer");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll<HTMLElement>('.pane[data-shown="true"]')];
    return shown.length > 0 && shown.every((pane) => pane.dataset.waiting === "false");
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

/** Presses a button of the page, by its name. */
export async function click(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name }).click();
  await settled(page);
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a slice lies on the page, past its pane's border too. */
export async function sliceBox(page: Page, axis: Axis): Promise<Box> {
  return await page.locator(`.pane[data-axis="${axis}"] canvas`).evaluate((canvas) => {
    const { x, y, width, height } = canvas.getBoundingClientRect();
    return { x, y, width, height };
  });
}

/** The pixel of the page in the middle of a voxel of a slice: `u` to the right, `v` down. */
export async function voxelPixel(page: Page, axis: Axis, u: number, v: number): Promise<[number, number]> {
  const { x, y, width, height } = await sliceBox(page, axis);
  const [columns, rows] = await page
    .locator(`.pane[data-axis="${axis}"] canvas`)
    .evaluate((canvas) => [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height]);
  return [x + ((u + 0.5) / columns!) * width, y + ((v + 0.5) / rows!) * height];
}

export async function hover(page: Page, axis: Axis, u: number, v: number): Promise<void> {
  await page.mouse.move(...(await voxelPixel(page, axis, u, v)));
  await settled(page);
}

/** The slice that a pane has drawn. */
export async function sliceOf(page: Page, axis: Axis): Promise<number> {
  return Number(await page.locator(`.pane[data-axis="${axis}"] canvas`).getAttribute("data-slice"));
}

export async function place(page: Page): Promise<string> {
  return (await page.locator(".place").textContent()) ?? "";
}

/** What the status line says of a layer: the value under the pointer. */
export async function value(page: Page, layer = "array"): Promise<string> {
  return (await page.locator(`footer [data-value="${layer}"]`).textContent()) ?? "";
}

/** Every pixel of the screen. */
export async function screen(page: Page): Promise<(x: number, y: number) => Rgb> {
  const png = await page.screenshot();
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const { data } = await decodeChunk("png", png, { shape: [width, height, 1, channels], dtype: "uint8" });
  const area = width * height;
  return (x, y) => [0, 1, 2].map((c) => Number(data[c * area + Math.floor(y) * width + Math.floor(x)]));
}

/** The colours of voxels of a slice as they are on the screen. */
export async function colors(
  page: Page,
  axis: Axis,
  voxels: readonly (readonly [u: number, v: number])[],
): Promise<Rgb[]> {
  await settled(page);
  const at = await screen(page);
  const points = await Promise.all(voxels.map(([u, v]) => voxelPixel(page, axis, u, v)));
  return points.map(([x, y]) => at(x, y));
}

/** The whole slice as the page has coloured it: red, green, blue of each voxel. */
export async function drawn(page: Page, axis: Axis): Promise<Rgb[]> {
  const bytes = await page.locator(`.pane[data-axis="${axis}"] canvas`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return [...data];
  });
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(4 * i, 4 * i + 3));
}

/** Types the ends of the image's gray levels. */
export async function contrast(
  page: Page,
  { black, white }: { readonly black: number; readonly white: number },
): Promise<void> {
  await page.getByLabel("black").fill(String(black));
  await page.getByLabel("white").fill(String(white));
  await page.getByLabel("white").blur();
  await settled(page);
}

/** Presses S, and reads what the browser downloads. */
export async function saved(page: Page): Promise<{ name: string; array: StridedArray }> {
  const waiting = page.waitForEvent("download");
  await press(page, "S");
  const download = await waiting;
  return { name: download.suggestedFilename(), array: parseNpy(await readFile(await download.path())) };
}
