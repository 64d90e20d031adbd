/** The examples, built as their readers would and opened in Chromium, on the demo's layers and golden meshes. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Pages, servePages } from "../support/browser/pages.js";
import { haveChromium, openPage } from "../support/chromium.js";
import { goldenEntries, goldenRoot } from "../support/golden.js";

const isHere =
  haveChromium("the examples") && goldenEntries(["mesh-legacy"], "the example of meshes").length > 0;
const folder = resolve(`.cache/test/examples-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pictures are kept where this says. */
const pictures = process.env.CLOUDVOLUME_PICTURES;

beforeAll(() => {
  if (!isHere) return;
  const built = inject("build");
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(built, "cli.js"), "demo", join(folder, "data")], { stdio: "ignore" });
  cpSync("examples", join(folder, "examples"), { recursive: true });
  // What `npm install` would put there: the package, and three.js.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "cloudvolume"), { recursive: true });
  cpSync("package.json", join(modules, "cloudvolume/package.json"));
  symlinkSync(built, join(modules, "cloudvolume/dist"));
  symlinkSync(resolve("node_modules/three"), join(modules, "three"));
});

async function serve(app: string, isolated: boolean): Promise<Pages> {
  return await servePages({
    folders: {
      "/dist/": inject("build"),
      "/data/": join(folder, "data"),
      "/golden/": goldenRoot ?? "",
      "/examples/": join(folder, "examples"),
      "/": join(folder, "built", app),
    },
    isolated,
  });
}

function bundle(app: string): void {
  const vite = resolve("node_modules/vite/bin/vite.js");
  const out = join(folder, "built", app);
  execFileSync(process.execPath, [vite, "build", "--outDir", out, "--emptyOutDir", "--logLevel", "error"], {
    cwd: join(folder, "examples", app),
    stdio: "pipe",
  });
}

/** Colours of a canvas: how many there are, and the share of the commonest. */
async function coloursOf(page: Page, selector = "canvas"): Promise<{ colours: number; commonest: number }> {
  return await page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height);
      const context = copy.getContext("2d");
      context?.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const pixels = new Uint32Array(
        context?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0),
      );
      const counts = new Map<number, number>();
      for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      return { colours: counts.size, commonest: Math.max(...counts.values()) / pixels.length };
    });
}

async function keep(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

describe.runIf(isHere)("the example", () => {
  test("plain: one file draws an image and its labels, and another slice when asked", async () => {
    const pages = await serve("plain", false);
    const { page, errors } = await openPage({ width: 700, height: 800 });
    await page.goto(`${pages.url}/examples/plain/index.html?image=/data/image&labels=/data/segmentation`);
    await page.waitForFunction(() => document.body.dataset.drawn !== undefined, null, { timeout: 60_000 });
    const first = await coloursOf(page);
    expect(first.colours).toBeGreaterThan(100);
    expect(first.commonest).toBeLessThan(0.9);
    await keep(page, "example-plain");
    await page.locator("#z").press("ArrowRight");
    const drawn = await page.locator("#z").inputValue();
    await page.waitForFunction((z) => document.body.dataset.drawn === z, drawn);
    expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
    const chunks = pages.asked.filter((path) => path.startsWith("/dist/browser/"));
    expect(chunks.some((path) => path.endsWith("/index.js"))).toBe(false);
  });

  test.each([true, false])("vite: three planes, in a page that is isolated: %s", async (isolated) => {
    bundle("vite");
    const pages = await serve("vite", isolated);
    const { page, errors } = await openPage({ width: 1100, height: 900 });
    await page.goto(`${pages.url}/index.html?image=/data/image`);
    await page.waitForFunction(() => document.body.dataset.drawn !== undefined, null, { timeout: 60_000 });
    for (let i = 0; i < 3; i++) {
      const { colours, commonest } = await coloursOf(page, `figure:nth-child(${i + 1}) canvas`);
      expect(colours).toBeGreaterThan(50);
      expect(commonest).toBeLessThan(0.9);
    }
    const before = await page.evaluate(() => document.body.dataset.drawn);
    await page.locator("figure:first-child canvas").click({ position: { x: 20, y: 30 } });
    expect(await page.evaluate(() => document.body.dataset.drawn)).not.toBe(before);
    expect(await page.locator("#facts").textContent()).toContain(
      isolated ? "shared with the workers" : "the page's own",
    );
    await keep(page, isolated ? "example-vite" : "example-vite-plain");
    expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
  });

  test("three: meshes, lit and in their colours", async () => {
    bundle("three");
    const pages = await serve("three", false);
    const { page, errors } = await openPage({ width: 900, height: 700 });
    const layer = "meshes/legacy_raw/layer";
    const ids = readdirSync(join(goldenRoot ?? "", layer, "mesh_mip_0_err_40"))
      .filter((name) => name.endsWith(":0"))
      .map((name) => name.slice(0, -2));
    await page.goto(`${pages.url}/index.html?meshes=/golden/${layer}&ids=${ids.join()}`);
    await page.waitForFunction(() => document.body.dataset.drawn !== undefined, null, { timeout: 60_000 });
    expect(Number(await page.evaluate(() => document.body.dataset.drawn))).toBeGreaterThan(100);
    const { colours, commonest } = await coloursOf(page);
    expect(colours).toBeGreaterThan(30);
    expect(commonest).toBeLessThan(0.995);
    await keep(page, "example-three");
    expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
  });
});
