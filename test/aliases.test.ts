/** The user's aliases, from cloud-files' file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ArgumentError, CloudVolume, UnsupportedProtocolError } from "../src/node.js";
import { parseUserPath } from "../src/paths.js";
import { startStaticServer, type TestServer } from "./servers/static.js";

let server: TestServer;
let folder: string;
const before = process.env.CLOUD_FILES_DIR;
beforeAll(async () => {
  const info = CloudVolume.createNewInfo({
    numChannels: 1,
    layerType: "image",
    dataType: "uint8",
    encoding: "raw",
    resolution: [1, 1, 1],
    voxelOffset: [0, 0, 0],
    volumeSize: [8, 8, 8],
    chunkSize: [8, 8, 8],
  });
  const bytes = new TextEncoder().encode(JSON.stringify(info));
  const object = { bytes, compression: "none" } as const;
  server = await startStaticServer(
    new Map([
      ["em/one/info", object],
      ["em/two/info", object],
      ["other/one/info", object],
    ]),
  );
  folder = mkdtempSync(join(tmpdir(), "cloudvolume-aliases-"));
  process.env.CLOUD_FILES_DIR = folder;
});
afterAll(async () => {
  if (before === undefined) delete process.env.CLOUD_FILES_DIR;
  else process.env.CLOUD_FILES_DIR = before;
  rmSync(folder, { recursive: true });
  await server.close();
});
const write = (content: unknown): void =>
  writeFileSync(
    join(folder, "aliases.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );

describe("aliases.json", () => {
  it("opens a volume by an alias, and its neighbours", async () => {
    write({ lab: { host: `${server.url}/` }, minio: { host: "s3://https://minio.lab.edu:9000" } });
    const vol = await CloudVolume.open("lab://em/one");
    expect(vol.cloudpath).toBe("lab://em/one");
    expect(vol.baseCloudpath).toBe("lab://em/");
    vol.layer = "two";
    await vol.ready();
    expect([vol.cloudpath, vol.layer]).toEqual(["lab://em/two", "two"]);
    expect((await CloudVolume.fromHandoff(vol.handoff())).cloudpath).toBe("lab://em/two");
    expect(await parseUserPath("zarr://minio://bucket/a")).toMatchObject({
      protocol: "minio",
      transport: "s3",
      host: "https://minio.lab.edu:9000",
      bucket: "bucket",
      path: "a",
    });
    expect((await parseUserPath("minio://bucket/a", { useHttps: true })).location).toBe(
      "https://minio.lab.edu:9000/bucket/a",
    );
  });

  it("is read where a word is not known otherwise; an option comes before it", async () => {
    write("{ broken");
    expect((await parseUserPath("matrix://b/l")).host).toBe("https://s3-hpcrc.rc.princeton.edu");
    expect((await parseUserPath("gs://b/l")).transport).toBe("gs");
    await expect(parseUserPath("lab://b/l")).rejects.toThrow(ArgumentError);
    expect((await parseUserPath("mine://b/l", { aliases: { mine: "gs://x/" } })).transport).toBe("gs");
  });

  it.each([
    ["[]"],
    ['{"lab": "s3://https://x/"}'],
    ['{"lab": {"host": 5}}'],
    ['{"gs": {"host": "s3://https://x/"}}'],
    ['{"lab": {"host": "file:///etc/"}}'],
  ])("%s is refused", async (content) => {
    write(content);
    await expect(parseUserPath("lab://b/l")).rejects.toThrow(ArgumentError);
  });

  it("without the word, or empty, or missing: the word is unknown", async () => {
    for (const content of ["", "{}", '{"other": {"host": "gs://x/"}}']) {
      write(content);
      await expect(parseUserPath("lab://b/l")).rejects.toThrow(UnsupportedProtocolError);
    }
    rmSync(join(folder, "aliases.json"));
    await expect(parseUserPath("lab://b/l")).rejects.toThrow(UnsupportedProtocolError);
  });
});
