/** The codecs of this library. Other rooms get theirs by name. */
import { boss } from "./boss/index.js";
import type { Codec, CodecUse } from "./codec.js";
import { compressedSegmentation } from "./compressed-segmentation/index.js";
import { compresso } from "./compresso/index.js";
import { crackle } from "./crackle/index.js";
import { fpzip, kempressed } from "./fpzip/index.js";
import { jpeg } from "./jpeg/index.js";
import { jxl } from "./jxl/index.js";
import { n5 } from "./n5/index.js";
import { npz, npzUint8 } from "./npz/index.js";
import { png } from "./png/index.js";
import { raw } from "./raw/index.js";
import { type CodecRegistry, createRegistry, findCodec, loadCodec } from "./registry.js";
import { zarr } from "./zarr/index.js";
import { zfpc } from "./zfpc/index.js";

/** The encodings of an info file. */
export function builtinCodecs(): readonly Codec[] {
  return [
    raw,
    compressedSegmentation,
    compresso,
    crackle,
    png,
    jpeg,
    jxl,
    fpzip,
    kempressed,
    zfpc,
    npz,
    npzUint8,
  ];
}

/** Those of chunks that an array's or a service's metadata describe; no info file names them. */
export function arrayCodecs(): readonly Codec[] {
  return [zarr, n5, boss];
}

export const codecRegistry: CodecRegistry = createRegistry([...builtinCodecs(), ...arrayCodecs()]);

/** A codec by its name in an info file; it may still have to `load`. @throws UnsupportedFormatError. */
export function getCodec(name: string): Codec {
  return findCodec(codecRegistry, name);
}

/** A codec ready for synchronous `use` (both unless told) on this thread. @throws UnsupportedFormatError. */
export function loadedCodec(name: string, use?: CodecUse): Promise<Codec> {
  return loadCodec(codecRegistry, name, use);
}
