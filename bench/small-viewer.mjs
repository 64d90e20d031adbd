// The small viewer at 3840 x 2160 on 512 x 512 x 512 labels of 64 bits (1 GiB): what its main thread does in a frame while it pans,
// zooms, goes through slices and paints, out of a trace of Chromium.
// usage: node bench/small-viewer.mjs [--size 512] [--trace FILE]     (after npm run build; needs Chromium)
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { median, percentile } from "./measure.mjs";

const { view } = await import(
  pathToFileURL(fileURLToPath(new URL("../dist/index.js", import.meta.url))).href
);
const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const size = Number(option("--size", "512"));
const data = new BigUint64Array(size ** 3);
const words = new Uint32Array(data.buffer);
// Blobs of some twenty voxels, each with a label above 2^32.
for (let z = 0, at = 0; z < size; z++)
  for (let y = 0; y < size; y++) {
    const row =
      4096 * Math.floor((z + 5 * Math.sin(y / 17)) / 21) + 64 * Math.floor((y + 5 * Math.sin(z / 13)) / 19);
    for (let x = 0; x < size; x++, at += 2) {
      words[at] = row + Math.floor((x + 4 * Math.sin((y + z) / 11)) / 23);
      words[at + 1] = 7;
    }
  }
const array = { data, shape: [size, size, size], stride: [1, size, size * size] };
const viewer = await view(array, { open: false, port: 0, notify: () => {} });
const browser = await chromium.launch({
  executablePath: process.env.CLOUDVOLUME_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 3840, height: 2160 } });
const start = performance.now();
await page.goto(viewer.url);
await page.waitForFunction(() => document.querySelectorAll("canvas[data-slice]").length === 3);
const first = performance.now() - start;

const drag = async () => {
  await page.mouse.move(900, 1000);
  await page.mouse.down();
  for (let i = 0; i < 120; i++)
    await page.mouse.move(900 + 500 * Math.sin(i / 9), 1000 + 300 * Math.cos(i / 7));
  await page.mouse.up();
};
const results = [];
const measure = async (what, work) => {
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "blink"],
  });
  const begin = performance.now();
  await work();
  const seconds = (performance.now() - begin) / 1000;
  const trace = await browser.stopTracing();
  if (args.includes("--trace"))
    writeFileSync(`${option("--trace")}.${what.replace(/\W+/g, "-")}.json`, trace);
  const frames = framesOf(JSON.parse(trace.toString()).traceEvents);
  const [wall, cpu] = ["wall", "cpu"].map((key) => frames.map((frame) => frame[key]));
  const round = (n) => Number(n.toFixed(2));
  results.push({
    what,
    frames: frames.length,
    perSecond: round(frames.length / seconds),
    wall: { median: round(median(wall)), p95: round(percentile(wall, 0.95)), max: round(Math.max(...wall)) },
    cpu: { median: round(median(cpu)), p95: round(percentile(cpu, 0.95)), max: round(Math.max(...cpu)) },
  });
};
await measure("pan, all three", drag);
await page.keyboard.press("1");
await measure("pan, one slice on the whole screen", drag);
await measure("zoom", async () => {
  await page.keyboard.down("Control");
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, i % 30 < 15 ? -40 : 40);
  await page.keyboard.up("Control");
});
await page.keyboard.press("4");
await measure("slices of z by the wheel", async () => {
  await page.mouse.move(900, 1000);
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 100);
});
await measure("slices of x by the wheel", async () => {
  await page.mouse.move(2700, 500);
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 100);
});
await page.keyboard.press("b");
await measure("paint", drag);
const jump = [];
for (let i = 0; i < 20; i++) {
  const slice = (i * 197) % size;
  const from = performance.now();
  await page.locator('.pane[data-axis="x"] input').fill(String(slice));
  await page.waitForSelector(`.pane[data-axis="x"] canvas[data-slice="${slice}"]`);
  jump.push(performance.now() - from);
}
console.log(
  JSON.stringify({
    size,
    firstMs: Math.round(first),
    jumpMs: { median: Math.round(median(jump)), max: Math.round(Math.max(...jump)) },
  }),
);
for (const line of results) console.log(JSON.stringify(line));
await browser.close();
await viewer.close();

/** Milliseconds that the page's main thread works from one frame's beginning to the next one's: by the clock, and of the processor. */
function framesOf(events) {
  const name = (event) => event.name === "thread_name" && event.args.name === "CrRendererMain";
  const threads = events.filter(name).map(({ pid, tid }) => `${pid} ${tid}`);
  const counts = threads.map(
    (thread) =>
      events.filter((e) => `${e.pid} ${e.tid}` === thread && e.name === "FireAnimationFrame").length,
  );
  const main = threads[counts.indexOf(Math.max(...counts))];
  const own = events.filter((e) => `${e.pid} ${e.tid}` === main).sort((a, b) => a.ts - b.ts);
  const starts = own.filter((e) => e.name === "FireAnimationFrame").map((e) => e.ts);
  const frames = starts.map(() => ({ wall: 0, cpu: 0 }));
  let at = 0;
  for (const { name: what, ts, dur = 0, tdur = 0 } of own) {
    if (what !== "RunTask") continue;
    // A task belongs to the frame that begins in it, else to the one before.
    while (at + 1 < starts.length && starts[at + 1] <= ts + dur) at++;
    frames[at].wall += dur / 1000;
    frames[at].cpu += tdur / 1000;
  }
  return frames.slice(1, -1);
}
