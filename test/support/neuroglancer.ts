/** Our bundle of Neuroglancer in a browser: shows a state, and tells the colours of the screen. */
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, inject } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { decodeChunk } from "../../src/codecs/chunk.js";
import { type Listening, listen } from "../../src/server/listen.node.js";
import { neuroglancerLink } from "../../src/server/neuroglancer.js";
import { pagesFolder } from "../../src/server/pages.node.js";
import { openPage, type WatchedPage } from "./chromium.js";

export type Color = readonly [number, number, number];

export interface Screen {
  readonly width: number;
  readonly height: number;
  /** Of a pixel of the page. */
  at(x: number, y: number): Color;
}

/** Without what is drawn over the data; sections before black. */
export const BARE: JsonObject = {
  showAxisLines: false,
  showScaleBar: false,
  showDefaultAnnotations: false,
  crossSectionBackgroundColor: "#000000",
  projectionBackgroundColor: "#000000",
};

let pages: Listening | undefined;
afterAll(() => pages?.close());

/** The address of the bundle, on a port of its own: data come from another origin. */
export async function neuroglancerPages(): Promise<string> {
  const folder = pagesFolder(pathToFileURL(`${inject("build")}/neuroglancer/`));
  pages ??= await listen({ folders: new Map([["neuroglancer", folder]]) }, { port: 0 });
  return `${pages.url}/neuroglancer/`;
}

export class Viewer {
  readonly watched: WatchedPage;
  readonly #address: string;

  private constructor(watched: WatchedPage, address: string) {
    this.watched = watched;
    this.#address = address;
  }

  static async open(size: { readonly width?: number; readonly height?: number } = {}): Promise<Viewer> {
    const watched = await openPage({ width: 640, height: 480, ...size });
    return new Viewer(watched, await neuroglancerPages());
  }

  get page(): Page {
    return this.watched.page;
  }

  /** Another state; the page itself is loaded once. */
  async show(state: JsonObject): Promise<void> {
    await this.page.goto(neuroglancerLink(state, this.#address));
    await this.page.waitForSelector(".neuroglancer-rendered-data-panel");
  }

  /** The middle of a panel, by its number, in pixels of the page. */
  async middle(panel = 0): Promise<readonly [number, number]> {
    const box = await this.page.locator(".neuroglancer-rendered-data-panel").nth(panel).boundingBox();
    if (box === null) throw new Error("there is no panel");
    return [box.x + box.width / 2, box.y + box.height / 2];
  }

  screen(): Promise<Screen> {
    return screenOf(this.page);
  }

  /** Looks until `check` finds nothing wrong, at most for `patience` milliseconds. @returns what is wrong at last. */
  async until(check: (screen: Screen) => string | undefined, patience = 30_000): Promise<string | undefined> {
    const end = Date.now() + patience;
    for (;;) {
      const wrong = check(await this.screen());
      if (wrong === undefined || Date.now() > end) return wrong;
      await new Promise((done) => setTimeout(done, 150));
    }
  }
}

/** What the page shows now. */
export async function screenOf(page: Page): Promise<Screen> {
  const png = await page.screenshot();
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const { data } = await decodeChunk("png", png, { shape: [width, height, 1, channels], dtype: "uint8" });
  const plane = width * height;
  const at = (x: number, y: number): Color => {
    const i = Math.floor(x) + width * Math.floor(y);
    return [Number(data[i]), Number(data[i + plane]), Number(data[i + 2 * plane])];
  };
  return { width, height, at };
}
