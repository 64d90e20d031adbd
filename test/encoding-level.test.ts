/** `encodingLevel` and `encodingEffort` of createNewInfo and addScale change what is stored. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { arrayType } from "../src/base/dtype.js";
import { fortranStride, type StridedArray } from "../src/base/strided.js";
import { CloudVolume, type NewInfoOptions } from "../src/node.js";
import { seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";

type Settings = Pick<NewInfoOptions, "encodingLevel" | "encodingEffort">;

interface Stored {
  readonly bytes: number;
  /** Sum of the squared differences. */
  readonly error: number;
}

const root = scratchDirectory();
const SIZE = [32, 32, 8] as const;
let count = 0;

/** A gradient with noise. */
function image(dtype: "uint8" | "float32"): StridedArray {
  const random = seeded(1);
  const data = new (arrayType(dtype))(32 * 32 * 8);
  for (let i = 0; i < data.length; i++) data[i] = 60 + (i % 32) * 3 + random.integer(0, 24);
  return { data, shape: [...SIZE, 1], stride: fortranStride([...SIZE, 1]), dtype };
}

/** Stores the image in the layer's own scale, or in one that was added with the settings. */
async function store(encoding: string, settings: Settings, added: boolean): Promise<Stored> {
  const dtype = encoding === "fpzip" ? "float32" : "uint8";
  const path = join(root, String(count++));
  const vol = await CloudVolume.create(`file://${path}`, {
    info: {
      numChannels: 1,
      layerType: "image",
      dataType: dtype,
      encoding,
      resolution: [4, 4, 40],
      voxelOffset: [0, 0, 0],
      volumeSize: added ? [64, 64, 8] : [...SIZE],
      chunkSize: [...SIZE],
      ...(added ? {} : settings),
    },
  });
  if (added) {
    vol.addScale([2, 2, 1], settings);
    await vol.commitInfo();
  }
  const scale = vol.at(added ? 1 : 0);
  const array = image(dtype);
  await scale.upload("...", array, { compress: false });
  const read = await scale.download("...");
  let error = 0;
  for (let i = 0; i < array.data.length; i++) error += (Number(read.data[i]) - Number(array.data[i])) ** 2;
  const folder = join(path, scale.key);
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return { bytes, error };
}

describe.each([
  ["createNewInfo", false],
  ["addScale", true],
] as const)("%s", (_name, added) => {
  const lossy = [
    { encoding: "jpeg", coarse: 20, fine: 95, preset: 85, lossless: false },
    { encoding: "jxl", coarse: 20, fine: 100, preset: 85, lossless: true },
    { encoding: "fpzip", coarse: 12, fine: 0, preset: 0, lossless: true },
  ];
  test.each(lossy)("level of $encoding", async ({ encoding, coarse, fine, preset, lossless }) => {
    const [low, high, usual, same] = [
      await store(encoding, { encodingLevel: coarse }, added),
      await store(encoding, { encodingLevel: fine }, added),
      await store(encoding, {}, added),
      await store(encoding, { encodingLevel: preset }, added),
    ];
    expect(low.bytes).toBeLessThan(0.6 * high.bytes);
    expect(low.error).toBeGreaterThan(high.error);
    if (lossless) expect(high.error).toBe(0);
    expect(usual).toEqual(same);
  });

  test("level of png", async () => {
    const none = await store("png", { encodingLevel: 0 }, added);
    const best = await store("png", { encodingLevel: 9 }, added);
    expect(best.bytes).toBeLessThan(0.9 * none.bytes);
    expect(none.bytes).toBeGreaterThan(32 * 32 * 8);
    expect(none.error + best.error).toBe(0);
    expect(await store("png", {}, added)).toEqual(best);
  });

  test("effort of jxl", async () => {
    const quick = await store("jxl", { encodingLevel: 100, encodingEffort: 1 }, added);
    const slow = await store("jxl", { encodingLevel: 100, encodingEffort: 7 }, added);
    expect(slow.bytes).toBeLessThan(quick.bytes);
    expect(slow.error + quick.error).toBe(0);
    const usual = await store("jxl", { encodingLevel: 60, encodingEffort: 5 }, added);
    expect(await store("jxl", { encodingLevel: 60 }, added)).toEqual(usual);
  });
});
