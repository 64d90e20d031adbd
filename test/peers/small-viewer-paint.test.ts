/** The brush of the small viewer in Chromium, and what is saved. */
import { expect, test } from "vitest";
import { arrayType, DATA_TYPES, type DataType } from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import { array, colorOf, LARGE, labels, SHAPE, X, Y, Z } from "../support/viewer-arrays.js";
import {
  colors,
  drawn,
  hover,
  press,
  saved,
  settled,
  show,
  sliceOf,
  value,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("paint of the small viewer in the browser") ? test : test.skipIf(true);

check("brush: paints on each axis, is seen on the others, undone, and saved", async () => {
  const { page, errors } = await show(labels);
  const expected = labels.data.slice();
  const set = (x: number, y: number, z: number, label: bigint): void => {
    expected[x + X * (y + Y * z)] = label;
  };
  await press(page, "b");
  await page.getByLabel("Value to paint with").fill("18446744073709551615");
  await page.getByLabel("Value to paint with").press("Enter");
  await page.getByLabel("Value to paint with").blur();
  await page.getByLabel("size").fill("0.5");
  await page.getByLabel("size").blur();
  await page.mouse.click(...(await voxelPixel(page, "z", 2, 3)));
  await settled(page);
  set(2, 3, 4, 2n ** 64n - 1n);
  await hover(page, "z", 2, 3);
  expect(await value(page)).toBe("18446744073709551615");
  expect(await colors(page, "z", [[2, 3]])).not.toEqual([[0, 0, 0]]);
  // A stroke along x in the xz pane, at y = 5.
  await page.mouse.move(...(await voxelPixel(page, "y", 1, 6)));
  await page.mouse.down();
  await page.mouse.move(...(await voxelPixel(page, "y", 6, 6)), { steps: 3 });
  await page.mouse.up();
  await settled(page);
  for (let x = 1; x <= 6; x++) set(x, 5, 6, 2n ** 64n - 1n);
  // One dot in the zy pane, at x = 6, z = 1, y = 8.
  await page.mouse.click(...(await voxelPixel(page, "x", 1, 8)));
  await settled(page);
  set(6, 8, 1, 2n ** 64n - 1n);
  await press(page, "v", "4");
  await page.mouse.move(...(await voxelPixel(page, "z", 0, 0)));
  await press(page, ".", ".");
  const painted = colorOf(2n ** 64n - 1n);
  expect(await sliceOf(page, "z")).toBe(6);
  const slice = await drawn(page, "z");
  expect(slice).toEqual(Array.from({ length: X * Y }, (_, i) => [...colorOf(expected[i + X * Y * 6]!)]));
  expect(slice[1 + X * 5]).toEqual([...painted]);
  // A stroke that is taken back leaves nothing.
  await press(page, "b");
  await page.mouse.click(...(await voxelPixel(page, "z", 9, 9)));
  await settled(page);
  expect((await drawn(page, "z"))[9 + X * 9]).toEqual([...painted]);
  await press(page, "u");
  expect((await drawn(page, "z"))[9 + X * 9]).toEqual([...colorOf(7n)]);
  // The value under the pointer, by key and by Alt and a click; 0.
  await hover(page, "z", 10, 1);
  await press(page, "i");
  expect(await page.getByLabel("Value to paint with").inputValue()).toBe("7");
  await page.keyboard.down("Alt");
  await page.mouse.click(...(await voxelPixel(page, "z", 5, 1)));
  await page.keyboard.up("Alt");
  await settled(page);
  expect(await page.getByLabel("Value to paint with").inputValue()).toBe(String(LARGE));
  await press(page, "e");
  await page.mouse.click(...(await voxelPixel(page, "z", 10, 1)));
  await settled(page);
  set(10, 1, 6, 0n);
  await press(page, "Control+z");
  set(10, 1, 6, 7n);
  const { name, array: file } = await saved(page);
  expect(name).toBe("array.npy");
  expect([file.dtype, file.shape, file.stride]).toEqual(["uint64", [...SHAPE, 1], [1, X, X * Y, X * Y * Z]]);
  expect(file.data).toEqual(expected);
  expect(labels.data.includes(2n ** 64n - 1n)).toBe(false);
  expect(errors).toEqual([]);
});

check("brush: its size by keys and slider, round where voxels are not cubes", async () => {
  const { page } = await show(array(new Uint8Array(X * Y * Z)), {
    resolution: [4, 4, 8],
    layerType: "image",
  });
  await press(page, "b");
  const size = (): Promise<string> => page.getByLabel("size").inputValue();
  expect(await size()).toBe("4");
  await press(page, "[", "]", "]");
  expect(Number(await size())).toBeGreaterThan(4);
  await page.getByLabel("size").fill("2");
  await page.getByLabel("size").blur();
  await hover(page, "y", 6, 4);
  const ring = (await page.locator('.pane[data-axis="y"] .ring').boundingBox())!;
  expect(Math.abs(ring.width - ring.height)).toBeLessThan(1);
  await page.getByLabel("Value to paint with").fill("200");
  await page.getByLabel("Value to paint with").press("Enter");
  await page.getByLabel("Value to paint with").blur();
  await page.mouse.click(...(await voxelPixel(page, "y", 6, 4)));
  await settled(page);
  const { array: file } = await saved(page);
  const painted: string[] = [];
  file.data.forEach((n, i) => {
    if (n !== 0) painted.push([i % X, Math.floor(i / X) % Y, Math.floor(i / X / Y), n].join());
  });
  // Within 2 voxels along x, and one along z, whose voxels are twice as long.
  const disc = [
    [6, 3],
    [4, 4],
    [5, 4],
    [6, 4],
    [7, 4],
    [8, 4],
    [6, 5],
  ].map(([x, z]) => `${x},5,${z},200`);
  expect(painted.sort()).toEqual(disc.sort());
});

check("every data type is painted and saved as itself", async () => {
  for (const dtype of DATA_TYPES) {
    const data = new (arrayType(dtype))(X * Y * Z);
    const text = PAINT[dtype];
    const { page } = await show(array(data, SHAPE, dtype));
    await press(page, "b", "1");
    await page.getByLabel("size").fill("0.5");
    const input = page.getByLabel("Value to paint with");
    await input.fill("one");
    await input.press("Enter");
    await settled(page);
    expect(await page.locator(".message").textContent()).toContain("has no value");
    await input.fill(text);
    await input.press("Enter");
    await input.blur();
    await page.mouse.click(...(await voxelPixel(page, "z", 2, 3)));
    await settled(page);
    const { array: file } = await saved(page);
    const expected = data.slice();
    const wanted = typeof expected[0] === "bigint" ? BigInt(text) : Number(text);
    expected[2 + X * (3 + Y * (Z / 2))] = wanted as never;
    expect([dtype, file.dtype, file.data]).toEqual([dtype, dtype, expected]);
    await page.close();
  }
});

const PAINT: Readonly<Record<DataType, string>> = {
  bool: "1",
  uint8: "255",
  int8: "-128",
  uint16: "65535",
  int16: "-32768",
  uint32: "4294967295",
  int32: "-2147483648",
  uint64: "18446744073709551615",
  int64: "-9223372036854775808",
  float32: "0.1",
  float64: "-1e300",
};
