/** The small viewer in Chromium, driven by keyboard, mouse and fingers: slices, views, contrast, every data type. */
import { expect, onTestFinished, test } from "vitest";
import {
  arrayType,
  DATA_TYPES,
  type DataType,
  type StridedArray,
  segmentColor,
  type TypedArray,
  view,
} from "../../src/node.js";
import { haveChromium, startChromium } from "../support/chromium.js";
import {
  type Box,
  click,
  colors,
  drawn,
  hover,
  pageFiles,
  place,
  press,
  screen,
  settled,
  show,
  sliceBox,
  sliceOf,
  value,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("the small viewer in the browser") ? test : test.skipIf(true);
const SHAPE = [12, 10, 8] as const;
const [X, Y, Z] = SHAPE;

/** An array of x, y, z in Fortran order. */
function array<T extends TypedArray>(
  data: T,
  shape: readonly number[] = SHAPE,
  dtype?: DataType,
): StridedArray<T> {
  const stride = shape.map((_, i) => shape.slice(0, i).reduce((n, size) => n * size, 1));
  return dtype === undefined ? { data, shape, stride } : { data, shape, stride, dtype };
}

/** Every voxel has a gray level of its own within 0 to 239. */
const level = (x: number, y: number, z: number): number => (x * 20 + y * 3 + z * 7) % 240;
const ramp = array(
  Uint8Array.from({ length: X * Y * Z }, (_, i) =>
    level(i % X, Math.floor(i / X) % Y, Math.floor(i / (X * Y))),
  ),
);
const gray = (n: number): number[] => [n, n, n];
/** Black and white at the ends of uint8, so that a level is its own shade. */
const plain = { black: 0, white: 255 };

check("every data type: exact values under the pointer, and its colours on the screen", async () => {
  const seen: string[] = [];
  for (const dtype of DATA_TYPES) {
    const data = new (arrayType(dtype))(X * Y * Z);
    const { values, kind } = samplesOf(dtype);
    for (let i = 0; i < data.length; i++) data[i] = values[i % values.length] as never;
    const { page, errors } = await show(array(data, SHAPE, dtype), { layerType: kind });
    await press(page, "1");
    for (const [i, expected] of values.entries()) {
      const start = X * Y * Math.floor(Z / 2);
      const at = (i - (start % values.length) + values.length) % values.length;
      await hover(page, "z", at % X, Math.floor(at / X));
      expect([dtype, await value(page)]).toEqual([dtype, String(expected)]);
    }
    const [shown] = await colors(page, "z", [[3, 3]]);
    const there = data[3 + X * (3 + Y * Math.floor(Z / 2))]!;
    if (kind === "segmentation")
      expect([dtype, shown]).toEqual([
        dtype,
        Number(there) === 0 ? [0, 0, 0] : [...segmentColor(there as bigint)],
      ]);
    expect(errors).toEqual([]);
    seen.push(dtype);
    await page.close();
  }
  expect(seen).toHaveLength(11);
});

function samplesOf(dtype: DataType): {
  values: readonly (number | bigint)[];
  kind: "image" | "segmentation";
} {
  const wide = dtype === "uint64" || dtype === "int64";
  if (dtype === "bool") return { values: [0, 1], kind: "segmentation" };
  if (dtype.startsWith("float"))
    return {
      values: [0, -1.5, 0.1, 1e30, Number.NaN, Number.POSITIVE_INFINITY, -0.25].map((n) =>
        dtype === "float32" ? Math.fround(n) : n,
      ),
      kind: "image",
    };
  const bits = BigInt(dtype.replace(/\D/g, ""));
  const isSigned = dtype.startsWith("int");
  const ends = isSigned ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
  const values = [0n, 1n, ...ends, ends[1]! - 1n, 77n];
  return { values: wide ? values : values.map(Number), kind: bits >= 32n ? "segmentation" : "image" };
}

check("three axes: each pane has its slice, with Neuroglancer's orientation", async () => {
  const { page, errors, asked, url } = await show(ramp);
  await press(page, "a");
  await contrast(page, plain);
  const [x, y, z] = [X / 2, Y / 2, Z / 2];
  const expected = {
    z: grid(X, Y, (u, v) => level(u, v, z)),
    y: grid(X, Z, (u, v) => level(u, y, v)),
    x: grid(Z, Y, (u, v) => level(x, v, u)),
  };
  for (const axis of ["x", "y", "z"] as const) {
    expect(await drawn(page, axis)).toEqual(expected[axis]);
    const corners = await colors(page, axis, [
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    const width = axis === "x" ? Z : X;
    expect(corners).toEqual([expected[axis][0], expected[axis][1], expected[axis][width]]);
  }
  expect(errors).toEqual([]);
  expect(asked.filter((address) => !address.startsWith(url))).toEqual([]);
});

function grid(width: number, height: number, at: (u: number, v: number) => number): number[][] {
  return Array.from({ length: width * height }, (_, i) => gray(at(i % width, Math.floor(i / width))));
}

async function contrast(
  page: Awaited<ReturnType<typeof show>>["page"],
  { black, white }: typeof plain,
): Promise<void> {
  await page.getByLabel("black").fill(String(black));
  await page.getByLabel("white").fill(String(white));
  await page.getByLabel("white").blur();
  await settled(page);
}

check("slices: keys, wheel and slider", async () => {
  const { page } = await show(ramp, { offset: [100, 200, 300] });
  await contrast(page, plain);
  const steps: [keys: string[], slice: number][] = [
    [["."], 5],
    [[","], 4],
    [["PageDown", "PageDown"], 6],
    [["PageUp"], 5],
    [["Home"], 0],
    [[","], 0],
    [[">"], 7],
    [["<"], 0],
    [["End"], 7],
  ];
  for (const [keys, slice] of steps) {
    await press(page, ...keys);
    expect([keys, await sliceOf(page, "z")]).toEqual([keys, slice]);
    expect((await colors(page, "z", [[3, 4]]))[0]).toEqual(gray(level(3, 4, slice)));
  }
  await hover(page, "x", 2, 2);
  await page.mouse.wheel(0, 100);
  await settled(page);
  expect(await sliceOf(page, "x")).toBe(7);
  await page.mouse.wheel(0, -100);
  await page.mouse.wheel(0, -100);
  await settled(page);
  expect(await sliceOf(page, "x")).toBe(5);
  expect(await place(page)).toBe("x 105  y 202  z 302");
  await press(page, ".");
  expect(await sliceOf(page, "x")).toBe(6);
  const slider = page.locator('.pane[data-axis="y"] input');
  await slider.focus();
  await press(page, "ArrowRight");
  expect(await sliceOf(page, "y")).toBe(6);
  const { x, y, width, height } = (await slider.boundingBox())!;
  await page.mouse.click(x + width - 3, y + height / 2);
  await settled(page);
  expect(await sliceOf(page, "y")).toBe(9);
  expect(await page.locator('.pane[data-axis="y"] output').textContent()).toBe("209");
});

check("a click moves the crosshair, and with it the other slices", async () => {
  const { page } = await show(ramp);
  await contrast(page, plain);
  await page.mouse.click(...(await voxelPixel(page, "z", 9, 2)));
  await settled(page);
  expect([await sliceOf(page, "x"), await sliceOf(page, "y"), await sliceOf(page, "z")]).toEqual([9, 2, 4]);
  expect(await drawn(page, "x")).toEqual(grid(Z, Y, (u, v) => level(9, v, u)));
  const line = page.locator('.pane[data-axis="z"] .line').first();
  const { x } = (await line.boundingBox())!;
  expect(Math.abs(x - (await voxelPixel(page, "z", 9, 2))[0])).toBeLessThan(1);
  await press(page, "x");
  expect(await line.isVisible()).toBe(false);
});

check("layouts: keys and buttons", async () => {
  const { page } = await show(ramp);
  const shown = (): Promise<string[]> =>
    page
      .locator('.pane[data-shown="true"]')
      .evaluateAll((panes) => panes.map((p) => (p as HTMLElement).dataset.axis!));
  expect(await shown()).toEqual(["z", "x", "y"]);
  for (const [key, axis] of [
    ["1", "z"],
    ["2", "y"],
    ["3", "x"],
  ] as const) {
    await press(page, key);
    expect(await shown()).toEqual([axis]);
    await press(page, ".");
    expect(await sliceOf(page, axis)).toBe(SHAPE["xyz".indexOf(axis)]! / 2 + 1);
  }
  await click(page, "All three");
  expect(await shown()).toEqual(["z", "x", "y"]);
  await click(page, "Slices across y");
  expect(await shown()).toEqual(["y"]);
});

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
  const half = 50 / Math.E;
  await near(120 - half, 120 + half);
  await press(page, "a");
  const slice = [...ramp.data.subarray(4 * X * Y, 5 * X * Y)];
  const [low, high] = [Math.min(...slice), Math.max(...slice)];
  expect(await colors(page, "z", spots)).toEqual(levels.map((n) => shade(n, low, high)));
});

check("channels: red, green and blue together, and each by itself", async () => {
  const parts = [10, 90, 170];
  const data = Uint8Array.from(
    { length: 3 * X * Y * Z },
    (_, i) => parts[Math.floor(i / (X * Y * Z))]! + (i % X),
  );
  const { page } = await show(array(data, [...SHAPE, 3]));
  await contrast(page, plain);
  expect(await colors(page, "z", [[4, 4]])).toEqual([[14, 94, 174]]);
  await hover(page, "z", 4, 4);
  expect(await value(page)).toBe("14, 94, 174");
  await page.getByLabel("channel").selectOption("1");
  expect(await colors(page, "z", [[4, 4]])).toEqual([gray(94)]);
  await hover(page, "z", 5, 4);
  expect(await value(page)).toBe("95");
});

check("the keys are told by ?, and every one that is told does something", async () => {
  const { page, errors } = await show(ramp);
  const help = page.getByRole("dialog", { name: "Keys" });
  expect(await help.isVisible()).toBe(false);
  await press(page, "?");
  expect(await help.isVisible()).toBe(true);
  const text = (await help.textContent()) ?? "";
  for (const word of ["slice", "zoom", "contrast", "opaque", "select", "brush", "undo", "save"])
    expect(text).toContain(word);
  await press(page, "Escape");
  expect(await help.isVisible()).toBe(false);
  await click(page, "Keys (?)");
  expect(await help.isVisible()).toBe(true);
  await click(page, "Close");
  expect(await help.isVisible()).toBe(false);
  expect(errors).toEqual([]);
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
