/** Channels of the fake BOSS for the tests of this folder. */
import { afterAll } from "vitest";
import { bytesPerVoxel } from "../../src/base/dtype.js";
import { fortranStride, product, type StridedArray } from "../../src/base/strided.js";
import { random } from "../generators/random.js";
import { type FakeBoss, fakeBoss } from "../servers/boss.js";
import type { FakeChannel, FakeExperiment } from "../servers/boss-documents.js";
import type { BossType } from "../servers/boss-voxels.js";

export const DTYPES: readonly BossType[] = ["uint8", "uint16", "uint64"];
export const TOKEN = "t0p-s3cr3t-b0ss";
/** Tests that ask for nothing give up soon. */
export const QUICK = { retry: { firstWait: 1, longestWait: 4, longestWish: 20, deadline: 2000 } } as const;

const channel = (datatype: BossType, more: Partial<FakeChannel> = {}): FakeChannel => ({
  type: datatype === "uint64" ? "annotation" : "image",
  datatype,
  ...more,
});

/** Frames that begin at 0, inside of a cuboid, and at one; sizes that no cuboid divides. */
export const EXPERIMENTS: Readonly<Record<string, FakeExperiment>> = {
  "lab/plain": {
    ...{ start: [0, 0, 0], stop: [150, 140, 37], voxel: [4, 4, 40], unit: "nanometers" },
    ...{ levels: 3, method: "anisotropic", times: 3 },
    channels: {
      ...Object.fromEntries(
        DTYPES.map((type) => [type, channel(type, { downsample_status: "DOWNSAMPLED" })]),
      ),
      public: channel("uint8", { public: true }),
      fresh: channel("uint8"),
      wide: { type: "annotation", datatype: "uint32" },
      based: channel("uint8", { base_resolution: 1, downsample_status: "DOWNSAMPLED" }),
    },
  },
  "lab/shifted": {
    ...{ start: [70, 5, 10], stop: [190, 133, 40], voxel: [0.5, 0.5, 1.5], unit: "micrometers" },
    ...{ levels: 2, method: "isotropic" },
    channels: Object.fromEntries(
      DTYPES.map((type) => [type, channel(type, { downsample_status: "DOWNSAMPLED" })]),
    ),
  },
};

/** A fake with small cuboids, until the test file ends. */
export async function startBoss(options: Partial<Parameters<typeof fakeBoss>[0]> = {}): Promise<FakeBoss> {
  const boss = await fakeBoss({
    experiments: EXPERIMENTS,
    tokens: { [TOKEN]: "write", reader: "read", nobody: "nothing" },
    cuboid: [64, 64, 16],
    ...options,
  });
  afterAll(() => boss.close());
  return boss;
}

/** `boss://http://127.0.0.1:PORT/PATH`. */
export function pathOf(boss: FakeBoss, path: string): string {
  return `boss://${boss.url}/${path}`;
}

/** Voxels with runs, noise and (unless `zeros` is false) zeros, in Fortran order. */
export function someVoxels(
  dtype: BossType,
  size: readonly number[],
  seed: number,
  zeros = true,
): StridedArray {
  const rng = random(seed);
  const shape = [...size, 1];
  const bytes = bytesPerVoxel(dtype);
  const length = product(shape);
  const data =
    bytes === 1 ? new Uint8Array(length) : bytes === 2 ? new Uint16Array(length) : new BigUint64Array(length);
  let value = zeros ? 0 : 1;
  for (let i = 0; i < length; i++) {
    if (rng(9) === 0) value = rng(3) === 0 && zeros ? 0 : 1 + rng(2 ** Math.min(16, 8 * bytes) - 1);
    if (data instanceof BigUint64Array)
      data[i] = value === 0 ? 0n : (BigInt(value) << 40n) + BigInt(rng(1 << 20));
    else data[i] = value === 0 && !zeros ? 1 : value;
  }
  return { data, shape, stride: fortranStride(shape), dtype };
}
