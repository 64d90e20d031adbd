/**
 * The chunks of a level of BOSS as a store: names of chunks instead of cut-outs. Any box is one; each is read and written by
 * itself, whole chunks or parts of them.
 */
import { splitMark } from "../codecs/zeros-mark.js";
import type { Store } from "../stores/store.js";

/** Which cut-outs the chunks of a level are, as plain values. */
export interface CutoutChunks {
  /** The level's number in requests. */
  readonly resolution: number;
  /** The point in time; undefined: the channel's own. */
  readonly time?: number | undefined;
}

/**
 * Writing a chunk replaces what is stored, though the service adds to it: a box that gets zeros is set to zero first, so that other
 * readers may see it black for a moment. Removing sets it to zero.
 */
export function cutoutChunks(base: Store, name: string, { resolution, time }: CutoutChunks): Store {
  const { write, remove } = base;
  const folder = `cutout/${resolution}${time === undefined ? "" : `@t${time}`}`;
  const cutout = (key: string): string =>
    key.startsWith(`${name}/`) ? folder + key.slice(name.length) : key;
  return {
    protocol: base.protocol,
    url: (key) => base.url(cutout(key)),
    read: (key, how) => base.read(cutout(key), how),
    stat: (key, how) => base.stat(cutout(key), how),
    distrust: (key) => base.distrust?.(cutout(key)) === true,
    ...(write &&
      remove && {
        write: async (key, bytes, how) => {
          const { zeros, encoded } = splitMark(bytes);
          if (zeros !== "none") await remove(cutout(key), how);
          if (zeros !== "all") await write(cutout(key), encoded, how);
        },
        remove: (key, how) => remove(cutout(key), how),
      }),
  };
}
