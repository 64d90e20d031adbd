/** Volumes over http: the golden layers read equal; missing, denied, failed and broken are told apart. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtinCodecs } from "../src/codecs/index.js";
import {
  AuthorizationError,
  CloudVolume,
  CloudVolumeError,
  EmptyVolumeException,
  InfoUnavailableError,
  ReadOnlyException,
  StorageError,
} from "../src/node.js";
import { goldenEntries, goldenPath, goldenRoot, goldenTruth } from "./support/golden.js";
import { type Loopback, serveDirectory } from "./support/http-server.js";
import { type MadeLayer, makeLayer } from "./support/make-layer.js";
import { seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, difference, largestDifference } from "./support/voxels.js";

const entries = goldenEntries(["image", "image-mips", "real-em"], "golden layers over http").filter((e) =>
  builtinCodecs().some((codec) => codec.name === e.encoding),
);

describe.runIf(entries.length > 0)("golden layers over http", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await serveDirectory(goldenRoot ?? "");
  });
  const plain = entries.filter((e) => !/_xz|_bz2/.test(e.path));
  test.each(plain.map((entry) => ({ name: entry.path, entry })))("$name", async ({ entry }) => {
    const { mip, truth } = entry.mips.at(-1)!;
    const options = {
      mip,
      fillMissing: entry.fill_missing ?? false,
      backgroundColor: entry.background_color ?? 0,
    };
    const vol = await CloudVolume.open(`${server.url}/${entry.path}`, options);
    const local = await CloudVolume.open(`file://${goldenPath(entry.path)}`, options);
    const whole = goldenTruth(truth) ?? (await local.download("..."));
    const read = await vol.download("...");
    if (entry.lossless === false) expect(largestDifference(read, whole)).toBeLessThanOrEqual(4);
    else expect(difference(read, whole)).toBe("same");
    expect(difference(read, await local.download("..."))).toBe("same");
    expect(vol.numChannels).toBe(truth.shape[3] ?? 1);
  });
});

describe("over http", () => {
  let layer: MadeLayer;
  let server: Loopback;
  beforeAll(async () => {
    layer = await makeLayer([128, 128, 96, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    server = await serveDirectory(join(layer.path, ".."));
  });
  const open = (fillMissing = false): Promise<CloudVolume> =>
    CloudVolume.open(`${server.url}/layer`, { fillMissing });
  const boxes = ["...", "0:64, 0:64, 0:64", "5:6, 5:6, 5:6"];

  test("boxes read equal, and no more than a fixed number of requests is under way", async () => {
    server.behave({ delay: 5 });
    const vol = await open();
    const random = seeded(71);
    for (let i = 0; i < 15; i++) {
      const from = [0, 1, 2].map((a) => random.integer(0, [120, 120, 90][a]!));
      const size = from.map((n, a) => random.integer(1, [128, 128, 96][a]! - n));
      const read = await vol.download(from.map((n, a) => [n, n + size[a]!] as const));
      expect(difference(read, boxOf(layer.data, [...from, 0], [...size, 1]))).toBe("same");
    }
    expect(difference(await vol.download("..."), layer.data)).toBe("same");
    expect(server.most()).toBeLessThanOrEqual(128);
    server.behave({});
  });

  test.each(boxes)(
    "a chunk that is missing (404) is EmptyVolumeException in %s, or background",
    async (box) => {
      server.behave({ status: (path) => (path.includes("0-32_0-32_0-32") ? 404 : undefined) });
      await expect((await open()).download(box)).rejects.toThrow(EmptyVolumeException);
      expect((await (await open(true)).download(box)).data[0]).toBe(0);
      server.behave({});
    },
  );

  test.each(boxes)("a chunk that is denied (401, 403) is never background in %s", async (box) => {
    for (const status of [401, 403]) {
      server.behave({ status: (path) => (path.includes("0-32_0-32_0-32") ? status : undefined) });
      for (const fill of [false, true])
        await expect((await open(fill)).download(box)).rejects.toThrow(AuthorizationError);
      const exists = (await open()).exists(box);
      await expect(exists).rejects.toThrow(AuthorizationError);
    }
    server.behave({});
  });

  test("an info that is missing, denied or failed is told apart", async () => {
    const at = (status: number): void =>
      server.behave({ status: (path) => (path.endsWith("/info") ? status : undefined) });
    at(404);
    await expect(open()).rejects.toThrow(InfoUnavailableError);
    at(403);
    await expect(open()).rejects.toThrow(AuthorizationError);
    at(400);
    const failed = await open().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CloudVolumeError);
    expect(failed).not.toBeInstanceOf(InfoUnavailableError);
    server.behave({});
  });

  test("a server that fails now and then is asked again", async () => {
    const random = seeded(72);
    const vol = await open();
    server.behave({
      status: () => (random.integer(0, 4) === 0 ? random.of([500, 502, 503, 429]) : undefined),
    });
    expect(difference(await vol.download("..."), layer.data)).toBe("same");
    server.behave({});
  });

  test("nothing is written or deleted", async () => {
    const vol = await open();
    await expect(vol.upload("...", 1)).rejects.toThrow(CloudVolumeError);
    await expect(vol.delete("...")).rejects.toThrow(CloudVolumeError);
    const error = await vol.commitInfo().catch((e: unknown) => e);
    expect([StorageError, ReadOnlyException].some((c) => error instanceof c)).toBe(true);
    expect(difference(await vol.download("..."), layer.data)).toBe("same");
  });

  test("a body shorter than declared is never voxels", async () => {
    const info = JSON.stringify((await open()).info);
    const short = createServer((request, response) => {
      if (request.url?.endsWith("/info")) return void response.end(info);
      if (request.url?.endsWith("/provenance")) return void response.writeHead(404).end();
      response.writeHead(200, { "Content-Length": 32 ** 3 });
      response.write(Buffer.alloc(1000));
      setTimeout(() => response.destroy(), 1);
    });
    await new Promise<void>((resolve) => short.listen(0, "127.0.0.1", resolve));
    afterAll(() => void short.close());
    const url = `http://127.0.0.1:${(short.address() as AddressInfo).port}/layer`;
    const vol = await CloudVolume.open(url, { fillMissing: true });
    const signal = AbortSignal.timeout(2000);
    const read = await vol.download("0:8, 0:8, 0:8", { signal }).catch((error: unknown) => error);
    expect(read).toBeInstanceOf(CloudVolumeError);
  });

  test("a redirect in an info file from the web leads to the web, not to this machine's files", async () => {
    const root = scratchDirectory();
    mkdirSync(join(root, "layer"));
    const { info } = await open();
    writeFileSync(join(root, "layer/info"), JSON.stringify({ ...info, redirect: `file://${layer.path}` }));
    const other = await serveDirectory(root);
    await expect(CloudVolume.open(`${other.url}/layer`)).rejects.toThrow(CloudVolumeError);
    writeFileSync(join(root, "layer/info"), JSON.stringify({ ...info, redirect: `${server.url}/layer` }));
    const vol = await CloudVolume.open(`${other.url}/layer`);
    expect(vol.readonly).toBe(true);
    expect(difference(await vol.download("..."), layer.data)).toBe("same");
  });
});
