/** `verify` finds what was damaged on purpose: some 40 kinds of faults, each alone in a layer that is healthy otherwise. */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloudVolume, type Fault } from "../../src/node.js";
import { leaveOut } from "../support/left-out.js";
import { scratchDirectory } from "../support/scratch.js";
import { LAYERS } from "./layers.js";
import { at, CHUNK, OTHER, PLANTS } from "./plants.js";

describe("verify", () => {
  test("there are many kinds", () => {
    expect(Object.keys(PLANTS).length).toBeGreaterThan(30);
    expect(new Set(Object.values(PLANTS).map((p) => p.expected.kind)).size).toBeGreaterThan(12);
  });

  test.each(Object.entries(PLANTS))("finds %s", async (_, { layer, damage, expected }) => {
    const path = join(scratchDirectory(), "layer");
    await LAYERS[layer](path);
    if (layer !== "levels") expect(await CloudVolume.verify(`file://${path}`)).toMatchObject({ faults: [] });
    await damage(path);
    const { faults, checked } = await CloudVolume.verify(`file://${path}`);
    expect(checked).toBeGreaterThan(0);
    const found = faults.filter((f) => f.key === expected.key && f.kind === expected.kind);
    expect({ faults, times: found.length }).toMatchObject({ times: expected.times ?? 1 });
    if (expected.detail !== undefined) expect(found[0]!.detail).toMatch(expected.detail);
    // What follows from the fault is told as well; nothing of the healthy chunks is.
    const side = faults.filter((f) => f.key === OTHER && layer !== "levels" && layer !== "sharded");
    expect(side.filter((f) => f.kind !== "undecodable" && expected.key !== "info")).toEqual([]);
  });

  test("finds what may not be read", async () => {
    if (process.getuid?.() === 0) return leaveOut("a chunk that may not be read", "this is the superuser");
    const path = join(scratchDirectory(), "layer");
    await LAYERS.raw(path);
    chmodSync(at(path, CHUNK), 0);
    const { faults } = await CloudVolume.verify(`file://${path}`);
    expect(faults).toMatchObject([{ key: CHUNK, kind: "denied" }]);
  });

  test("reads the storage, not the caches, and changes nothing", async () => {
    const path = join(scratchDirectory(), "layer");
    const made = await LAYERS.gzip(path);
    const cache = scratchDirectory();
    const vol = await CloudVolume.open(made.cloudpath, { cache, lruBytes: 1e8 });
    await vol.download("...");
    rmSync(at(path, `${CHUNK}.gz`));
    const before = readdirSync(path, { recursive: true });
    expect((await vol.verify()).faults).toMatchObject([{ key: CHUNK, kind: "missing" }]);
    expect(readdirSync(path, { recursive: true })).toEqual(before);
    expect((await vol.verify({ fillMissing: true })).faults).toEqual([]);
  });

  test("a level, a box; progress; an abort; a bounded list", async () => {
    const path = join(scratchDirectory(), "layer");
    const vol = await LAYERS.levels(path);
    const all = await vol.verify({ mostFaults: 2 });
    expect([all.faults.length, all.more]).toEqual([2, 0]);
    expect((await vol.verify({ mostFaults: 1 })).more).toBe(1);
    expect((await vol.verify({ mip: 0 })).faults).toEqual([]);
    expect((await vol.verify({ mips: [1] })).faults.length).toBe(2);
    rmSync(at(path, `${CHUNK}.gz`));
    expect((await vol.verify({ bbox: "16:32, :, :" })).faults).toEqual([]);
    expect((await vol.verify({ bbox: "10:20, 0:1, 0:1" })).faults).toMatchObject([{ key: CHUNK }]);
    const seen: number[] = [];
    const faults: Fault[] = [];
    await vol.verify({ mip: 0, progress: ({ done }) => seen.push(done), onFault: (f) => faults.push(f) });
    expect([seen.at(-1), faults.length]).toEqual([8, 1]);
    const controller = new AbortController();
    const aborted = vol.verify({ progress: () => controller.abort(), signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  });
});
