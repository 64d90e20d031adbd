/** fpzip and kempressed against the package that CloudVolume uses: the same bytes, and the same voxels. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { FLOAT_CONTENTS, floatShape, floatVoxels } from "../../../test/support/floats.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { seeded } from "../../../test/support/random.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { decodeBytes, encodeBytes } from "../testing-chunks.js";
import { fpzip, kempressed } from "./index.js";

/** The package writes beyond its buffer, and may crash, where a stream is longer than the voxels by more than this. */
const SPARE = 80;
const ws = createWorkspace();
const cases = [fpzip, kempressed].flatMap((codec) =>
  (["float32", "float64"] as const).map((dtype) => ({ name: `${codec.name} ${dtype}`, codec, dtype })),
);

describe.runIf(haveOriginals("fpzip and kempressed against the package"))("the fpzip package", () => {
  const judge = startChunkJudge();

  test.each(cases)(`$name: ${ARRAYS} arrays`, { timeout: 120_000 }, async ({ codec, dtype }) => {
    await codec.load?.();
    const random = seeded(dtype.length + codec.name.length);
    let compared = 0;
    for (let i = 0; i < ARRAYS; i++) {
      const content = FLOAT_CONTENTS[i % FLOAT_CONTENTS.length]!;
      const shape = floatShape(random, 12, [1, 1, 2, 3]);
      // The package takes the axes of a C contiguous array in the wrong order: CloudVolume cannot read these itself.
      if (codec === kempressed && shape[0] * shape[1] === 1) shape[0] = 2;
      const full = dtype === "float32" ? 32 : 64;
      const precision = codec === fpzip && i % 3 > 0 ? 2 * random.integer(2, full / 2) : 0;
      const odd = dtype === "float32" && precision > 2 ? precision - random.integer(0, 1) : precision;
      const spec: ChunkSpec = { shape, dtype, params: { fpzip_precision: odd } };
      const voxels = floatVoxels(random, shape, dtype, content);
      const what = `${i}: ${content} ${shape} precision ${odd}`;
      const question = { encoding: codec.name, dtype, shape, params: { level: odd } };
      const ours = encodeBytes(ws, codec, voxels, spec);
      if (ours.length <= voxels.length + SPARE) {
        const theirs = await judge.ask("encode", { ...question, voxels });
        expect(Buffer.from(ours).toString("hex"), `${what}: encoded`).toBe(theirs.toString("hex"));
        compared++;
      }
      const decoded = decodeBytes(ws, codec, ours, spec);
      const wanted = await judge.ask("decode", { ...question, bytes: ours });
      expect(Buffer.from(decoded).toString("hex"), `${what}: decoded`).toBe(wanted.toString("hex"));
    }
    expect(compared).toBeGreaterThan(0.9 * ARRAYS);
  });
});
