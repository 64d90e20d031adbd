/** The page that docs/guide/browser.md shows, opened as it stands. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { servePages } from "../support/browser/pages.js";
import { haveChromium, openPage } from "../support/chromium.js";
import { blocksOf } from "../support/doc-blocks.js";

const pages = blocksOf(".", "docs/guide/browser.md").filter(({ language }) => language === "html");
const folder = resolve(`.cache/test/browser-docs-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(haveChromium("the page of docs/guide/browser.md"))("docs/guide/browser.md", () => {
  test.each(pages)("shows a page that works, at line $line", async ({ code }) => {
    const built = inject("build");
    execFileSync(process.execPath, [join(built, "cli.js"), "demo", folder], { stdio: "ignore" });
    const { url } = await servePages({
      folders: { "/dist/": built, "/demo/": folder },
      pages: { "/": code },
    });
    const { page } = await openPage();
    await page.goto(url);
    await page.waitForFunction(() => document.title === "256 x 256 x 1 x 1");
    const distinct = await page.evaluate(() => {
      const canvas = document.getElementById("slice") as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, 256, 256);
      return new Set(data).size;
    });
    expect(distinct).toBeGreaterThan(50);
  });
});
