/** Views of the small viewer in Chromium, by mouse and fingers: zoom, proportions, contrast, phones. */
import { expect, onTestFinished, test } from "vitest";
import { view } from "../../src/node.js";
import { haveChromium, startChromium } from "../support/chromium.js";
import { gray, level, plain, ramp, X, Y, Z } from "../support/viewer-arrays.js";
import {
  type Box,
  click,
  colors,
  contrast,
  pageFiles,
  place,
  press,
  screen,
  settled,
  show,
  sliceBox,
  sliceOf,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("views of the small viewer in the browser") ? test : test.skipIf(true);

check("zoom and movement: what is under the pointer stays there", async () => {
  const { page } = await show(ramp);
  await press(page, "1");
  const before = await sliceBox(page, "z");
  const [px, py] = (await voxelPixel(page, "z", 2, 7)).map(Math.round) as [number, number];
  const share = ({ x, y, width, height }: Box): number[] => [(px - x) / width, (py - y) / height];
  await page.mouse.move(px, py);
  await page.keyboard.down("Control");
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await settled(page);
  const after = await sliceBox(page, "z");
  expect(after.width / before.width).toBeCloseTo(Math.exp(1.6), 3);
  for (const i of [0, 1]) expect(share(after)[i]).toBeCloseTo(share(before)[i]!, 4);
  expect(await place(page)).toBe("x 2  y 7  z 4");
  await page.mouse.down();
  await page.mouse.move(px + 50, py - 30, { steps: 5 });
  await page.mouse.up();
  await settled(page);
  const moved = await sliceBox(page, "z");
  expect([moved.x - after.x, moved.y - after.y].map(Math.round)).toEqual([50, -30]);
  expect(await sliceOf(page, "x")).toBe(X / 2);
  await press(page, "ArrowRight", "ArrowDown");
  const pushed = await sliceBox(page, "z");
  expect([pushed.x - moved.x, pushed.y - moved.y].map(Math.round)).toEqual([-60, -60]);
  await press(page, "0");
  expect(await sliceBox(page, "z")).toEqual(before);
  await press(page, "+");
  expect((await sliceBox(page, "z")).width / before.width).toBeCloseTo(1.25, 3);
  await press(page, "-");
  expect((await sliceBox(page, "z")).width / before.width).toBeCloseTo(1, 3);
  await press(page, "+", "+");
  await click(page, "The whole slice");
  expect(await sliceBox(page, "z")).toEqual(before);
});

check("voxels that are not cubes have their proportions", async () => {
  const { page } = await show(ramp, { resolution: [4, 8, 40] });
  await contrast(page, plain);
  for (const [axis, ratio] of [
    ["z", (X * 4) / (Y * 8)],
    ["y", (X * 4) / (Z * 40)],
    ["x", (Z * 40) / (Y * 8)],
  ] as const) {
    const { width, height } = await sliceBox(page, axis);
    expect(width / height).toBeCloseTo(ratio, 3);
  }
  const { width } = await sliceBox(page, "x");
  const [left, top] = await voxelPixel(page, "x", 3, 2);
  const at = await screen(page);
  const within = (0.45 * width) / Z;
  const row = [-within, 0, within].map((dx) => at(left + dx, top));
  expect(row).toEqual([0, 0, 0].map(() => gray(level(X / 2, 2, 3))));
  expect(await page.locator('.pane[data-axis="z"] .bar').textContent()).toMatch(/^\d+ nm$/);
});

check("contrast: sliders, keys, dragging, that of the slice", async () => {
  const { page } = await show(ramp);
  await contrast(page, { black: 50, white: 150 });
  const shade = (n: number, black: number, white: number): number[] =>
    gray(Math.max(0, Math.min(255, Math.floor(((n - black) * 255) / (white - black) + 0.5))));
  const spots = [
    [0, 0],
    [4, 4],
    [7, 2],
  ] as const;
  const levels = spots.map(([u, v]) => level(u, v, 4));
  expect(await colors(page, "z", spots)).toEqual(levels.map((n) => shade(n, 50, 150)));
  await press(page, "c");
  expect(await colors(page, "z", spots)).toEqual(levels.map((n) => shade(n, 57.5, 142.5)));
  await press(page, "C", "l");
  expect(await colors(page, "z", spots)).toEqual(levels.map((n) => shade(n, 45, 145)));
  await press(page, "L");
  const [px, py] = await voxelPixel(page, "z", 5, 5);
  await page.keyboard.down("Shift");
  await page.mouse.move(px, py);
  await page.mouse.down();
  await page.mouse.move(px, py + 60, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const near = async (black: number, white: number): Promise<void> => {
    const seen = (await colors(page, "z", spots)).map(([n]) => n!);
    seen.forEach((n, i) => {
      expect(Math.abs(n - shade(levels[i]!, black, white)[0]!)).toBeLessThanOrEqual(1);
    });
  };
  await near(70, 170);
  await page.mouse.down({ button: "right" });
  await page.mouse.move(px + 200, py + 60, { steps: 3 });
  await page.mouse.up({ button: "right" });
  await settled(page);
  const half = 50 / Math.E;
  await near(120 - half, 120 + half);
  await press(page, "a");
  const slice = [...ramp.data.subarray(4 * X * Y, 5 * X * Y)];
  const [low, high] = [Math.min(...slice), Math.max(...slice)];
  expect(await colors(page, "z", spots)).toEqual(levels.map((n) => shade(n, low, high)));
});

check("phones: everything fits, fingers move, pinch and tap", async () => {
  const viewer = await view(ramp, { open: false, port: 0, files: pageFiles(), notify: () => {} });
  onTestFinished(() => viewer.close());
  const browser = await startChromium();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(viewer.url);
  await settled(page);
  const wide = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await wide()).toBe(390);
  for (const button of await page.locator("header button").all()) {
    const { x, width } = (await button.boundingBox())!;
    expect(x >= 0 && x + width <= 390).toBe(true);
  }
  expect(await page.locator("aside").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Controls" }).tap();
  await settled(page);
  expect(await page.locator("aside").isVisible()).toBe(true);
  expect(await wide()).toBe(390);
  await page.getByRole("button", { name: "Controls" }).tap();
  await settled(page);
  const before = await sliceBox(page, "z");
  const [px, py] = await voxelPixel(page, "z", 3, 3);
  await page.touchscreen.tap(px, py);
  await settled(page);
  expect(await place(page)).toBe("x 3  y 3  z 4");
  const session = await context.newCDPSession(page);
  const touch = (
    type: "touchStart" | "touchMove" | "touchEnd",
    ...points: [number, number][]
  ): Promise<unknown> =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await touch("touchStart", [150, 400], [250, 400]);
  await touch("touchMove", [140, 400], [260, 400]);
  await touch("touchMove", [100, 400], [300, 400]);
  await touch("touchEnd");
  await settled(page);
  const pinched = await sliceBox(page, "z");
  expect(pinched.width / before.width).toBeCloseTo(2, 1);
  await touch("touchStart", [200, 400]);
  await touch("touchMove", [210, 410]);
  await touch("touchMove", [240, 430]);
  await touch("touchEnd");
  await settled(page);
  const dragged = await sliceBox(page, "z");
  expect([dragged.x - pinched.x, dragged.y - pinched.y].map(Math.round)).toEqual([40, 30]);
});
