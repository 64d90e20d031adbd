/** A cache that many processes share: kills, a byte limit, full and read-only disks. The long form is scripts/cache-stress.mjs. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test, vi } from "vitest";
import { DiskCache } from "../../src/cache/disk/disk-cache.node.js";
import { CloudVolume } from "../../src/node.js";
import { leaveOut } from "../support/left-out.js";
import { makeLayer } from "../support/make-layer.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";
import { stress, stressLayer } from "./stress/stress.js";

const SECONDS = Number(process.env.CLOUDVOLUME_STRESS_SECONDS ?? 3);
const PROCESSES = Number(process.env.CLOUDVOLUME_STRESS_PROCESSES ?? 3);
const LIMIT = 400_000;
const ENTRY = 32 ** 3;

describe("processes that are killed", () => {
  test.each([undefined, LIMIT])(
    "limit %s: never a wrong voxel, nothing stale",
    { timeout: 150_000 + SECONDS * 2000 },
    async (limit) => {
      const layer = join(scratchDirectory(), "layer");
      await stressLayer(layer);
      const result = await stress({
        ...{
          build: inject("build"),
          layer,
          cache: scratchDirectory(),
          seconds: SECONDS,
          processes: PROCESSES,
        },
        killEvery: 1000,
        ...(limit === undefined ? {} : { limit }),
      });
      console.log(`cache stress: ${JSON.stringify({ limit, ...result, faults: result.faults.length })}`);
      expect(result.faults.slice(0, 3)).toEqual([]);
      expect(result.stale).toEqual([]);
      expect(result.operations).toBeGreaterThan(5);
      expect(result.largest).toBeGreaterThan(0);
      if (limit !== undefined) expect(result.largest).toBeLessThanOrEqual(limit + PROCESSES * ENTRY);
    },
  );
});

describe("a disk that is full", () => {
  test("reads and writes go on without the cache, and nothing stale stays", async () => {
    const small = scratchDirectory();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small], { stdio: "ignore" });
    } catch {
      return leaveOut("a cache on a full disk", "a small file system cannot be mounted here");
    }
    try {
      const { data, path } = await makeLayer([96, 64, 64, 1], [0, 0, 0], {
        chunkSize: [32, 32, 32],
        compress: false,
      });
      const vol = await CloudVolume.open(`file://${path}`, { cache: small });
      for (let i = 0; i < 2; i++) expect(difference(await vol.download("..."), data)).toBe("same");
      const held = (await vol.cache.list()).length;
      expect(held).toBeGreaterThan(0);
      expect(held).toBeLessThan(12);
      await vol.upload("...", 9);
      expect((await vol.download("...")).data.every((v) => v === 9)).toBe(true);
      const other = await CloudVolume.open(`file://${path}`, { cache: small });
      expect((await other.download("...")).data.every((v) => v === 9)).toBe(true);
      expect(readdirSync(join(vol.cache.path, ".cloudvolume/writing")).length).toBe(0);
    } finally {
      execFileSync("umount", ["-l", small]);
    }
  });

  test("an entry that cannot be replaced is removed; one that cannot be removed is an error", async () => {
    const path = scratchDirectory();
    const cache = new DiskCache({ path, compress: undefined, locking: true, limit: undefined });
    cache.replace("8/a", { bytes: Uint8Array.of(1, 2), compression: "none" });
    expect(cache.readSync("8/a")?.bytes).toEqual(Uint8Array.of(1, 2));
    // A folder in the way of the files that are being written: no entry can be made.
    rmSync(join(path, ".cloudvolume"), { recursive: true });
    writeFileSync(join(path, ".cloudvolume"), "in the way");
    cache.replace("8/a", { bytes: Uint8Array.of(3), compression: "none" });
    expect(cache.readSync("8/a")).toBeUndefined();
    cache.fill("8/b", { bytes: Uint8Array.of(3), compression: "none" }, cache.ticket("8/b"));
    expect(cache.readSync("8/b")).toBeUndefined();
  });
});

describe("a folder that may not be written", () => {
  test("is refused when the cache is opened", async () => {
    if (process.getuid?.() === 0) return leaveOut("a read-only cache", "this is the superuser");
    const { path } = await makeLayer([32, 32, 32, 1]);
    const folder = scratchDirectory();
    chmodSync(folder, 0o500);
    await expect(CloudVolume.open(`file://${path}`, { cache: folder })).rejects.toThrow(/cache/);
    chmodSync(folder, 0o700);
  });

  test("one that becomes read-only is read, and a write that would leave a stale entry says so", async () => {
    const { data, path } = await makeLayer([64, 32, 32, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const folder = scratchDirectory();
    try {
      execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return leaveOut("a cache on a read-only file system", "a file system cannot be mounted here");
    }
    try {
      const vol = await CloudVolume.open(`file://${path}`, { cache: folder });
      await vol.download("0:32, 0:32, 0:32");
      execFileSync("mount", ["-o", "remount,ro", folder]);
      expect(difference(await vol.download("..."), data)).toBe("same");
      expect((await vol.cache.list()).length).toBe(1);
      await vol.upload("32:64, 0:32, 0:32", 5); // Not cached: nothing stale.
      await expect(vol.upload("0:32, 0:32, 0:32", 5)).rejects.toThrow(/stale entry/);
      vol.cache.enabled = false;
      expect((await vol.download("0:32, 0:32, 0:32")).data[0]).not.toBe(undefined);
    } finally {
      execFileSync("umount", ["-l", folder]);
    }
  });
});

describe("entries that are bad", () => {
  const chunk = "1_1_1/0-32_0-32_0-32";
  test.each([
    ["cut", (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ["of no bytes", () => Buffer.alloc(0)],
    ["of something else", () => Buffer.from("not what it should be")],
    ["damaged", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 40), Buffer.alloc(bytes.length - 40)])],
  ])("one that is %s is dropped and read again, by every way of reading", async (_, damage) => {
    const { data, path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const { readFileSync } = await import("node:fs");
    for (const compressCache of [null, false] as const) {
      const vol = await CloudVolume.open(`file://${path}`, { cache: scratchDirectory(), compressCache });
      const file = join(vol.cache.path, chunk + (compressCache === null ? ".gz" : ""));
      for (const options of [{}, { asyncIo: true }]) {
        await vol.download("...");
        const good = readFileSync(file);
        if (compressCache === false && damage(good).length === good.length) continue; // Raw voxels have no checksum.
        writeFileSync(file, damage(good));
        expect(difference(await vol.download("...", options), data)).toBe("same");
        if (damage(good).length > 0) expect(readFileSync(file).equals(good)).toBe(true);
        else rmSync(file, { force: true });
      }
    }
  });

  test("by workers, and where the source is as bad", async () => {
    const { data, path } = await makeLayer([256, 256, 128, 1], [0, 0, 0], { chunkSize: [64, 64, 64] });
    const vol = await CloudVolume.open(`file://${path}`, { cache: scratchDirectory(), parallel: 2 });
    await vol.download("...");
    const folder = join(vol.cache.path, "1_1_1");
    for (const name of readdirSync(folder).slice(0, 9)) writeFileSync(join(folder, name), "torn");
    expect(difference(await vol.download("..."), data)).toBe("same");
    const key = "1_1_1/0-64_0-64_0-64.gz";
    for (const at of [path, vol.cache.path]) writeFileSync(join(at, key), "torn");
    await expect(vol.download("...")).rejects.toThrow(/gzip/);
    await expect(vol.download("0:10, 0:10, 0:10")).rejects.toThrow(/gzip/);
  });
});

describe("many processes at once", () => {
  test("a process that died while it wrote keeps nobody from caching for good", () => {
    const path = scratchDirectory();
    const make = (): DiskCache =>
      new DiskCache({ path, compress: undefined, locking: true, limit: undefined });
    const entry = { bytes: Uint8Array.of(1), compression: "none" as const };
    const [writer, reader] = [make(), make()];
    const ticket = reader.ticket("8/a");
    const change = writer.begin("8/a");
    reader.fill("8/a", entry, ticket);
    expect(reader.readSync("8/a")).toBeUndefined();
    change.done();
    reader.fill("8/a", entry, ticket);
    expect(reader.readSync("8/a")).toBeUndefined(); // It was fetched before the change was done.
    reader.fill("8/a", entry, reader.ticket("8/a"));
    expect(reader.readSync("8/a")?.bytes).toEqual(entry.bytes);

    // Two writers of one object: the cache cannot know whose is the last one, and keeps none.
    const [first, second] = [writer.begin("8/c"), make().begin("8/c")];
    second.done(entry);
    first.done({ ...entry, bytes: Uint8Array.of(2) });
    expect(reader.readSync("8/c")).toBeUndefined();
    const third = writer.begin("8/c");
    make().begin("8/c").done(entry);
    third.done({ ...entry, bytes: Uint8Array.of(3) });
    expect(reader.readSync("8/c")).toBeUndefined();
    writer.begin("8/c").done(entry);
    expect(reader.readSync("8/c")?.bytes).toEqual(entry.bytes);

    // A writer that is no more: the first reader clears up, the next one fills.
    writer.begin("8/b");
    const folder = join(path, ".cloudvolume/changes");
    const [bucket = ""] = readdirSync(folder).filter((b) => readdirSync(join(folder, b)).length > 0);
    const [name = ""] = readdirSync(join(folder, bucket));
    rmSync(join(folder, bucket, name));
    mkdirSync(join(folder, bucket), { recursive: true });
    writeFileSync(join(folder, bucket, name.replace(/^\d+/, "999999999")), "");
    const early = reader.ticket("8/b");
    reader.fill("8/b", entry, early);
    expect(reader.readSync("8/b")).toBeUndefined();
    reader.fill("8/b", entry, early);
    expect(reader.readSync("8/b")).toBeUndefined();
    reader.fill("8/b", entry, reader.ticket("8/b"));
    expect(reader.readSync("8/b")?.bytes).toEqual(entry.bytes);
  });

  test("a reader that is killed while it adds an old object leaves none: the writer waits for it", async () => {
    const path = scratchDirectory();
    const cache = new DiskCache({ path, compress: undefined, locking: true, limit: undefined });
    const folder = join(path, ".cloudvolume/additions");
    mkdirSync(folder, { recursive: true });
    const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, "_");
    // It looked before the writer begins; its entry comes after that, and its second look never does.
    const steps = [
      `sleep 60 & reader=$!; : > ${folder}/$reader~${host}~0.1`,
      `(sleep 0.3; mkdir -p ${path}/8; echo old > ${path}/8/a; sleep 0.2; kill -9 $reader) & wait $reader`,
    ];
    spawn("sh", ["-c", steps.join("\n")], { stdio: "ignore" });
    await vi.waitUntil(() => readdirSync(folder).length === 1);
    const from = performance.now();
    const change = cache.begin("8/a");
    const waited = performance.now() - from;
    expect(waited).toBeGreaterThan(200);
    expect(waited).toBeLessThan(4000);
    expect(cache.readSync("8/a")).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    const entry = { bytes: Uint8Array.of(7), compression: "none" } as const;
    change.done(entry);
    expect(cache.readSync("8/a")?.bytes).toEqual(entry.bytes);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("without locking there are no files of our own but those being written", async () => {
    const { path } = await makeLayer([32, 32, 32, 1]);
    const warn = vi.spyOn(process, "emitWarning");
    const vol = await CloudVolume.open(`file://${path}`, { cache: scratchDirectory(), cacheLocking: false });
    await vol.upload("...", 3);
    await vol.download("...");
    expect(readdirSync(join(vol.cache.path, ".cloudvolume"))).toEqual(["writing"]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    await vol.cache.flush();
    expect(existsSync(vol.cache.path)).toBe(false);
  });
});
