/** Opening layers of Zarr and N5, by their format or by what lies at a path. */
import type { Abortable } from "./base/abort.js";
import { InfoUnavailableError } from "./base/errors.js";
import type { ArrayLayer } from "./formats/array-level.js";
import type { ArrayOptions } from "./formats/new-level.js";
import type { Info } from "./formats/precomputed/info.js";
import type { Store } from "./stores/store.js";
import type { PathFormat } from "./stores/url.js";
import type { ArrayMetadata } from "./volume/array-metadata.js";

export type ArrayFormat = Extract<PathFormat, "zarr" | "zarr2" | "zarr3" | "n5">;

export function isArrayFormat(format: PathFormat): format is ArrayFormat {
  return format === "zarr" || format === "zarr2" || format === "zarr3" || format === "n5";
}

export interface OpenArrayOptions extends Abortable {
  readonly cloudpath: string;
  /** A layer that is already known (of a handoff). */
  readonly layer?: ArrayLayer | undefined;
  /** A new layer. */
  readonly info?: Info | undefined;
  readonly array?: ArrayOptions | undefined;
}

/** @throws InfoUnavailableError, InfoError, UnsupportedFormatError. */
export async function openArray(
  store: Store,
  format: ArrayFormat,
  { cloudpath, layer, info, array, signal }: OpenArrayOptions,
): Promise<ArrayMetadata> {
  const { ArrayMetadata, newArrayInfo } = await import("./volume/array-metadata.js");
  const reread = (options: Abortable): Promise<ArrayLayer> => readLayer(store, format, options);
  const options = { store, cloudpath, reread, array };
  if (layer !== undefined) return new ArrayMetadata(layer, options, info);
  if (info === undefined) return new ArrayMetadata(await reread({ signal }), options);
  const kind = format === "zarr" ? "zarr3" : format;
  const empty = { format: kind, levels: [], attributes: {} };
  return new ArrayMetadata(empty, { ...options, array: withShards(info, array) }, newArrayInfo(kind, info));
}

async function readLayer(store: Store, format: ArrayFormat, options: Abortable): Promise<ArrayLayer> {
  if (format === "n5") return await (await import("./formats/n5/index.js")).openN5(store, options);
  const version = format === "zarr2" ? 2 : format === "zarr3" ? 3 : undefined;
  return await (await import("./formats/zarr/open.js")).openZarr(store, { ...options, version });
}

/** What lies at a path that holds no info: Zarr, else N5. @returns undefined if neither does. */
export async function detectArray(
  store: Store,
  options: OpenArrayOptions,
): Promise<ArrayMetadata | undefined> {
  for (const format of ["zarr", "n5"] as const) {
    try {
      return await openArray(store, format, options);
    } catch (error) {
      if (!(error instanceof InfoUnavailableError)) throw error;
    }
  }
  return undefined;
}

/** Chunks along each axis of a shard, for infos that ask for shards without saying how large. */
const PER_SHARD = 8;

function withShards(info: Info, array: ArrayOptions | undefined): ArrayOptions | undefined {
  const [first] = info.scales;
  if (first?.sharding == null || array?.shardSize !== undefined) return array;
  return { ...array, shardSize: first.chunk_sizes[0]!.map((side) => side * PER_SHARD) };
}
