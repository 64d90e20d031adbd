/** The `attributes.json` files of an N5 multiscale group, for N5 viewers and for COSEM's readers. */
import type { JsonObject } from "../../base/json.js";
import type { ArrayLayer, ArrayLevel } from "../array-level.js";

/** Files by key. Attributes that are not this library's stay as they are. */
export function n5Files({ levels, attributes }: ArrayLayer): Map<string, JsonObject> {
  const [first] = levels;
  const files = new Map<string, JsonObject>();
  if (first === undefined) return files;
  const factors = levels.map(({ resolution }) =>
    resolution.map((r, i) => Math.round(r / first.resolution[i]!)),
  );
  files.set("attributes.json", {
    ...attributes,
    n5: "2.5.1",
    axes: [...first.axes],
    units: ["nm", "nm", "nm"],
    resolution: [...first.resolution],
    offset: first.offset.map((o, i) => o * first.resolution[i]!),
    pixelResolution: { unit: "nm", dimensions: [...first.resolution] },
    scales: factors,
    downsamplingFactors: factors,
    multiScale: true,
    multiscales: [
      { datasets: levels.map((level) => ({ path: level.key, transform: transform(level) })), name: "" },
    ],
  });
  for (const [i, level] of levels.entries()) {
    files.set(`${level.key}/attributes.json`, {
      dimensions: [...level.shape],
      blockSize: [...level.chunk],
      dataType: level.dtype,
      compression: compression(level),
      axes: [...level.axes],
      downsamplingFactors: factors[i]!,
      pixelResolution: { unit: "nm", dimensions: [...level.resolution] },
      transform: transform(level),
    });
  }
  return files;
}

/** In the order of Zarr, the slowest axis first. */
function transform({ resolution, offset }: ArrayLevel): JsonObject {
  return {
    axes: ["z", "y", "x"],
    units: ["nm", "nm", "nm"],
    scale: resolution.toReversed(),
    translate: offset.map((o, i) => o * resolution[i]!).toReversed(),
  };
}

const NAMES: Readonly<Record<string, string>> = { "lz4-block": "lz4", bz2: "bzip2", lzma: "xz" };

function compression({ chain: [codec] }: ArrayLevel): JsonObject {
  if (codec === undefined) return { type: "raw" };
  const { name, ...options } = codec;
  if (name === "zlib") return { type: "gzip", useZlib: true, ...(options as JsonObject) };
  if (name === "blosc") {
    const { typesize: _, ...rest } = options as JsonObject;
    return { type: "blosc", ...rest };
  }
  if (name === "lz4-block") return { type: "lz4", blockSize: 65536 };
  return { type: NAMES[name] ?? name, ...(options as JsonObject) };
}
