/** Held chunks that are written, deleted or found missing: the memory LRU lets go of them. */
import { Bbox, type Box6 } from "../base/bbox.js";
import type { ChunkLru } from "../cache/memory/chunk-lru.js";
import { planRead } from "../grid/plan.js";
import type { ScaleLayout } from "./layout.js";

/** Lets go of the chunks that a box touches, before and after `change`, and keeps reads that overlap it from adding them. */
export async function forgetting<T>(
  lru: ChunkLru | undefined,
  { key, grid }: ScaleLayout,
  box: Box6,
  change: () => Promise<T>,
): Promise<T> {
  if (lru === undefined || lru.size === 0) return await change();
  const plan = planRead(grid, box);
  const forget = (): void => {
    if (plan.length <= lru.length + 64) {
      for (let i = 0; i < plan.length; i++) lru.invalidate(`${key}/${plan.at(i).key}`);
    } else lru.invalidateWhere((held) => isTouched(held, key, box));
  };
  forget();
  try {
    return await change();
  } finally {
    forget();
  }
}

function isTouched(held: string, scale: string, box: Box6): boolean {
  if (!held.startsWith(`${scale}/`)) return false;
  try {
    return Bbox.intersects(Bbox.fromFilename(held.slice(scale.length + 1)), Bbox.fromList(box));
  } catch {
    return true; // Not a chunk's name: someone set it by hand.
  }
}
