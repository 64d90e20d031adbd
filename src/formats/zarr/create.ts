/** The metadata files of a Zarr layer: one group that is an OME-Zarr image, an array for each level. */
import { bytesPerVoxel } from "../../base/dtype.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { NUMPY_KINDS } from "../../base/numpy-types.js";
import { cStride } from "../../base/strided.js";
import type { ByteCodecConfig } from "../../codecs/byte-chain.js";
import type { ArrayLayer, ArrayLevel } from "../array-level.js";
import { withFill } from "../new-level.js";
import { omeMultiscales } from "../ome.js";

/** Files by key. Attributes other than OME's stay as they are. */
export function zarrFiles({ format, levels, attributes }: ArrayLayer, name: string): Map<string, JsonObject> {
  const files = new Map<string, JsonObject>();
  const axes = levels[0]?.axes ?? [];
  const datasets = levels.map(({ key, resolution, offset }) => ({ path: key, resolution, offset }));
  if (format === "zarr2") {
    const multiscales = [omeMultiscales(name, axes, datasets, "0.4")];
    files.set(".zgroup", { zarr_format: 2 });
    files.set(".zattrs", { ...attributes, multiscales });
    for (const level of levels) files.set(`${level.key}/.zarray`, zarray(level));
  } else {
    const old = attributes.ome as JsonObject | undefined;
    const ome = { ...old, version: "0.5", multiscales: [omeMultiscales(name, axes, datasets, "0.5")] };
    files.set("zarr.json", { zarr_format: 3, node_type: "group", attributes: { ...attributes, ome } });
    for (const level of levels) files.set(`${level.key}/zarr.json`, zarrJson(level));
  }
  return files;
}

function isC(level: ArrayLevel): boolean {
  const steps = cStride(level.chunk);
  return level.steps.every((s, i) => s === steps[i] || level.chunk[i] === 1);
}

function zarray(level: ArrayLevel): JsonObject {
  const { dtype, bigEndian, chain } = level;
  const one = bytesPerVoxel(dtype) === 1;
  const numcodecs = ({ name, typesize: _, ...options }: ByteCodecConfig): JsonObject => ({
    id: name,
    ...(options as JsonObject),
  });
  const last = chain.at(-1);
  return withFill(
    {
      zarr_format: 2,
      shape: [...level.shape],
      chunks: [...level.chunk],
      dtype: `${one ? "|" : bigEndian ? ">" : "<"}${NUMPY_KINDS[dtype]}`,
      compressor: last === undefined ? null : numcodecs(last),
      filters: chain.length > 1 ? chain.slice(0, -1).map(numcodecs) : null,
      order: isC(level) ? "C" : "F",
      dimension_separator: level.names.separator,
    },
    level.fill,
    dtype,
  );
}

function zarrJson(level: ArrayLevel): JsonObject {
  const { shard, names } = level;
  const isDefault = names.prefix !== "";
  return withFill(
    {
      zarr_format: 3,
      node_type: "array",
      shape: [...level.shape],
      data_type: level.dtype,
      chunk_grid: { name: "regular", configuration: { chunk_shape: [...(shard?.shape ?? level.chunk)] } },
      chunk_key_encoding: {
        name: isDefault ? "default" : "v2",
        configuration: { separator: names.separator },
      },
      codecs: shard === undefined ? pipeline(level) : [sharding(level, shard)],
      dimension_names: level.axes.map((axis) => (axis === "other" ? null : axis)),
      attributes: {},
      storage_transformers: [],
    },
    level.fill,
    level.dtype,
  );
}

function sharding(level: ArrayLevel, shard: NonNullable<ArrayLevel["shard"]>): JsonObject {
  const index: JsonValue[] = [{ name: "bytes", configuration: { endian: "little" } }];
  if (shard.checksum) index.push({ name: "crc32c" });
  const configuration = {
    chunk_shape: [...level.chunk],
    codecs: pipeline(level),
    index_codecs: index,
    index_location: shard.location,
  };
  return { name: "sharding_indexed", configuration };
}

function pipeline(level: ArrayLevel): JsonValue[] {
  const codecs: JsonValue[] = [];
  if (!isC(level)) codecs.push({ name: "transpose", configuration: { order: orderOf(level) } });
  const endian = level.bigEndian ? "big" : "little";
  codecs.push(
    bytesPerVoxel(level.dtype) === 1 ? { name: "bytes" } : { name: "bytes", configuration: { endian } },
  );
  return [...codecs, ...level.chain.map(codecJson)];
}

/** The axes from the slowest to the fastest. */
function orderOf({ steps }: ArrayLevel): number[] {
  return steps.map((_, axis) => axis).sort((a, b) => steps[b]! - steps[a]!);
}

const SHUFFLES = ["noshuffle", "shuffle", "bitshuffle"];
/** Codecs of the core specification; the others are numcodecs'. */
const CORE = new Set(["blosc", "gzip", "zstd", "crc32c"]);

function codecJson({ name, ...options }: ByteCodecConfig): JsonValue {
  if (!CORE.has(name)) return { name: `numcodecs.${name}`, configuration: options as JsonObject };
  if (name === "crc32c") return { name };
  if (name === "zstd")
    return { name, configuration: { level: options.level as number, checksum: options.checksum === true } };
  if (name === "gzip") return { name, configuration: { level: options.level as number } };
  const { cname, clevel, shuffle, typesize, blocksize } = options as JsonObject;
  const named = typeof shuffle === "number" ? (SHUFFLES[shuffle] ?? "shuffle") : shuffle;
  return { name, configuration: { cname, clevel, shuffle: named, typesize, blocksize } as JsonObject };
}
