/** The browser of a test file: Debian's Chromium, without a screen, WebGL drawn by the processor. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll } from "vitest";
import { leaveOut } from "./left-out.js";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--mute-audio"];

const executable = process.env.CLOUDVOLUME_CHROMIUM ?? PLACES.find((place) => existsSync(place));

/** Whether there is a browser. Where CI is, there has to be. */
export function haveChromium(what: string): boolean {
  if (executable !== undefined && existsSync(executable)) return true;
  if (process.env.CI !== undefined) throw new Error("Chromium is not installed (scripts/browser.sh)");
  leaveOut(what, "no Chromium (run scripts/browser.sh)");
  return false;
}

let running: Promise<Browser> | undefined;
afterAll(async () => {
  const browser = await running;
  running = undefined;
  await browser?.close();
});

/** Starts the browser, once for a test file; it ends with the file. */
export function startChromium(): Promise<Browser> {
  running ??= chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: FLAGS,
  });
  return running;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the screen for one of the page. */
  readonly scale?: number;
}

export interface WatchedPage {
  readonly page: Page;
  /** What the page said or threw that is an error, and the addresses that failed to load. */
  readonly errors: readonly string[];
  /** Every address it asked for, its workers' too. */
  readonly asked: readonly string[];
}

/** A page of its own, watched for errors. */
export async function openPage({
  width = 1024,
  height = 768,
  scale = 1,
}: PageOptions = {}): Promise<WatchedPage> {
  const browser = await startChromium();
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
  const page = await context.newPage();
  const errors: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  context.on("request", (request) => asked.push(request.url()));
  context.on("requestfailed", (request) =>
    errors.push(`${request.url()}: ${request.failure()?.errorText ?? "failed"}`),
  );
  return { page, errors, asked };
}
