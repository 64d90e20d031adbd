/** Arrays beyond a limit pass in parts; here the limit is small. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AlignmentError, Bbox, CloudVolume, OutOfBoundsError, parseNpy } from "../../src/node.js";
import { readInput } from "./input-file.js";
import { downloadNpy } from "./npy-download.js";
import { uploadNpy } from "./npy-upload.js";
import { writeOutput } from "./output-file.js";
import { slabs } from "./slabs.js";
import { cOrderNpy, countingNpy } from "./testing.js";

const { signal } = new AbortController();
const SHAPE = [20, 14, 23, 2];
const VOXELS = 20 * 14 * 23 * 2;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cloudvolume-large-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function volume(
  settings: { nonAlignedWrites?: boolean; autocrop?: boolean } = {},
): Promise<CloudVolume> {
  const info = CloudVolume.createNewInfo({
    layerType: "image",
    dataType: "uint16",
    numChannels: 2,
    encoding: "raw",
    resolution: [4, 4, 40],
    voxelOffset: [-3, 5, -7],
    volumeSize: SHAPE.slice(0, 3),
    chunkSize: [8, 8, 5],
  });
  return await CloudVolume.create(`mem://large/${crypto.randomUUID()}`, { info, ...settings });
}

function npyFile(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function upload(
  vol: CloudVolume,
  path: string,
  slabBytes: number,
  offset?: readonly number[],
): Promise<number> {
  let reads = 0;
  await readInput(path, signal, async (source) => {
    const read = (at: number, target: Uint8Array): Promise<number> => {
      reads++;
      return source.read(at, target);
    };
    await uploadNpy(vol, { ...source, read }, { slabBytes, offset });
  });
  return reads;
}

async function download(
  vol: CloudVolume,
  slabBytes: number,
  box?: Bbox,
): Promise<{ bytes: Uint8Array; writes: number }> {
  const path = join(folder, "out.npy");
  let writes = 0;
  await writeOutput(path, signal, async (sink) => {
    const write = (bytes: Uint8Array, at: number): Promise<void> => {
      writes++;
      return sink.write(bytes, at);
    };
    await downloadNpy(vol, box, { ...sink, write }, { slabBytes });
  });
  return { bytes: readFileSync(path), writes };
}

describe("large arrays", () => {
  const npy = countingNpy(new Uint16Array(VOXELS), SHAPE, 65_521);

  it("Fortran order: parts along z of every channel", async () => {
    const vol = await volume();
    expect(await upload(vol, npyFile("f.npy", npy), 20 * 14 * 2 * 2 * 10)).toBe(1 + 3 * 2);
    const whole = await download(vol, 2 ** 30);
    expect(new Uint8Array(whole.bytes)).toEqual(npy);
    expect(whole.writes).toBe(2);
    const parts = await download(vol, 1);
    expect(new Uint8Array(parts.bytes)).toEqual(npy);
    expect(parts.writes).toBe(1 + 5 * 2);
  });

  it("C order: parts along x", async () => {
    const vol = await volume();
    const { data } = parseNpy(npy);
    const c = cOrderNpy({ data, shape: SHAPE, stride: [644, 46, 2, 1] });
    expect(await upload(vol, npyFile("c.npy", c), 1)).toBe(1 + 3);
    const { data: read } = await vol.download();
    // Voxel (1, 2, 3) of channel 1 is number 1 * 644 + 2 * 46 + 3 * 2 + 1 of the file.
    expect(read[1 + 20 * (2 + 14 * (3 + 23))]).toBe(644 + 92 + 6 + 1);
  });

  it("a part of the volume, beginning and ending between chunks", async () => {
    const vol = await volume({ nonAlignedWrites: true });
    await vol.upload("...", 9);
    const part = countingNpy(new Uint16Array(5 * 4 * 13 * 2), [5, 4, 13, 2]);
    await upload(vol, npyFile("part.npy", part), 1, [-1, 6, -4]);
    const box = Bbox.fromDelta([-1, 6, -4], [5, 4, 13]);
    expect(new Uint8Array((await download(vol, 1, box)).bytes)).toEqual(part);
    const { data } = await vol.download();
    expect(data.filter((v) => v === 9).length).toBeGreaterThanOrEqual(VOXELS - 5 * 4 * 13 * 2);
  });

  it("nothing is written where the last part would not fit", async () => {
    const long = npyFile("long.npy", countingNpy(new Uint16Array(20 * 14 * 28 * 2), [20, 14, 28, 2]));
    const odd = npyFile("odd.npy", countingNpy(new Uint16Array(20 * 14 * 12 * 2), [20, 14, 12, 2]));
    const vol = await volume();
    await expect(upload(vol, long, 1)).rejects.toThrow(OutOfBoundsError);
    await expect(upload(vol, odd, 1)).rejects.toThrow(AlignmentError);
    expect(await vol.hasData()).toBe(false);
    vol.autocrop = true;
    await upload(vol, long, 1);
    expect(await vol.hasData()).toBe(true);
  });

  it("slabs cover the range, meet on the grid, and hold no more than the limit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: -60, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 500 }),
        (start, length, offset, chunk, limit) => {
          const parts = slabs({ start, stop: start + length }, { offset, chunk, layerBytes: 3 }, limit);
          expect(parts[0]?.start).toBe(start);
          expect(parts.at(-1)?.stop).toBe(start + length);
          for (const [i, part] of parts.entries()) {
            expect(part.stop - part.start).toBeLessThanOrEqual(Math.max(chunk, limit / 3));
            if (i === 0) continue;
            expect(part.start).toBe(parts[i - 1]?.stop);
            expect(Math.abs(part.start - offset) % chunk).toBe(0);
          }
        },
      ),
    );
  });
});
