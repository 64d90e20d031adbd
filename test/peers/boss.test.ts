/** intern, the service's own Python client, against the fake BOSS, and beside this library: proves both. */
import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import type { Box6 } from "../../src/base/bbox.js";
import { bytesPerVoxel } from "../../src/base/dtype.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { boss as codec } from "../../src/codecs/boss/index.js";
import { decodeBytes } from "../../src/codecs/testing-chunks.js";
import { CloudVolume } from "../../src/node.js";
import { DTYPES, EXPERIMENTS, pathOf, someVoxels, startBoss, TOKEN } from "../boss/support.js";
import { random } from "../generators/random.js";
import type { FakeBoss } from "../servers/boss.js";
import { leaveOut } from "../support/left-out.js";
import { python, startJudge } from "../support/originals.js";
import { boxOf, bytesOf, difference } from "../support/voxels.js";

function haveIntern(): boolean {
  try {
    if (python === undefined) throw new Error("no Python");
    execFileSync(python, ["-c", "import intern"], { stdio: "ignore" });
    return true;
  } catch {
    leaveOut("intern against BOSS", "no Python with intern (run scripts/originals.sh)");
    return false;
  }
}

describe.runIf(haveIntern())("intern", () => {
  const judge = startJudge("test/peers/boss_judge.py");
  let service: FakeBoss;
  beforeAll(async () => {
    service = await startBoss();
  });
  const ask = <Answer = string>(operation: string, channel: string, more: object = {}): Promise<Answer> =>
    judge.ask<Answer>(operation, { url: service.url, token: TOKEN, channel, resolution: 0, ...more });
  const open = (channel: string, options = {}): Promise<CloudVolume> =>
    CloudVolume.open(pathOf(service, channel), { secrets: TOKEN, nonAlignedWrites: true, ...options });

  test.each(["lab/plain/uint16", "lab/shifted/uint64", "lab/plain/based"])(
    "understands the documents of %s",
    async (name) => {
      const {
        start,
        stop,
        voxel,
        unit,
        levels,
        method,
        times = 1,
        channels,
      } = EXPERIMENTS[name.replace(/\/\w+$/, "")]!;
      const {
        type,
        datatype,
        base_resolution: base = 0,
        downsample_status: status,
      } = channels[name.split("/")[2]!]!;
      expect(await ask("describes", name)).toEqual({
        ...{ start, stop, voxel, unit, levels, method, times, type, datatype, base, status },
      });
    },
  );

  describe.each(["lab/plain", "lab/shifted"])("%s", (experiment) => {
    test.each(DTYPES)("%s: what either writes, the other reads", async (dtype) => {
      const channel = `${experiment}/${dtype}`;
      const vol = await open(channel);
      const rng = random(3);
      const { minpt, maxpt } = vol.bounds;
      const whole = vol.bounds.toList();
      const size = [...vol.bounds.size3()];
      const first = someVoxels(dtype, size, 41);
      await vol.upload("...", first);
      expect(await ask("reads", channel, { box: whole, truth: judge.npy(first) })).toBe("same");
      expect(await ask("reads", channel, { box: whole, truth: judge.npy(first), chunk: [64, 50, 16] })).toBe(
        "same",
      );
      // Its zeros leave what is stored, so that it is given none.
      const second = someVoxels(dtype, size, 42, false);
      await ask("writes", channel, { box: whole, array: judge.npy(second) });
      expect(difference(await vol.download(), second)).toBe("same");
      for (let n = 0; n < 6; n++) {
        const low = [0, 1, 2].map((a) => minpt[a]! + rng(maxpt[a]! - minpt[a]!));
        const high = low.map((v, a) => Math.min(maxpt[a]!, v + 1 + rng(80)));
        const box = [...low, ...high] as unknown as Box6;
        const sides = low.map((v, a) => high[a]! - v);
        const at = low.map((v, a) => v - minpt[a]!);
        const part = boxOf(second, [...at, 0], [...sides, 1]);
        expect(await ask("reads", channel, { box, truth: judge.npy(part) })).toBe("same");
        const text = low.map((v, a) => `${v}:${high[a]}`).join(", ");
        expect(difference(await vol.download(text), part)).toBe("same");
      }
    });
  });

  test("zeros: it leaves what is stored, or blackens; this library replaces", async () => {
    const vol = await open("lab/plain/fresh");
    await vol.upload("0:64, 0:64, 0:16", 5);
    const zeros = someVoxels("uint8", [3, 1, 1], 1);
    zeros.data.set([0, 7, 0] as never);
    await ask("writes", "lab/plain/fresh", { box: [1, 1, 1, 4, 2, 2], array: judge.npy(zeros) });
    expect([...(await vol.download("0:5, 1:2, 1:2")).data]).toEqual([5, 5, 7, 5, 5]);
    await vol.upload("1:4, 1:2, 1:2", zeros);
    expect([...(await vol.download("0:5, 1:2, 1:2")).data]).toEqual([5, 0, 7, 0, 5]);
    await ask("blackens", "lab/plain/fresh", { box: [2, 0, 0, 64, 64, 16] });
    expect([...(await vol.download("0:4, 1:2, 1:2")).data]).toEqual([5, 0, 0, 0]);
  });

  test("points in time, other resolutions", async () => {
    const vol = await open("lab/plain/uint16");
    const box = [10, 10, 3, 80, 70, 20];
    const array = someVoxels("uint16", [70, 60, 17], 8);
    await vol.upload("10:80, 10:70, 3:20", array, { t: 1 });
    expect(await ask("reads", "lab/plain/uint16", { box, truth: judge.npy(array), time: 1 })).toBe("same");
    const other = someVoxels("uint16", [60, 50, 17], 9, false);
    await ask("writes", "lab/plain/uint16", {
      box: [10, 10, 3, 70, 60, 20],
      array: judge.npy(other),
      resolution: 1,
    });
    // What was written makes the service forget that it was downsampled; the level is there all the same.
    vol.addScale([2, 2, 1]);
    expect(difference(await vol.download("10:70, 10:60, 3:20", { mip: 1 }), other)).toBe("same");
  });

  test.each([
    [401, "lab/plain/uint8", { token: "wrong", box: [0, 0, 0, 1, 1, 1] }],
    [403, "lab/plain/uint8", { token: "nobody", box: [0, 0, 0, 1, 1, 1] }],
    [404, "lab/plain/nothing", { box: [0, 0, 0, 1, 1, 1] }],
    [400, "lab/plain/uint8", { box: [0, 0, 0, 500, 1, 1] }],
    [400, "lab/plain/uint8", { box: [0, 0, 0, 1, 1, 1], resolution: 7 }],
    [200, "lab/plain/uint8", { box: [0, 0, 0, 1, 1, 1] }],
  ])("is answered %i for %s %j", async (status, channel, more) => {
    expect(await ask<number>("refused", channel, more)).toBe(status);
  });

  test.each(DTYPES)("frames that the service's code makes of %s are decoded", async (dtype) => {
    const ws = createWorkspace();
    await codec.load?.();
    for (const size of [
      [1, 1, 1],
      [5, 3, 2],
      [64, 64, 16],
      [130, 70, 17],
    ] as const) {
      const array = someVoxels(dtype, size, size[0]);
      const frame = Buffer.from(await judge.ask("frame", { array: judge.npy(array) }), "hex");
      const voxels = decodeBytes(ws, codec, frame, { shape: [...size, 1], dtype });
      expect(voxels.length).toBe(size[0] * size[1] * size[2] * bytesPerVoxel(dtype));
      expect(Buffer.compare(voxels, bytesOf(array.data as Uint8Array))).toBe(0);
    }
  });
});
