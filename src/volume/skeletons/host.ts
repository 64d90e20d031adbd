/** What skeletons need of the layer that they belong to. */
import { ArgumentError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import type { Info } from "../../formats/precomputed/info.js";
import type { DatabaseUsers } from "../../formats/precomputed/spatial-index/database/credentials.js";
import type { Store } from "../../stores/store.js";

export interface SkeletonHost {
  /** The layer's. */
  readonly store: Store;
  /** The folder's name in it, without a slash at its end. */
  readonly folder: string;
  /** The volume's info, where there is one: it says where the spatial index begins. */
  readonly volumeInfo: Info | undefined;
  /** Default: where the spatial index is asked. */
  readonly database: string | undefined;
  readonly users: DatabaseUsers | undefined;
  /** How files are written. */
  readonly policy: () => {
    readonly compression: Compression;
    readonly compressLevel: number | undefined;
    readonly cacheControl: string;
  };
  /** @throws ReadOnlyException. */
  readonly verifyWritable: () => void;
}

export type LabelLike = number | bigint;

/** @throws ArgumentError for what is no label. */
export function labelOf(label: LabelLike): bigint {
  const value = typeof label === "bigint" || Number.isSafeInteger(label) ? BigInt(label) : -1n;
  if (value >= 0n && value < 2n ** 64n) return value;
  throw new ArgumentError("Not a label", {
    expected: "an integer from 0 to 2^64 - 1, as a bigint if it is above 2^53",
    got: String(label),
  });
}

export function keyOf({ folder }: SkeletonHost, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
