/**
 * Golden layers of every format, encoding and compression at rest, in one server, as others read them over http: TensorStore and
 * CloudVolume as Precomputed, zarr-python and TensorStore as Zarr 3. Voxels are compared with the truth.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudVolume, type Serving, serve } from "../../src/node.js";
import { type GoldenEntry, type GoldenMip, goldenEntries, goldenPath } from "../support/golden.js";
import { arraysPython, haveArrayTools, haveOriginals, startJudge } from "../support/originals.js";

const WHAT = "served layers in TensorStore, CloudVolume and Zarr";
const PRECOMPUTED = ["image", "image-mips", "image-sharded", "real-em", "real-segmentation"];
const ARRAYS = ["zarr2", "zarr3", "zarr3-sharded", "ome-zarr-0.4", "ome-zarr-0.5", "n5", "n5-multiscale"];
const entries =
  haveOriginals(WHAT) && haveArrayTools(WHAT) ? goldenEntries([...PRECOMPUTED, ...ARRAYS], WHAT) : [];

/** What is asked of a reader, besides the address. */
interface Question {
  readonly mip: number;
  readonly truth?: string | undefined;
  readonly sha256?: string | undefined;
  readonly box?: readonly number[] | undefined;
  readonly reversed: boolean;
  readonly tolerance: number;
}

interface Reading {
  readonly by: "tensorstore" | "cloudvolume";
  readonly encoding: string;
  readonly dtype: string;
  readonly channels: number;
  readonly said: string;
}

type ArrayTruth = { readonly file: string; readonly level?: number };

function questionsOf(entry: GoldenEntry): Question[] {
  if (!ARRAYS.includes(entry.kind)) return entry.mips.map((mip) => ofMip(entry, mip));
  const { truth } = entry as unknown as { readonly truth: ArrayTruth | readonly ArrayTruth[] };
  return [truth].flat().map((level) => {
    const { file, level: mip = 0 } = level as ArrayTruth;
    return { mip, truth: goldenPath(file), reversed: !entry.kind.startsWith("n5"), tolerance: 0 };
  });
}

function ofMip({ lossless }: GoldenEntry, { mip, truth, box_with_data: box }: GoldenMip): Question {
  const { file } = truth;
  // Decoders of jpeg differ in their last bits.
  const tolerance = lossless === false ? (truth.shape[3] === 3 ? 4 : 2) : 0;
  const known = file === undefined ? undefined : goldenPath(file);
  const sha256 = box === undefined ? truth.sha256_F : truth.sha256_F_of_box;
  return { mip, truth: known, sha256, box, reversed: false, tolerance };
}

/** In Neuroglancer 2.41.2. */
const TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"];

function isReadInNeuroglancer({ encoding, dtype, channels }: Reading): boolean {
  if (!TYPES.includes(dtype)) return false;
  switch (encoding) {
    case "raw":
      return true;
    case "compressed_segmentation":
      return dtype === "uint32" || dtype === "uint64";
    case "compresso":
      return channels === 1 && ["uint8", "uint16", "uint32"].includes(dtype);
    case "jpeg":
      return dtype === "uint8" && (channels === 1 || channels === 3);
    case "png":
      return dtype === "uint8" || (dtype === "uint16" && channels === 1);
    case "jxl":
      return dtype === "uint8" && channels === 1;
    default:
      return false;
  }
}

const nameOf = (path: string): string => path.replace(/[^\w-]+/g, "_");

describe.runIf(entries.length > 0)("golden layers over http", () => {
  const peer = startJudge("test/peers/served_peer.py");
  // The one that has zarr-python with its http.
  const arrays = startJudge("test/peers/served_peer.py", arraysPython);
  let serving: Serving;
  beforeAll(async () => {
    const layers: Record<string, CloudVolume> = {};
    for (const entry of entries)
      layers[nameOf(entry.path)] = await CloudVolume.open(goldenPath(entry.path), {
        ...(entry.background_color === undefined ? {} : { backgroundColor: entry.background_color }),
      });
    serving = await serve(layers, { port: 0 });
  });
  afterAll(() => serving.close());
  const urlOf = ({ path }: GoldenEntry): string => `${serving.url}/${nameOf(path)}`;

  test("are all that the manifest has had from the start", () => {
    expect(entries.length).toBeGreaterThanOrEqual(230);
  });

  test.each(entries.map((entry) => [entry.path, entry] as const))("%s as Precomputed", async (_, entry) => {
    for (const question of questionsOf(entry)) {
      const read = await peer.ask<Reading>("precomputed_reads", { url: urlOf(entry), ...question });
      expect({ mip: question.mip, ...read }).toMatchObject({ said: "same" });
      expect(isReadInNeuroglancer(read), JSON.stringify(read)).toBe(true);
    }
  });

  const whole = entries.map((entry) => ({
    entry,
    questions: questionsOf(entry).filter(({ truth }) => truth !== undefined),
  }));
  test.each(whole.map((one) => [one.entry.path, one] as const))("%s as Zarr 3", async (_, one) => {
    for (const [n, question] of one.questions.entries())
      for (const tool of n === 0 ? ["tensorstore", "zarr-python"] : ["tensorstore"]) {
        const said = await arrays.ask("zarr_reads", { url: urlOf(one.entry), tool, ...question });
        expect(`mip ${question.mip} ${tool}: ${said}`).toBe(`mip ${question.mip} ${tool}: same`);
      }
  });
});
