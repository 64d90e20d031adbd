/** libjxl's decoder as WebAssembly, from the package icodec; the build copies its two files. */
import { DecodingError } from "../../base/errors.js";
import { type Codestream, isShown } from "./codestream.js";
import type { JxlDecoder, LibjxlFiles } from "./engine.js";
import type { FrameHeader } from "./frame-header.js";

/** What the package's script makes of an object. */
interface Libjxl {
  readonly HEAPU8: Uint8Array;
  /** The first shown frame, handed to the global function below; null or a message if there is none. */
  decode(file: Uint8Array): Decoded | string | null;
}

/** Samples of red, green, blue and alpha: 8 bits, or 16 (little endian) for files of more. */
interface Decoded {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => object;

/** The global that the package calls with its result. */
const IMAGE_DATA = "_icodec_ImageData";
/** An instance whose heap grew beyond this is not kept for the next call. */
const KEPT_HEAP = 256 * 2 ** 20;

/**
 * Compiles libjxl's decoder. An instance is started at the first call and kept; one that failed in any other way
 * than by refusing a file is dropped with its memory.
 */
export async function loadLibjxl(files: () => Promise<LibjxlFiles> = installedFiles): Promise<JxlDecoder> {
  const { factory, wasm } = await files();
  const module = await WebAssembly.compile(wasm);
  let kept: Libjxl | undefined;
  return {
    decode(codestream) {
      const libjxl = kept ?? start(factory, module);
      kept = undefined;
      const pictures = withImageData(() => decode(libjxl, codestream));
      if (libjxl.HEAPU8.length <= KEPT_HEAP) kept = libjxl;
      if (pictures === undefined)
        throw new DecodingError("Corrupt JPEG XL data", { got: "an error of libjxl" });
      return pictures;
    },
  };
}

async function installedFiles(): Promise<LibjxlFiles> {
  const { installedLibjxl } = await import("./libjxl-files.node.js");
  return await installedLibjxl();
}

/** An instance without waiting. */
function start(factory: LibjxlFiles["factory"], module: WebAssembly.Module): Libjxl {
  const quiet = (): void => {};
  const libjxl: Partial<Libjxl> & object = {};
  const setUp = {
    print: quiet,
    printErr: quiet,
    instantiateWasm: (imports: WebAssembly.Imports, receive: Receive) =>
      receive(new WebAssembly.Instance(module, imports), module),
  };
  factory(Object.assign(libjxl, setUp)).catch(quiet);
  if (libjxl.HEAPU8 === undefined || libjxl.decode === undefined)
    throw new DecodingError("libjxl did not start");
  return libjxl as Libjxl;
}

/** The package looks its result's constructor up in the global object: it is there for the call only. */
function withImageData<T>(work: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, IMAGE_DATA);
  const value = (data: Uint8ClampedArray, width: number, height: number): Decoded => ({
    data,
    width,
    height,
  });
  Object.defineProperty(globalThis, IMAGE_DATA, { value, configurable: true });
  try {
    return work();
  } catch (cause) {
    throw new DecodingError("Corrupt JPEG XL data", { got: "a failure of libjxl", cause });
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, IMAGE_DATA);
    else Object.defineProperty(globalThis, IMAGE_DATA, before);
  }
}

/** All shown frames; undefined if libjxl refuses one. */
function decode(libjxl: Libjxl, codestream: Codestream): Uint8Array[] | undefined {
  const { image } = codestream;
  const pictures: Uint8Array[] = [];
  for (const file of singles(codestream)) {
    const decoded = libjxl.decode(file);
    if (decoded === null || typeof decoded === "string") return undefined;
    const { data, width, height } = decoded;
    if (width !== image.width || height !== image.height) return undefined;
    pictures.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return pictures;
}

/** A codestream for each shown frame: libjxl is asked for the first one only. */
function* singles({ bytes, image, frames }: Codestream): Generator<Uint8Array> {
  const shown = frames.filter(isShown);
  if (shown.length === 1) return yield bytes;
  if (shown.length < frames.length || !frames.every((frame) => frame.replaces))
    throw new DecodingError("Frames of a jxl file need one another", {
      expected: "one frame for each channel",
    });
  for (const frame of frames) yield single(bytes, image.end, frame);
}

function single(
  bytes: Uint8Array,
  headerEnd: number,
  { start: from, sections, length }: FrameHeader,
): Uint8Array {
  const to = sections + length;
  const out = new Uint8Array(headerEnd + to - from);
  out.set(bytes.subarray(0, headerEnd));
  out.set(bytes.subarray(from, to), headerEnd);
  return out;
}
