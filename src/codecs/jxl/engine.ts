import type { Codestream } from "./codestream.js";

/** What decodes JPEG XL for the codec. Synchronous; a failing call leaves it usable. */
export interface JxlDecoder {
  /**
   * The shown frames, in order: red, green, blue and alpha of all pixels, side by side, in samples of the image's
   * depth (16 bits are little endian). Gray is in all three colours. @throws DecodingError.
   */
  decode(codestream: Codestream): readonly Uint8Array[];
}

/** What encodes JPEG XL for the codec. Synchronous. */
export interface JxlEncoder {
  /** Whether it broke down: the codec's next `load` starts another one. */
  readonly broken?: boolean;
  /** A file of one image. @throws EncodingError. */
  encode(pixels: Uint8Array, image: JxlImage, settings: JxlSettings): Uint8Array;
}

export interface JxlImage {
  readonly width: number;
  readonly height: number;
  /** Gray, RGB or RGBA, side by side. */
  readonly channels: 1 | 3 | 4;
  /** 16-bit samples are little endian. */
  readonly bits: 8 | 16;
}

export interface JxlSettings {
  /** Butteraugli distance from the original; 0: lossless. */
  readonly distance: number;
  /** 1 (fast) to 9 (small). */
  readonly effort: number;
  /** 0 to 4 (fastest to decode). */
  readonly decodingSpeed: number;
}

/** The two files of the package that has libjxl's decoder. */
export interface LibjxlFiles {
  /** Sets an instance up on the given object before it returns, if that has `instantiateWasm`. */
  readonly factory: (module: object) => Promise<object>;
  readonly wasm: BufferSource;
}
