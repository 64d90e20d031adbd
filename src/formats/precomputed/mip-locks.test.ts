import { beforeEach, describe, expect, test } from "vitest";
import {
  AbortError,
  ArgumentError,
  AuthorizationError,
  ConflictError,
  ReadOnlyException,
  WriteLockAcquisitionError,
  WriteLockReleaseError,
} from "../../base/errors.js";
import { type JsonObject, parseJson } from "../../base/json.js";
import { PrecomputedMetadata } from "./metadata.js";
import { addScale } from "./scales.js";
import { sampleInfo, TestStorage } from "./testing.js";

const INFO = "mem://bucket/layer/info";
let storage: TestStorage;
let metadata: PrecomputedMetadata;

beforeEach(async () => {
  storage = new TestStorage();
  storage.put(INFO, sampleInfo());
  metadata = await PrecomputedMetadata.open(storage.open("mem://bucket/layer"));
});

const stored = () =>
  parseJson(storage.text(INFO)) as { scales: { locked?: boolean; note?: number }[] } & JsonObject;

describe("test_cloudvolume.py::test_mip_locking", () => {
  test("one mip, a list, several mips", async () => {
    await metadata.lockMips(0);
    await metadata.lockMips([0]);
    expect(metadata.lockedMips()).toEqual([0]);
    expect(stored().scales[0]!.locked).toBe(true);
    expect(() => metadata.verifyWritable(0)).toThrow(ReadOnlyException);

    await metadata.unlockMips(0);
    await metadata.unlockMips([0]);
    expect(stored().scales[0]!.locked).toBe(false);
    metadata.verifyWritable(0);

    addScale(metadata.info, [2, 2, 1]);
    await metadata.commitInfo();
    await metadata.lockMips([0, 1]);
    expect(metadata.lockedMips()).toEqual([0, 1]);
    expect(() => metadata.verifyWritable(1)).toThrow("Mip 1 is locked");
    expect(() => metadata.verifyWritable([2, 2, 1])).toThrow("Mip 1 is locked");
    metadata.verifyWritable();
    await metadata.unlockMips([-1]);
    expect(metadata.lockedMips()).toEqual([0]);
  });

  test("an unknown mip cannot be locked or unlocked", async () => {
    await expect(metadata.lockMips(1)).rejects.toThrow(ArgumentError);
    await expect(metadata.unlockMips([0, 1])).rejects.toThrow(ArgumentError);
    expect(stored().scales[0]!.locked).toBeUndefined();
  });
});

test("a lock keeps what others have written, and drops what was not committed", async () => {
  const other = sampleInfo();
  other.scales[0]!.note = 1;
  storage.put(INFO, other);
  metadata.info.scales[0]!.mine = true;
  await metadata.lockMips(0);
  expect(stored().scales[0]).toMatchObject({ note: 1, locked: true });
  expect(metadata.info.scales[0]!.mine).toBeUndefined();
});

test("a change between reading and writing is not lost", async () => {
  let left = 3;
  storage.before = (operation) => {
    if (operation !== `write ${INFO}` || left-- <= 0) return;
    const other = sampleInfo();
    other.scales[0]!.note = left;
    storage.put(INFO, other);
  };
  await metadata.lockMips(0);
  expect(stored().scales[0]).toMatchObject({ note: 0, locked: true });
});

test("eight writers at once: every lock is set", async () => {
  const info = sampleInfo({ maxMip: 7 });
  storage.put(INFO, info);
  const writers = await Promise.all(
    info.scales.map(() => PrecomputedMetadata.open(storage.open("mem://bucket/layer"))),
  );
  await Promise.all(writers.map((writer, mip) => writer.lockMips(mip)));
  expect(stored().scales.map((s) => s.locked)).toEqual(Array(8).fill(true));
});

test("a conflict that does not end, a refused write, a missing info", async () => {
  let writes = 0;
  storage.before = (operation) => {
    if (!operation.startsWith("write")) return;
    writes++;
    storage.put(INFO, sampleInfo());
  };
  const conflict = await metadata.lockMips(0).catch((e: unknown) => e);
  expect(conflict).toBeInstanceOf(WriteLockAcquisitionError);
  expect((conflict as Error).cause).toBeInstanceOf(ConflictError);
  expect(writes).toBe(8);

  storage.before = (operation) => {
    if (operation.startsWith("write")) throw new AuthorizationError("Denied");
  };
  await expect(metadata.lockMips(0)).rejects.toThrow(WriteLockAcquisitionError);
  await expect(metadata.unlockMips(0)).rejects.toThrow(WriteLockReleaseError);

  storage.before = () => {};
  storage.objects.clear();
  await expect(metadata.unlockMips(0)).rejects.toThrow("There is no info file");
});

test("an abort is an abort; a redirected layer cannot be locked", async () => {
  storage.before = () => {
    throw new AbortError("Stopped");
  };
  await expect(metadata.lockMips(0)).rejects.toThrow(AbortError);
  storage.before = () => {};
  metadata.readonly = true;
  const error = await metadata.lockMips(0).catch((e: unknown) => e);
  expect((error as Error).cause).toBeInstanceOf(ReadOnlyException);
});
