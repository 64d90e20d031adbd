/** zfpc against the package that CloudVolume uses: the same bytes, and the voxels that zfpy finds in them. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { FLOAT_CONTENTS, floatShape, floatVoxels } from "../../../test/support/floats.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { type Random, seeded } from "../../../test/support/random.js";
import type { DataType } from "../../base/dtype.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { decodeBytes, encodeBytes } from "../testing-chunks.js";
import { zfpc } from "./index.js";

const ws = createWorkspace();
const types = ["float32", "float64", "int32", "int64"] as const;

function randomParams(random: Random, dtype: DataType, axes: number): Readonly<Record<string, number>> {
  const kind = random.integer(0, dtype.startsWith("float") ? 3 : 2);
  // With less than 12 bits a block the package writes beyond its buffer, and may crash.
  const rates = [1, 3, 4.5, 8, 12, 16, 20.25, 40].filter((rate) => rate * 4 ** axes >= 12);
  if (kind === 1) return { rate: random.of(rates) };
  if (kind === 2) return { precision: random.of([0, 1, 5, 12, 16, 23, 31, 32, 50, 64]) };
  if (kind === 3) return { tolerance: random.of([0, 1e-12, 1e-3, 0.01, 0.5, 1, 100, 3e-320, 1e300]) };
  return {};
}

describe.runIf(haveOriginals("zfpc against the package"))("the zfpc package", () => {
  const judge = startChunkJudge();

  test.each(types)(`%s: ${ARRAYS} arrays`, { timeout: 120_000 }, async (dtype) => {
    await zfpc.load?.();
    const random = seeded(types.indexOf(dtype));
    for (let i = 0; i < ARRAYS; i++) {
      const content = FLOAT_CONTENTS[i % FLOAT_CONTENTS.length]!;
      const shape = floatShape(random, 11, [1, 1, 2, 3]);
      const flags = random.integer(1, 15);
      const correlated =
        random.integer(0, 2) === 0
          ? [true, true, true, true]
          : [0, 1, 2, 3].map((n) => ((flags >> n) & 1) === 1);
      const axes = correlated.filter((flag) => flag).length;
      const params = randomParams(random, dtype, axes);
      const ours = Object.fromEntries(Object.entries(params).map(([k, v]) => [`zfpc_${k}`, v]));
      const spec: ChunkSpec = { shape, dtype, params: { ...ours, zfpc_correlated_dims: correlated } };
      const what = `${i}: ${content} ${shape} ${JSON.stringify(spec.params)}`;
      const voxels = floatVoxels(random, shape, dtype, content);
      const question = { encoding: "zfpc", dtype, shape };
      const all = { rate: -1, precision: -1, tolerance: -1, ...params, correlated_dims: correlated };
      const theirs = await judge.ask("encode", { ...question, voxels, params: all });
      const bytes = encodeBytes(ws, zfpc, voxels, spec);
      expect(Buffer.from(bytes).toString("hex"), `${what}: encoded`).toBe(theirs.toString("hex"));
      const wanted = await judge.ask("decode", { ...question, bytes });
      const decoded = decodeBytes(ws, zfpc, bytes, spec);
      expect(Buffer.from(decoded).toString("hex"), `${what}: decoded`).toBe(wanted.toString("hex"));
      if (Object.keys(params).length === 0) expect(Buffer.compare(decoded, voxels), what).toBe(0);
    }
  });
});
