/** An upload that is killed leaves every chunk old or new. The long version is scripts/crash.mjs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { COMPRESSIONS } from "../support/layers.js";
import { seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { CHUNKS, crashLayer, killOnce, leftovers } from "./kill.js";

const KILLS = Number(process.env.CLOUDVOLUME_KILLS ?? 5);

describe("an upload killed at a random moment", () => {
  test.each(COMPRESSIONS)(
    "leaves old or new chunks, compressed by %s",
    { timeout: 60_000 + KILLS * 2000 },
    async (compress) => {
      const random = seeded(COMPRESSIONS.indexOf(compress) + 100);
      const path = join(scratchDirectory(), "layer");
      await crashLayer(path, compress);
      const sum = { compress, kills: KILLS, midFile: 0, newer: 0, older: 0 };
      for (let i = 0; i < KILLS; i++) {
        const killed = await killOnce(inject("build"), path, compress, random, i % 2 === 0);
        expect(killed.wrong).toEqual([]);
        expect(killed.mistaken).toEqual([]);
        expect(killed.newer + killed.older).toBe(CHUNKS);
        sum.midFile += killed.midFile ? 1 : 0;
        sum.newer += killed.newer;
        sum.older += killed.older;
      }
      console.log(`crash: ${JSON.stringify(sum)}`);
      const vol = await CloudVolume.open(`file://${path}`, { compress });
      // Whoever opens the layer next sweeps what the dead have left, at its first write.
      await vol.upload("0:40, 0:40, 0:40", 3);
      expect(leftovers(path)).toBe(0);
      await vol.upload("...", 3);
      expect((await vol.download("...")).data.every((v) => v === 3)).toBe(true);
    },
  );
});

test("a file that is being written is no data, no chunk and no key", async () => {
  const path = join(scratchDirectory(), "layer");
  await crashLayer(path, "none");
  const vol = await CloudVolume.open(`file://${path}`);
  vol.addScale([2, 2, 2]);
  await vol.commitInfo();
  const folder = join(path, "2_2_2");
  mkdirSync(folder);
  writeFileSync(join(folder, ".0-40_0-40_0-40.1-a-b.cvtmp"), "half of a chunk");
  expect(await vol.hasData({ mip: 1 })).toBe(false);
  expect([...(await vol.exists("...", { mip: 1 })).values()].some(Boolean)).toBe(false);
  const keys: string[] = [];
  for await (const key of vol.context.store.list?.("2_2_2/") ?? []) keys.push(key);
  expect(keys).toEqual([]);
  const coarse = await vol.download("...", { mip: 1, fillMissing: true });
  expect(coarse.data.every((v) => v === 0)).toBe(true);
});
