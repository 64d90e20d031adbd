/** What this library writes, the originals read equal: every encoding, data type and compression. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatNpy } from "../../src/base/npy.js";
import { CloudVolume } from "../../src/node.js";
import { goldenPath, goldenRoot } from "../support/golden.js";
import {
  COMPRESSIONS,
  cloudVolumeReads,
  LAYER_KINDS,
  type LayerKind,
  type RandomLayer,
  randomLayer,
  tensorstoreReads,
  type Written,
} from "../support/layers.js";
import { leaveOut } from "../support/left-out.js";
import { haveOriginals, python, startJudge } from "../support/originals.js";
import { seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { largestDifference } from "../support/voxels.js";

const able = haveOriginals("CloudVolume and tensorstore reading what is written here");
const SUFFIX = { none: "", gzip: ".gz", br: ".br", zstd: ".zstd" } as const;

const cases = LAYER_KINDS.flatMap((kind, k) =>
  COMPRESSIONS.map((compress, c) => ({
    name: `${kind.encoding} ${kind.dtype} x${kind.channels} ${compress}`,
    kind,
    compress,
    seed: 1000 + 10 * k + c,
  })),
);

describe.runIf(able)("layers written here", () => {
  const judge = startJudge();
  const root = scratchDirectory();

  test.each(cases)("$name", async ({ kind, compress, seed }) => {
    const layer = randomLayer(seeded(seed), kind);
    const path = join(root, String(seed));
    const vol = await write(path, layer, compress);
    for (const name of readdirSync(join(path, vol.key))) expect(name.endsWith(SUFFIX[compress])).toBe(true);
    const { truth, tolerance } = await expected(vol, layer, kind);
    const question = { path, truth: judge.npy(truth), tolerance };
    const judges = [
      ...(cloudVolumeReads(kind) ? ["cloudvolume_reads"] : []),
      ...(tensorstoreReads(kind) ? ["tensorstore_reads"] : []),
    ];
    expect(judges.length).toBeGreaterThan(0);
    for (const operation of judges) expect(await judge.ask(operation, question), operation).toBe("same");
  });

  test.each(cases.filter((c) => c.compress === "none" && cloudVolumeReads(c.kind)))(
    "$name has the same file names as CloudVolume's, and the same bytes where the format leaves no choice",
    async ({ kind, seed }) => {
      const layer = randomLayer(seeded(seed), kind);
      const ours = join(root, `${seed}-ours`);
      const theirs = join(root, `${seed}-theirs`);
      const vol = await write(ours, layer, "none");
      const array = judge.npy(layer.array);
      await judge.ask("cloudvolume_writes", { path: theirs, info: vol.info, array, compress: false });
      const names = readdirSync(join(theirs, vol.key)).sort();
      expect(readdirSync(join(ours, vol.key)).sort()).toEqual(names);
      expect(names.length).toBeGreaterThan(0);
      if (kind.encoding !== "raw" && kind.encoding !== "jpeg") return;
      for (const name of names) {
        const [a, b] = [ours, theirs].map((p) => readFileSync(join(p, vol.key, name)));
        expect(a!.equals(b!), name).toBe(true);
      }
    },
  );

  test("chunks of nothing but background are deleted, and CloudVolume fills them in", async () => {
    const layer = randomLayer(seeded(5), { encoding: "raw", dtype: "uint16", channels: 1 });
    layer.array.data.fill(9 as never);
    layer.array.data[0] = 1;
    const path = join(root, "black");
    const vol = await write(path, layer, "gzip", {
      deleteBlackUploads: true,
      backgroundColor: 9,
      fillMissing: true,
    });
    expect(readdirSync(join(path, vol.key))).toHaveLength(1);
    const question = { path, truth: judge.npy(layer.array), fill_missing: true, background_color: 9 };
    expect(await judge.ask("cloudvolume_reads", question)).toBe("same");
    const found = await judge.ask<Record<string, boolean>>("exists", { path });
    expect(found).toEqual(Object.fromEntries(await vol.exists("...")));
  });

  test("a box written over others changes just that box for CloudVolume", async () => {
    const layer = randomLayer(seeded(6), { encoding: "raw", dtype: "uint8", channels: 2 });
    const path = join(root, "painted");
    const vol = await write(path, layer, "br", { nonAlignedWrites: true });
    const [x, y, z] = vol.bounds.minpt;
    const inner: [number, number, number, number, number, number] = [
      x! + 1,
      y! + 2,
      z! + 1,
      x! + 5,
      y! + 6,
      z! + 3,
    ];
    await vol.upload(inner, 77);
    const whole = await vol.download("...");
    expect(await judge.ask("cloudvolume_reads", { path, truth: judge.npy(whole) })).toBe("same");
    expect(whole.get(1, 2, 1)).toBe(77);
    expect(whole.get(0, 0, 0)).toBe(layer.array.data[0]);
  });

  test("several mips, each with voxels of its own", async () => {
    const layer = randomLayer(seeded(7), {
      encoding: "compressed_segmentation",
      dtype: "uint64",
      channels: 1,
    });
    const path = join(root, "mips");
    const vol = await write(path, layer, "gzip");
    vol.addScale([2, 2, 1]);
    await vol.commitInfo();
    const coarse = vol.at(1);
    const data = new BigUint64Array(coarse.shape.rectVolume()).map((_, i) => BigInt(i % 7) << 40n);
    await coarse.upload("...", data);
    const truth = await coarse.download("...");
    expect(await judge.ask("cloudvolume_reads", { path, mip: 1, truth: judge.npy(truth) })).toBe("same");
    expect(await judge.ask("tensorstore_reads", { path, mip: 1, truth: judge.npy(truth) })).toBe("same");
  });

  const judgePy = goldenRoot === undefined ? undefined : goldenPath("judge.py");
  if (able && judgePy === undefined) leaveOut("judge.py on layers written here", "no golden data");
  const chosen = cases
    .filter((c, i) => i % 31 === 0 || (c.kind.encoding === "jpeg" && i % 4 === 1))
    .slice(0, 8);
  test.runIf(judgePy !== undefined).each(chosen)(
    "judge.py finds $name the same",
    async ({ kind, compress, seed }) => {
      const byTensorstore = !cloudVolumeReads(kind);
      const layer = randomLayer(seeded(seed + 5), kind);
      const path = join(root, `${seed}-judge`);
      const vol = await write(path, layer, byTensorstore ? "none" : compress);
      const { truth, tolerance } = await expected(vol, layer, kind);
      const file = join(root, `${seed}.npy`);
      writeFileSync(file, formatNpy(truth));
      const command = byTensorstore ? ["tensorstore-read", path, file] : ["compare", path, "0", file];
      const said = execFileSync(python!, [judgePy!, ...command, "--tol", String(tolerance)], {
        encoding: "utf8",
      });
      expect(said.trim()).toBe("same");
    },
  );
});

async function write(
  path: string,
  layer: RandomLayer,
  compress: Written,
  options: Parameters<typeof CloudVolume.open>[1] = {},
): Promise<CloudVolume> {
  const vol = await CloudVolume.create(`file://${path}`, { ...options, info: layer.info, compress });
  await vol.upload("...", layer.array);
  return vol;
}

/** What a reader has to find: the voxels, or for lossy encodings what we decode, which is near them. */
async function expected(
  vol: CloudVolume,
  layer: RandomLayer,
  kind: LayerKind,
): Promise<{ truth: RandomLayer["array"]; tolerance: number }> {
  if (kind.lossy !== true) return { truth: layer.array, tolerance: 0 };
  const read = await vol.download("...");
  expect(largestDifference(read, layer.array)).toBeLessThanOrEqual(kind.channels === 3 ? 90 : 40);
  return { truth: read, tolerance: kind.channels === 3 ? 4 : 2 };
}
