/** Loading a codec when it is first used. */
import { UnsupportedFormatError } from "../base/errors.js";
import type { Codec, CodecUse } from "./codec.js";

type Load = () => Promise<Codec>;

const LOADERS: Readonly<Record<string, Load>> = {
  raw: async () => (await import("./raw/index.js")).raw,
  compressed_segmentation: async () =>
    (await import("./compressed-segmentation/index.js")).compressedSegmentation,
  compresso: async () => (await import("./compresso/index.js")).compresso,
  crackle: async () => (await import("./crackle/index.js")).crackle,
  png: async () => (await import("./png/index.js")).png,
  jpeg: async () => (await import("./jpeg/index.js")).jpeg,
  jxl: async () => (await import("./jxl/index.js")).jxl,
  fpzip: async () => (await import("./fpzip/index.js")).fpzip,
  kempressed: async () => (await import("./fpzip/index.js")).kempressed,
  zfpc: async () => (await import("./zfpc/index.js")).zfpc,
  npz: async () => (await import("./npz/index.js")).npz,
  npz_uint8: async () => (await import("./npz/index.js")).npzUint8,
  zarr: async () => (await import("./zarr/index.js")).zarr,
  n5: async () => (await import("./n5/index.js")).n5,
};

/** A codec ready for synchronous `use` (both unless told) on this thread. @throws UnsupportedFormatError. */
export async function loadedCodec(name: string, use?: CodecUse): Promise<Codec> {
  const codec = await loaderOf(name)();
  await codec.load?.(use);
  return codec;
}

export function loaderOf(name: string): Load {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (load !== undefined) return load;
  throw new UnsupportedFormatError("Unknown encoding", {
    expected: Object.keys(LOADERS).sort().join(", "),
    got: JSON.stringify(name),
  });
}
