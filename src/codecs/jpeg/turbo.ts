/** libjpeg-turbo as WebAssembly, from the package \@cornerstonejs/codec-libjpeg-turbo-8bit. */
import { DecodingError, EncodingError } from "../../base/errors.js";
import type { JpegEngine, JpegImage } from "./engine.js";
import type { JpegHeader } from "./header.js";

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

/** The package's objects live on the WebAssembly heap until `delete`. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getDecodedBuffer(): Uint8ClampedArray;
  delete(): void;
}

interface Encoder {
  getDecodedBuffer(frame: FrameInfo): Uint8Array;
  setProgressive(progressive: number): void;
  setQuality(quality: number): void;
  setSubSampling(sampling: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8ClampedArray;
  delete(): void;
}

interface Turbo {
  readonly HEAPU8: Uint8Array;
  readonly JPEGDecoder: new () => Decoder;
  readonly JPEGEncoder: new () => Encoder;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => object;

const SAMPLING_444 = 0;
/** An instance whose heap grew beyond this is not kept for the next call. */
const KEPT_HEAP = 256 * 2 ** 20;
/**
 * Files that an instance may refuse before it is dropped: each costs it about 3.5 kB of heap and some of its
 * 64 kB stack, because the package throws through frames that nothing unwinds (4000 in a row overflow it).
 */
const MOST_REFUSALS = 32;

/**
 * Compiles libjpeg-turbo. An instance is started at the first call and kept; one that failed in any other way
 * than by refusing a file is dropped, so that nothing of the failure reaches the next call.
 */
export async function loadTurbo(wasm: () => Promise<BufferSource> = installedWasm): Promise<JpegEngine> {
  const [{ default: factory }, module] = await Promise.all([
    import("@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs"),
    wasm().then((bytes) => WebAssembly.compile(bytes)),
  ]);
  let kept: Turbo | undefined;
  let refusals = 0;
  const use = <T>(work: (turbo: Turbo) => T): T => {
    if (kept === undefined) refusals = 0;
    const turbo = kept ?? start(factory, module);
    kept = undefined;
    try {
      const result = work(turbo);
      if (turbo.HEAPU8.length <= KEPT_HEAP) kept = turbo;
      return result;
    } catch (cause) {
      if (cause instanceof DecodingError && ++refusals < MOST_REFUSALS) kept = turbo;
      throw cause;
    }
  };
  return {
    decode: (jpeg, header) => typed(DecodingError, () => use((turbo) => decode(turbo, jpeg, header))),
    encode: (pixels, image) => typed(EncodingError, () => use((turbo) => encode(turbo, pixels, image))),
  };
}

async function installedWasm(): Promise<BufferSource> {
  const { turboWasm } = await import("./turbo-wasm.node.js");
  return await turboWasm();
}

/** An instance without waiting: the factory fills the object we give it before it returns. */
function start(factory: (module: object) => Promise<object>, module: WebAssembly.Module): Turbo {
  const quiet = (): void => {};
  const turbo: Partial<Turbo> & object = {};
  const setUp = {
    print: quiet,
    printErr: quiet,
    instantiateWasm: (imports: WebAssembly.Imports, receive: Receive) =>
      receive(new WebAssembly.Instance(module, imports), module),
  };
  factory(Object.assign(turbo, setUp)).catch(quiet);
  const { HEAPU8, JPEGDecoder, JPEGEncoder } = turbo;
  if (HEAPU8 === undefined || JPEGDecoder === undefined || JPEGEncoder === undefined)
    throw new DecodingError("libjpeg-turbo did not start");
  return turbo as Turbo;
}

function decode({ JPEGDecoder }: Turbo, jpeg: Uint8Array, header: JpegHeader): Uint8Array {
  const decoder = new JPEGDecoder();
  decoder.getEncodedBuffer(jpeg.length).set(jpeg);
  try {
    decoder.decode();
  } catch (cause) {
    // C++ exceptions arrive as bare addresses on the package's heap, which say nothing.
    if (typeof cause !== "number") throw cause;
    decoder.delete();
    throw new DecodingError("Corrupt JPEG data", { got: "an error or a warning of libjpeg-turbo" });
  }
  const { width, height } = decoder.getFrameInfo();
  const { buffer, byteOffset, length } = decoder.getDecodedBuffer();
  decoder.delete();
  if (width !== header.width || height !== header.height || length !== width * height * header.components)
    throw new DecodingError("libjpeg-turbo read another image than the header announces", {
      expected: `${header.width} x ${header.height} x ${header.components}`,
      got: `${width} x ${height}, ${length} bytes`,
    });
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * The package sizes its output by the pixels it is given, yet lets libjpeg write as much as the worst case
 * takes: a small or noisy image would overrun the heap. Samples declared as wider than 8 bits enlarge both, at
 * most 32-fold; where that is not enough the image is extended to whole blocks, as libjpeg itself does it, and
 * its true size is written into the header afterwards.
 */
function encode(turbo: Turbo, pixels: Uint8Array, image: JpegImage): Uint8Array {
  const { width, height, components } = image;
  const [blockWidth, blockHeight] = [roundUp8(width), roundUp8(height)];
  const worst = blockWidth * blockHeight * (components === 1 ? 2 : 6) + 2048;
  const factor = Math.ceil(worst / (width * height * components));
  if (factor <= 31) return run(turbo, pixels, image, factor);
  const extended = { ...image, width: blockWidth, height: blockHeight };
  const bytes = run(turbo, extend(pixels, image, extended), extended, 32);
  return setSize(bytes, width, height);
}

function run({ JPEGEncoder }: Turbo, pixels: Uint8Array, image: JpegImage, factor: number): Uint8Array {
  const { width, height, components, quality } = image;
  const encoder = new JPEGEncoder();
  const bitsPerSample = Math.min(8 * factor, 255);
  encoder
    .getDecodedBuffer({ width, height, bitsPerSample, componentCount: components, isSigned: false })
    .set(pixels);
  encoder.setProgressive(0);
  encoder.setQuality(quality);
  encoder.setSubSampling(SAMPLING_444);
  encoder.encode();
  const { buffer, byteOffset, length } = encoder.getEncodedBuffer();
  encoder.delete();
  return new Uint8Array(buffer, byteOffset, length);
}

function roundUp8(n: number): number {
  return Math.ceil(n / 8) * 8;
}

/** Repeats the last column and row. */
function extend(pixels: Uint8Array, from: JpegImage, to: JpegImage): Uint8Array {
  const { components } = from;
  const out = new Uint8Array(to.width * to.height * components);
  for (let y = 0, at = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++)
      for (let c = 0; c < components; c++, at++) {
        const pixel = Math.min(y, from.height - 1) * from.width + Math.min(x, from.width - 1);
        out[at] = pixels[pixel * components + c]!;
      }
  return out;
}

/** Writes a size into the frame header of a baseline file just encoded. */
function setSize(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let at = 2;
  while (view.getUint16(at) !== 0xffc0) at += 2 + view.getUint16(at + 2);
  view.setUint16(at + 5, height);
  view.setUint16(at + 7, width);
  return jpeg;
}

function typed<T>(Typed: typeof DecodingError | typeof EncodingError, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Typed) throw cause;
    throw new Typed("libjpeg-turbo failed", cause instanceof Error ? { got: cause.message, cause } : {});
  }
}
