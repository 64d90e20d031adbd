/** Making many files last at once: the file system commits them together, which each by itself would have to wait for. */

import { SUFFIXES } from "../../compression/names.js";
import { fileFailure } from "./failure.js";
import type { FsPromises } from "./fs.js";
import { READ } from "./fs.js";
import type { Place } from "./place.js";
import { call, type Program, runAsync } from "./program.js";
import { closeQuietly, statObject } from "./read.js";
import type { Writing } from "./write.js";

const AT_ONCE = 64;

/** Syncs the files of keys, in whatever compression, then their folders. Keys without a file do not count. */
export async function syncObjects(writing: Writing, places: readonly Place[], fs: FsPromises): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let place = places[next++]; place !== undefined; place = places[next++]) {
      try {
        await runAsync(syncObject(writing, place), fs, undefined);
      } catch (error) {
        throw fileFailure(error, "Syncing", place.path);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, places.length) }, lane));
  for (const folder of new Set(places.map((p) => p.folder))) await writing.folders.sync(folder);
}

function* syncObject({ layout, expectations }: Writing, place: Place): Program<void> {
  const found = yield* statObject(layout, place, expectations);
  if (found === undefined) return;
  const fd = yield* call("open", place.path + SUFFIXES[found.compression], READ);
  try {
    yield* call("fsync", fd);
  } finally {
    yield* closeQuietly(fd);
  }
}
