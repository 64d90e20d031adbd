/**
 * Any volume as the files of a Precomputed layer that Neuroglancer reads: the info, and chunks that are made of voxels when
 * they are asked for. Nothing is written.
 */
import type { Abortable } from "../../../base/abort.js";
import type { Box6 } from "../../../base/bbox.js";
import { arrayType, type DataType, type TypedArray } from "../../../base/dtype.js";
import { encodeJson, type JsonObject } from "../../../base/json.js";
import type { Info } from "../info.js";
import { planServing, type ServedLayer, type ServedScale, type ServingChoices } from "./plan.js";

/** What a view needs of a volume. */
export interface PrecomputedViewed extends ServingChoices {
  readonly info: Info;
  /**
   * Dense Fortran voxels (x, y, z, channel) of a box. `isFilled`: what is not stored has the background's value. @returns
   * undefined if it is not and nothing is stored.
   */
  read(
    mip: number,
    box: Box6,
    options: Abortable & { readonly isFilled: boolean },
  ): Promise<{ readonly data: TypedArray; release(): void } | undefined>;
}

export interface PrecomputedView {
  readonly layer: ServedLayer;
  /** The info and made chunks. @returns undefined for what is neither, and for chunks that are not stored. */
  get(key: string, options?: Abortable): Promise<Uint8Array | undefined>;
  /** The key of the stored file that a key stands for. Undefined: it stands for none. */
  storedKey(key: string): string | undefined;
}

/** The files of a volume as it is now: levels that are added later are not in it. */
export function precomputedView(volume: PrecomputedViewed, more: JsonObject = {}): PrecomputedView {
  const layer = planServing(volume.info, volume);
  const info = encodeJson({ ...layer.info, ...more });
  const made = layer.scales.filter(({ isMade }) => isMade);
  const madeFor = (key: string): ServedScale | undefined => made.find((s) => key.startsWith(`${s.key}/`));
  return {
    layer,
    async get(key, { signal } = {}) {
      if (key === "info") return info;
      const scale = madeFor(key);
      const box = scale && boxOf(scale, key.slice(scale.key.length + 1));
      if (scale === undefined || box === undefined) return undefined;
      const isFilled = volume.hasBackground || !scale.isAligned;
      const found = await volume.read(scale.mip, box, { signal, isFilled });
      if (found === undefined) return undefined;
      try {
        return bytesAs(found.data, layer.dtype);
      } finally {
        found.release();
      }
    },
    storedKey(key) {
      if (!volume.isPrecomputed || key === "info" || madeFor(key) !== undefined) return undefined;
      for (const [name, folder] of layer.aliases)
        if (key.startsWith(`${name}/`)) return `${folder}${key.slice(name.length)}`;
      return key;
    },
  };
}

/** The box of a chunk's name, if the level has such a chunk. */
function boxOf({ offset, size, chunk }: ServedScale, name: string): Box6 | undefined {
  const numbers = /^(-?\d{1,16})-(-?\d{1,16})_(-?\d{1,16})-(-?\d{1,16})_(-?\d{1,16})-(-?\d{1,16})$/.exec(
    name,
  );
  if (numbers === null) return undefined;
  const at = numbers.slice(1).map(Number);
  const low = [at[0]!, at[2]!, at[4]!] as const;
  const high = [at[1]!, at[3]!, at[5]!] as const;
  const isChunk = low.every((from, axis) => {
    const place = from - offset[axis]!;
    const end = Math.min(place + chunk[axis]!, size[axis]!);
    return place >= 0 && place % chunk[axis]! === 0 && place < end && high[axis]! - offset[axis]! === end;
  });
  return isChunk ? [...low, ...high] : undefined;
}

/** A copy of voxels, as another type where they have one that viewers do not know. */
function bytesAs(data: TypedArray, dtype: DataType): Uint8Array {
  const Wanted = arrayType(dtype);
  if (data instanceof Wanted || (data instanceof BigInt64Array && dtype === "uint64"))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const out = new Wanted(data.length);
  for (let i = 0; i < data.length; i++) out[i] = Number(data[i]);
  return new Uint8Array(out.buffer);
}
