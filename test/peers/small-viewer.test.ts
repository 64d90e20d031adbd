/** Slices in the small viewer in Chromium: every data type, three axes, keys, layouts, channels. */
import { expect, test } from "vitest";
import { arrayType, DATA_TYPES, type DataType, segmentColor } from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { array, gray, level, plain, ramp, SHAPE, X, Y, Z } from "../support/viewer-arrays.js";
import {
  click,
  colors,
  contrast,
  drawn,
  hover,
  place,
  press,
  settled,
  show,
  sliceOf,
  value,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("slices of the small viewer in the browser") ? test : test.skipIf(true);

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
