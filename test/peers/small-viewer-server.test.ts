/** The small viewer's server: its port, whom it answers, and what it cannot show. */
import { createServer, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { DimensionError, hyperview, StorageError, view } from "../../src/node.js";
import { labels } from "../support/viewer-arrays.js";
import { pageFiles } from "../support/viewer-page.js";

const quiet = { open: false, port: 0, notify: (): void => {} };

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
