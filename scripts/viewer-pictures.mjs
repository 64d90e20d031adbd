// Takes docs/small-viewer*.png: the small viewer on the layers that `cloudvolume demo DIR` made, on a phone, a desk and a screen of 3840 pixels.
// usage: node scripts/viewer-pictures.mjs DIR   (after `npm run build`; needs Chromium)
import { join } from "node:path";
import { chromium } from "playwright-core";
import { CloudVolume, hyperview } from "../dist/index.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/viewer-pictures.mjs DIR");
const [image, labels] = await Promise.all(
  ["image", "segmentation"].map(async (layer) => (await CloudVolume.open(join(folder, layer))).download()),
);
const viewer = await hyperview(image, labels, { open: false, port: 0, notify: () => {} });
const browser = await chromium.launch({
  executablePath: process.env.CLOUDVOLUME_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
for (const [name, width, height, work] of [
  ["small-viewer-phone", 390, 844, async () => {}],
  [
    "small-viewer",
    1280,
    800,
    async (page) => {
      for (const [x, y] of [
        [360, 175],
        [270, 460],
      ]) {
        await page.mouse.dblclick(x, y);
        await page.waitForTimeout(300);
      }
    },
  ],
  ["small-viewer-4k", 3840, 2160, async () => {}],
]) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(viewer.url);
  await page.waitForSelector("canvas[data-slice]");
  await page.waitForTimeout(1500);
  await work(page);
  await page.screenshot({ path: `docs/${name}.png` });
  await page.close();
}
await browser.close();
await viewer.close();
