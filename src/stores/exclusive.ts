/** The last one who waits for each path. */
const tails = new Map<string, Promise<unknown>>();

/** Runs work on one path after all earlier work on it, in this thread. */
export async function exclusive<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(path);
  const mine = (before ?? Promise.resolve()).then(work, work);
  tails.set(path, mine);
  try {
    return await mine;
  } finally {
    if (tails.get(path) === mine) tails.delete(path);
  }
}
