/** What a page can do besides reading layers of its own server: CDNs, caches, buckets, meshes and what else lies in layers. */
import { beforeAll, describe, expect, test } from "vitest";
import { CloudVolume, open, openAnnotations } from "../../src/node.js";
import { buildForBrowser } from "../support/browser/build.js";
import { allowPages } from "../support/browser/cors-proxy.js";
import { annotationDigest, type Library, meshDigests, skeletonDigests } from "../support/browser/digest.js";
import { type Pages, servePages } from "../support/browser/pages.js";
import { makeGsBucket, makeS3Bucket } from "../support/buckets.js";
import { haveChromium, openPage, type WatchedPage } from "../support/chromium.js";
import { goldenEntries, goldenPath, goldenRoot } from "../support/golden.js";
import { haveServer, KEYS, type ServerName, startServer } from "../support/servers.js";

const LAYER = "images/raw_uint16_default_c3/layer";
const isHere =
  haveChromium("a page's caches, buckets and meshes") &&
  goldenEntries(["image"], "a page's caches").length > 0;
const ours: Library = { CloudVolume, open, openAnnotations };

let library = "";
beforeAll(() => {
  if (isHere) library = buildForBrowser();
});

interface Stage {
  readonly pages: Pages;
  readonly watched: WatchedPage;
}

/** A page with the library, of its own server or of another one. */
async function stage(how: { readonly cdn?: string; readonly isolated?: boolean } = {}): Promise<Stage> {
  const script = `<script type="module" src="${how.cdn ?? ""}/lib/probe.js"></script>`;
  const pages = await servePages({
    folders: { "/lib/": library, "/data/": goldenRoot ?? "" },
    pages: { "/": `<!doctype html><link rel="icon" href="data:,">${script}` },
    isolated: how.isolated ?? false,
  });
  const watched = await openPage();
  await visit({ pages, watched });
  return { pages, watched };
}

async function visit({ pages, watched }: Stage): Promise<void> {
  await watched.page.goto(pages.url);
  await watched.page.waitForFunction(() => "cloudvolume" in globalThis);
}

describe.runIf(isHere)("a page", () => {
  test("takes the library and its workers from a CDN, and layers of servers that hide their headers", async () => {
    const cdn = await servePages({ folders: { "/lib/": library }, cors: true });
    const data = await servePages({ folders: { "/data/": goldenRoot ?? "" }, cors: true });
    const { pages, watched } = await stage({ cdn: cdn.url });
    for (const path of [LAYER, "images/raw_uint8_compress_zstd/layer", "images/raw_float64_br_c3/layer"]) {
      const request = { path: `${data.url}/data/${path}`, options: {}, byWorkers: true };
      const answer = await watched.page.evaluate((r) => globalThis.cloudvolume.read(r), request);
      expect(answer.workers).toBeGreaterThan(0);
      const expected = await (await CloudVolume.open(goldenPath(path))).download();
      expect(
        Buffer.compare(
          pages.posted.pop() ?? Buffer.alloc(0),
          Buffer.from(expected.data.buffer, expected.data.byteOffset, expected.data.byteLength),
        ),
      ).toBe(0);
    }
    expect(cdn.asked.some((path) => path === "/lib/worker.js")).toBe(true);
  });

  test("keeps what it read, over reloads, and no more than it may", async () => {
    const { pages, watched } = await stage();
    const path = `${pages.url}/data/${LAYER}`;
    /** What a read asks for, but for what each opening compares with the cache. */
    const read = async (): Promise<string[]> => {
      const before = pages.asked.length;
      await watched.page.evaluate(async (where) => {
        const vol = await globalThis.cloudvolume.CloudVolume.open(where, { cache: true });
        const { data } = await vol.download();
        await fetch("/posted", {
          method: "POST",
          body: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
        });
        await vol.cache.list();
      }, path);
      return pages.asked.slice(before).filter((asked) => /^\/data\/.*\/\d/.test(asked));
    };
    expect((await read()).length).toBeGreaterThan(1);
    expect(await read()).toEqual([]);
    await visit({ pages, watched });
    expect(await read()).toEqual([]);
    const [first, second, third] = pages.posted;
    expect(first?.length).toBeGreaterThan(0);
    expect(second?.equals(first ?? Buffer.alloc(0)) && third?.equals(first ?? Buffer.alloc(0))).toBe(true);

    const kept = await watched.page.evaluate(async (where) => {
      const { CloudVolume: Volume } = globalThis.cloudvolume;
      const vol = await Volume.open(where, { cache: true });
      const names = await vol.cache.list();
      const all = vol.cache.total().bytes;
      await vol.cache.flush();
      const limited = await Volume.open(where, { cache: true, cacheBytes: Math.floor(all / 2) });
      await limited.download();
      await limited.cache.list();
      return { names: names.length, all, limited: limited.cache.total().bytes };
    }, path);
    expect(kept.names).toBeGreaterThan(0);
    expect(kept.limited).toBeGreaterThan(0);
    expect(kept.limited).toBeLessThanOrEqual(kept.all / 2);
  });

  test("writes a volume in memory, and reads it back, with workers that share memory and others", async () => {
    for (const isolated of [true, false]) {
      const { watched } = await stage({ isolated });
      const isSame = await watched.page.evaluate(async () => {
        const size = [160, 150, 40] as const;
        const data = new Uint32Array(size[0] * size[1] * size[2]).map((_, i) => (i >> 5) % 977);
        const array = { data, shape: [...size], stride: [1, size[0], size[0] * size[1]] };
        const { CloudVolume: Volume } = globalThis.cloudvolume;
        const vol = await Volume.fromArray(array, {
          layerType: "segmentation",
          encoding: "compressed_segmentation",
        });
        const read = await vol.download();
        return read.data.length === data.length && data.every((value, i) => read.data[i] === value);
      });
      expect(isSame).toBe(true);
    }
  });

  test("says what it cannot do", async () => {
    const { watched } = await stage();
    const said = await watched.page.evaluate(async () => {
      const { CloudVolume: Volume } = globalThis.cloudvolume;
      const fail = async (work: Promise<unknown>): Promise<string> =>
        await work.then(
          () => "nothing",
          (error: Error) => `${error.name}: ${error.message}`,
        );
      return [await fail(Volume.open("file:///tmp/layer")), await fail(Volume.open("no://such/layer"))];
    });
    expect(said[0]).toMatch(/^UnsupportedProtocolError: A browser has no files to open/);
    expect(said[1]).toMatch(/^UnsupportedProtocolError/);
  });
});

describe.runIf(isHere)("a page reads, as Node does,", () => {
  let set: Stage;
  beforeAll(async () => {
    set = await stage();
  });
  const evaluate = async (
    kind: "meshes" | "skeletons",
    path: string,
    ids: readonly string[],
  ): Promise<object> =>
    await set.watched.page.evaluate(([what, where, which]) => globalThis.cloudvolume[what](where, which), [
      kind,
      `${set.pages.url}/data/${path}`,
      ids,
    ] as const);

  const meshes = goldenEntries(
    ["mesh-legacy", "mesh-multilod-unsharded", "mesh-multilod-sharded"],
    "meshes in a browser",
  );
  test.each(meshes)("the meshes of $path", async ({ path }) => {
    const vol = await CloudVolume.open(goldenPath(path));
    const ids = (await vol.mesh.list()).slice(0, 3).map(String);
    expect(ids.length).toBeGreaterThan(0);
    expect(await evaluate("meshes", path, ids)).toEqual(await meshDigests(ours, goldenPath(path), ids));
  });

  const skeletons = goldenEntries(["skeleton-unsharded", "skeleton-sharded"], "skeletons in a browser");
  test.each(skeletons)("the skeletons of $path", async ({ path }) => {
    const vol = await CloudVolume.open(goldenPath(path));
    const ids = (await vol.skeleton.list()).slice(0, 3).map(String);
    expect(ids.length).toBeGreaterThan(0);
    expect(await evaluate("skeletons", path, ids)).toEqual(
      await skeletonDigests(ours, goldenPath(path), ids),
    );
  });

  const annotations = goldenEntries(
    ["annotations-unsharded-spatial", "annotations-sharded"],
    "annotations in a browser",
  );
  test.each(annotations)("the annotations of $path", async ({ path }) => {
    const found = await set.watched.page.evaluate(
      (where) => globalThis.cloudvolume.annotations(where),
      `${set.pages.url}/data/${path}`,
    );
    expect(found).toBe(await annotationDigest(ours, goldenPath(path)));
  });
});

describe
  .runIf(isHere)
  .each(["moto", "versitygw", "fake-gcs-server"] as const satisfies readonly ServerName[])(
  "a bucket on %s",
  (name) => {
    const isServer = isHere && haveServer(name, `a page that reads a bucket of ${name}`);
    test.runIf(isServer)("is read and written by a page with the credentials that it is given", async () => {
      const server = await startServer(name);
      const isGs = name === "fake-gcs-server";
      if (isGs) await makeGsBucket(server, "pages");
      else await makeS3Bucket(server, "pages");
      const secrets = isGs
        ? undefined
        : { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
      const path = `${isGs ? "gs" : "s3"}://pages/layer`;
      const data = new Uint16Array(64 * 64 * 32).map((_, i) => i % 1009);
      const array = { data, shape: [64, 64, 32], stride: [1, 64, 4096] };
      const here = { secrets, bucket: { endpoint: server.url, anonymous: isGs } };
      await CloudVolume.fromArray(array, { ...here, path, chunkSize: [32, 32, 16] });

      const endpoint = await allowPages(server.url);
      const { watched } = await stage();
      const got = await watched.page.evaluate(
        async ([where, options]) => {
          const { CloudVolume: Volume } = globalThis.cloudvolume;
          const vol = await Volume.open(where, { ...options, secrets: options.secrets ?? undefined });
          const read = await vol.download();
          const doubled = (read.data as Uint16Array).map((value) => 2 * value);
          await vol.upload("...", { data: doubled, shape: read.shape, stride: read.stride });
          return {
            sum: Array.from(read.data as Uint16Array).reduce((a, b) => a + b, 0),
            shape: [...read.shape],
          };
        },
        [path, { secrets: secrets ?? null, bucket: { endpoint, anonymous: isGs } }] as const,
      );
      expect(got).toEqual({ sum: data.reduce((a, b) => a + b, 0), shape: [64, 64, 32, 1] });
      const after = await (await CloudVolume.open(path, here)).download();
      expect(after.data).toEqual(data.map((value) => 2 * value));
    });
  },
);
