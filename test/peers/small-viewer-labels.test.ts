/** The small viewer in Chromium: labels, overlay, selection, brush and what is saved; and whom its server answers. */
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import {
  arrayType,
  CloudVolume,
  DATA_TYPES,
  type DataType,
  DimensionError,
  hyperview,
  parseNpy,
  StorageError,
  type StridedArray,
  segmentColor,
  type TypedArray,
  view,
} from "../../src/node.js";
import { haveChromium } from "../support/chromium.js";
import {
  click,
  colors,
  drawn,
  hover,
  pageFiles,
  press,
  type Rgb,
  settled,
  show,
  sliceOf,
  value,
  voxelPixel,
} from "../support/viewer-page.js";

const check = haveChromium("labels and paint of the small viewer in the browser") ? test : test.skipIf(true);
const SHAPE = [12, 10, 8] as const;
const [X, Y, Z] = SHAPE;
const LARGE = 2n ** 64n - 2n;
const quiet = { open: false, port: 0, notify: (): void => {} };

function array<T extends TypedArray>(data: T, dtype?: DataType): StridedArray<T> {
  const stride = [1, X, X * Y];
  return dtype === undefined ? { data, shape: SHAPE, stride } : { data, shape: SHAPE, stride, dtype };
}

/** Three bands along x: nothing, a large label, a small one. */
const labelAt = (x: number): bigint => (x < 4 ? 0n : x < 8 ? LARGE : 7n);
const labels = array(BigUint64Array.from({ length: X * Y * Z }, (_, i) => labelAt(i % X)));
const image = array(Uint8Array.from({ length: X * Y * Z }, (_, i) => 100 + (Math.floor(i / X) % Y)));
const BANDS = [
  [1, 2],
  [5, 2],
  [9, 2],
] as const;
const colorOf = (label: bigint): Rgb => (label === 0n ? [0, 0, 0] : segmentColor(label));

/** As the page mixes: 256 steps. */
function mixed(under: Rgb, over: Rgb, opacity: number): Rgb {
  const alpha = Math.round(256 * opacity);
  return under.map((n, i) => Math.floor((n * (256 - alpha) + over[i]! * alpha) / 256));
}

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
  expect(await chips()).toEqual([String(LARGE)]);
  await page.mouse.click(...(await voxelPixel(page, "z", 1, 4)));
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

/** Presses S, and reads what the browser downloads. */
async function saved(page: Page): Promise<{ name: string; array: StridedArray }> {
  const waiting = page.waitForEvent("download");
  await press(page, "S");
  const download = await waiting;
  return { name: download.suggestedFilename(), array: parseNpy(await readFile(await download.path())) };
}

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
  set(2, 3, 4, 2n ** 64n - 1n);
  await hover(page, "z", 2, 3);
  expect(await value(page)).toBe("18446744073709551615");
  expect(await colors(page, "z", [[2, 3]])).not.toEqual([[0, 0, 0]]);
  // A stroke along x in the xz pane, at y = 5.
  await page.mouse.move(...(await voxelPixel(page, "y", 1, 6)));
  await page.mouse.down();
  await page.mouse.move(...(await voxelPixel(page, "y", 6, 6)), { steps: 3 });
  await page.mouse.up();
  for (let x = 1; x <= 6; x++) set(x, 5, 6, 2n ** 64n - 1n);
  // One dot in the zy pane, at x = 6, z = 1, y = 8.
  await page.mouse.click(...(await voxelPixel(page, "x", 1, 8)));
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
  expect(await page.getByLabel("Value to paint with").inputValue()).toBe(String(LARGE));
  await press(page, "e");
  await page.mouse.click(...(await voxelPixel(page, "z", 10, 1)));
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
    const { page } = await show(array(data, dtype));
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

test("the port: 8080, else the next free one, which is said; one that is asked for and taken is an error", async () => {
  const files = pageFiles();
  const blocker = createServer();
  const taken = await new Promise<boolean>((done) => {
    blocker.once("error", () => done(false));
    blocker.listen(8080, "127.0.0.1", () => done(true));
  });
  if (taken) onTestFinished(() => void blocker.close());
  const said: string[] = [];
  const first = await view(labels, { open: false, files, notify: (line) => said.push(line) });
  onTestFinished(() => first.close());
  const port = Number(new URL(first.url).port);
  expect(port).toBeGreaterThan(8080);
  expect(said).toEqual([
    `Port 8080 is taken: the viewer is on port ${port}.`,
    `The viewer is at ${first.url}`,
  ]);
  await expect(view(labels, { ...quiet, files, port })).rejects.toThrow(StorageError);
});

test("the server answers this machine's own pages, for reading, and gives nothing else", async () => {
  const viewer = await view(labels, { ...quiet, files: pageFiles() });
  onTestFinished(() => viewer.close());
  const { port } = new URL(viewer.url);
  const status = (path: string, method = "GET", host = `127.0.0.1:${port}`): Promise<number> =>
    new Promise((done, fail) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers: { host } }, (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      });
      sent.on("error", fail);
      sent.end();
    });
  expect(await status("/layers/0/0/z/0")).toBe(200);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example"])
    expect(await status("/layers/0/0/z/0", "GET", host)).toBe(403);
  for (const path of [
    "/layers/1/0/z/0",
    "/layers/0/1/z/0",
    "/layers/0/0/w/0",
    "/layers/0/0/z/1",
    "/layers/0/0/z/-1",
    "/../package.json",
    "/%2e%2e/package.json",
    "/small-viewer.js",
  ])
    expect([path, await status(path)]).toEqual([path, 404]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect(await status("/", method)).toBe(404);
  const { headers } = await fetch(`${viewer.url}scene`);
  expect(headers.get("access-control-allow-origin")).toBeNull();
  expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  expect(
    ((await fetch(viewer.url)).headers.get("content-security-policy") ?? "").includes("default-src 'self'"),
  ).toBe(true);
});

test("what cannot be shown is told", async () => {
  const files = pageFiles();
  const flat = { data: new Uint8Array(5), shape: [5], stride: [1] };
  await expect(view(flat, { ...quiet, files })).rejects.toThrow(DimensionError);
  const none = { data: new Uint8Array(0), shape: [0, 5, 5], stride: [1, 0, 0] };
  await expect(view(none, { ...quiet, files })).rejects.toThrow(DimensionError);
  const other = { data: new Uint8Array(8), shape: [2, 2, 2], stride: [1, 2, 4] };
  await expect(hyperview(other, labels, { ...quiet, files })).rejects.toThrow("differ in shape");
  await expect(view(labels, { ...quiet, files: new URL("file:///nowhere/") })).rejects.toThrow("not built");
});
