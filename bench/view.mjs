// How long from `cloudvolume view` to the first chunk that Neuroglancer asks for, and to the first pixels that are drawn.
// usage: node scripts/build.mjs --no-types && node bench/view.mjs [LAYER] [--runs N]
// Needs Chromium (scripts/browser.sh). The browser is running already, as a user's is; the command starts anew each time.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const args = process.argv.slice(2);
const runs = args.includes("--runs") ? Number(args[args.indexOf("--runs") + 1]) : 5;
const layer = args[0]?.startsWith("--") === false ? args[0] : "../shared/data/real/em_png/layer";
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const browser = await chromium.launch({ executablePath, args: flags });

async function run() {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  const begin = performance.now();
  const since = () => Math.round(performance.now() - begin);
  const command = spawn(process.execPath, ["dist/cli.js", "view", layer, "--no-browser", "--port", "0"]);
  const url = await new Promise((done) => {
    command.stdout.on("data", (text) => {
      const found = /http:\S+/.exec(String(text));
      if (found) done(found[0]);
    });
  });
  const served = since();
  let chunk;
  context.on("request", (request) => {
    if (/\d+-\d+_\d+-\d+_\d+-\d+$/.test(request.url())) chunk ??= since();
  });
  await page.goto(url);
  // Drawn: the middle of the first panel is no longer one colour.
  let drawn;
  while (drawn === undefined && since() < 60_000) {
    const panel = await page.locator(".neuroglancer-rendered-data-panel").first().boundingBox();
    if (panel === null) continue;
    const clip = {
      x: panel.x + panel.width / 2 - 60,
      y: panel.y + panel.height / 2 - 40,
      width: 50,
      height: 30,
    };
    const [shot, now] = [await page.screenshot({ clip }), since()];
    if (shot.length > 400) drawn = now;
  }
  command.kill("SIGINT");
  await context.close();
  return { served, chunk, drawn };
}

const results = [];
for (let i = 0; i < runs; i++) results.push(await run());
await browser.close();
console.table(results);
for (const what of ["served", "chunk", "drawn"]) {
  const times = results.map((result) => result[what]).sort((a, b) => a - b);
  console.log(`${what}: best ${times[0]} ms, median ${times[times.length >> 1]} ms`);
}
