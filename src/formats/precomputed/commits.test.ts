import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConflictError } from "../../base/errors.js";
import { fileStore } from "../../stores/file/index.js";
import { memStore } from "../../stores/mem/index.js";
import type { Store } from "../../stores/store.js";
import { createNewInfo } from "./create-info.js";
import { PrecomputedMetadata } from "./metadata.js";

const folder = mkdtempSync(join(tmpdir(), "commits-"));
afterAll(() => rmSync(folder, { recursive: true }));
let layers = 0;

const info = createNewInfo({
  numChannels: 1,
  layerType: "image",
  dataType: "uint8",
  encoding: "raw",
  resolution: [4, 4, 40],
  voxelOffset: [0, 0, 0],
  volumeSize: [64, 64, 64],
  chunkSize: [32, 32, 32],
  maxMip: 0,
});

describe.each([
  ["memory", (): Store => memStore(`mem://commits/${layers++}`)],
  ["files", (): Store => fileStore(join(folder, `${layers++}`))],
] as const)("two writers of one layer in %s", (_, make) => {
  /** Two who opened the same layer. */
  async function two(): Promise<[PrecomputedMetadata, PrecomputedMetadata]> {
    const store = make();
    const creator = await PrecomputedMetadata.open(store, { info: structuredClone(info) });
    await creator.commitInfo();
    await creator.commitProvenance();
    return [await PrecomputedMetadata.open(store), await PrecomputedMetadata.open(store)];
  }

  it.each([0, 1])("at once: one wins, the other is told, and no update is lost (%d)", async (first) => {
    const pair = await two();
    for (const [i, writer] of pair.entries()) writer.info.mesh = `mesh-${i}`;
    const order = first === 0 ? pair : [...pair].reverse();
    const results = await Promise.allSettled(order.map((writer) => writer.commitInfo()));
    const lost = results.findIndex((r) => r.status === "rejected");
    expect(results.filter((r) => r.status === "rejected").map((r) => r.reason)).toEqual([
      expect.any(ConflictError),
    ]);
    const [winner, loser] = [order[1 - lost]!, order[lost]!];
    expect((await winner.fetchInfo()).mesh).toBe(winner.info.mesh);
    // What the loser is told to do.
    await loser.refreshInfo();
    expect(loser.info.mesh).toBe(winner.info.mesh);
    loser.info.skeletons = "skeletons";
    await loser.commitInfo();
    expect(await winner.fetchInfo()).toMatchObject({ mesh: winner.info.mesh, skeletons: "skeletons" });
  });

  it("one after the other: the second has not seen the first's, and is told", async () => {
    const [a, b] = await two();
    a.info.mesh = "a";
    await a.commitInfo();
    a.info.mesh = "a again";
    await a.commitInfo();
    b.info.mesh = "b";
    await expect(b.commitInfo()).rejects.toThrow(/changed by another writer.*Read it again/s);
    expect((await a.fetchInfo()).mesh).toBe("a again");
    await b.commitInfo({ overwrite: true });
    expect((await a.fetchInfo()).mesh).toBe("b");
    await b.commitInfo();
  });

  it("the same of provenance", async () => {
    const [a, b] = await two();
    a.provenance.description = "a";
    b.provenance.description = "b";
    const results = await Promise.allSettled([a.commitProvenance(), b.commitProvenance()]);
    const won = results.findIndex((r) => r.status === "fulfilled");
    expect(results[1 - won]).toMatchObject({ status: "rejected", reason: expect.any(ConflictError) });
    expect((await a.fetchProvenance()).description).toBe(["a", "b"][won]);
    const loser = [a, b][1 - won]!;
    await loser.refreshProvenance();
    loser.provenance.owners.push("loser");
    await loser.commitProvenance();
    expect(await a.fetchProvenance()).toMatchObject({ description: ["a", "b"][won], owners: ["loser"] });
  });

  it("a provenance that was not there may be made by one of them", async () => {
    const store = make();
    await (await PrecomputedMetadata.open(store, { info })).commitInfo();
    const both = [await PrecomputedMetadata.open(store), await PrecomputedMetadata.open(store)];
    const results = await Promise.allSettled(both.map((writer) => writer.commitProvenance()));
    expect(results.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("sixteen, who read again when told: all updates are there", async () => {
    const store = make();
    await (await PrecomputedMetadata.open(store, { info: structuredClone(info) })).commitInfo();
    const add = async (n: number): Promise<void> => {
      const writer = await PrecomputedMetadata.open(store);
      for (;;) {
        writer.info[`writer-${n}`] = n;
        try {
          return await writer.commitInfo();
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error;
          await writer.refreshInfo();
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, n) => add(n)));
    const { info: last } = await PrecomputedMetadata.open(store);
    for (let n = 0; n < 16; n++) expect(last[`writer-${n}`]).toBe(n);
  });
});
