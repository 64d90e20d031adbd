/** jxl-oxide, a decoder in Rust, as WebAssembly from the package jxl-oxide-wasm. */
import { DecodingError, UnsupportedFormatError } from "../../base/errors.js";
import { type Codestream, isShown } from "./codestream.js";
import type { JxlDecoder, JxlPicture } from "./engine.js";

/** What the module exports, as its own types describe it; several results come as an array. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  /** Values that are not numbers, e.g. messages of errors. */
  readonly __wbindgen_export_2: WebAssembly.Table;
  __externref_table_alloc(): number;
  __externref_table_dealloc(index: number): void;
  __wbindgen_malloc(bytes: number, align: number): number;
  __wbindgen_free(ptr: number, bytes: number, align: number): void;
  __wbindgen_start(): void;
  jxlimage_new(): number;
  __wbg_jxlimage_free(image: number, unused: number): void;
  jxlimage_feedBytes(
    image: number,
    ptr: number,
    length: number,
  ): [read: number, error: number, failed: number];
  jxlimage_tryInit(image: number): [ready: number, error: number, failed: number];
  jxlimage_is_loading_done(image: number): number;
  jxlimage_num_loaded_keyframes(image: number): number;
  jxlimage_render(image: number, frame: number): [picture: number, error: number, failed: number];
  /** Frees the picture. */
  renderresult_encodeToPng(picture: number): [ptr: number, length: number, error: number, failed: number];
}

/** An instance whose memory grew beyond this is not kept for the next call. */
const KEPT_BYTES = 256 * 2 ** 20;

/**
 * Compiles jxl-oxide. An instance is started at the first call and kept; one that failed in any other way than by
 * refusing a file is dropped with its memory.
 */
export async function loadOxide(wasm: () => Promise<BufferSource> = installedWasm): Promise<JxlDecoder> {
  const module = await WebAssembly.compile(await wasm());
  let kept: Exports | undefined;
  return {
    decode(codestream) {
      const instance = kept ?? start(module);
      kept = undefined;
      try {
        const pictures = decode(instance, codestream);
        if (instance.memory.buffer.byteLength <= KEPT_BYTES) kept = instance;
        return pictures;
      } catch (cause) {
        if (!(cause instanceof DecodingError)) throw new DecodingError("Corrupt JPEG XL data", { cause });
        kept = instance;
        throw cause;
      }
    },
  };
}

async function installedWasm(): Promise<BufferSource> {
  if (typeof process === "object" && process.versions?.node !== undefined) {
    const { oxideWasm } = await import("./oxide.node.js");
    return oxideWasm();
  }
  throw new UnsupportedFormatError("The WebAssembly of jxl-oxide was not given", {
    fix: "Outside of Node, make the codec by jxlCodec({ loadDecoder: () => loadOxide(fetchWasm) }).",
  });
}

function start(module: WebAssembly.Module): Exports {
  let exports: Exports | undefined;
  const text = (ptr: number, length: number): string =>
    new TextDecoder().decode(new Uint8Array(exports!.memory.buffer, ptr >>> 0, length));
  const keep = (value: unknown): number => {
    const index = exports!.__externref_table_alloc();
    exports!.__wbindgen_export_2.set(index, value);
    return index;
  };
  // The module looks for the browser it runs in, to avoid a fault of one; it finds an empty global object.
  const known: readonly (readonly [prefix: string, work: (...args: never[]) => unknown])[] = [
    ["__wbindgen_throw", (ptr: number, length: number) => fail(text(ptr, length))],
    ["__wbindgen_string_new", text],
    ["__wbindgen_init_externref_table", () => initialize(exports!.__wbindgen_export_2)],
    ["__wbindgen_is_undefined", (value: unknown) => value === undefined],
    ["__wbg_static_accessor_GLOBAL_THIS_", () => keep({})],
    ["__wbg_static_accessor_", () => 0],
    ["__wbg_instanceof_", () => false],
  ];
  const imports: Record<string, (...args: never[]) => unknown> = {};
  for (const { name } of WebAssembly.Module.imports(module))
    imports[name] =
      known.find(([prefix]) => name.startsWith(prefix))?.[1] ?? (() => fail(`${name} is not here`));
  exports = new WebAssembly.Instance(module, { wbg: imports }).exports as unknown as Exports;
  exports.__wbindgen_start();
  return exports;
}

/** The four values that every table starts with. */
function initialize(table: WebAssembly.Table): void {
  const at = table.grow(4);
  table.set(0, undefined);
  for (const [i, value] of [undefined, null, true, false].entries()) table.set(at + i, value);
}

function fail(message: string): never {
  throw new Error(message);
}

function decode(oxide: Exports, { bytes, frames }: Codestream): JxlPicture[] {
  const shown = frames.filter(isShown).length;
  const image = oxide.jxlimage_new();
  let trapped = true;
  try {
    const ptr = oxide.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(oxide.memory.buffer, ptr, bytes.length).set(bytes);
    const [, refused, isRefused] = oxide.jxlimage_feedBytes(image, ptr, bytes.length);
    const [ready, invalid, isInvalid] = isRefused ? [0, refused, 1] : oxide.jxlimage_tryInit(image);
    const keyframes = isInvalid ? 0 : oxide.jxlimage_num_loaded_keyframes(image);
    let problem = isInvalid ? messageOf(oxide, invalid) : undefined;
    if (problem === undefined && (!ready || !oxide.jxlimage_is_loading_done(image) || keyframes !== shown))
      problem = `${keyframes} frames of ${shown}`;
    const pictures: JxlPicture[] = [];
    for (let k = 0; k < shown && problem === undefined; k++) {
      const picture = render(oxide, image, k);
      if (typeof picture === "string") problem = picture;
      else pictures.push({ png: picture });
    }
    trapped = false;
    if (problem !== undefined) throw new DecodingError("Corrupt JPEG XL data", { got: problem });
    return pictures;
  } finally {
    if (!trapped) oxide.__wbg_jxlimage_free(image, 0);
  }
}

/** A PNG file, or what is wrong with the data. */
function render(oxide: Exports, image: number, frame: number): Uint8Array | string {
  const [picture, error, failed] = oxide.jxlimage_render(image, frame);
  if (failed) return messageOf(oxide, error);
  const [at, length, pngError, pngFailed] = oxide.renderresult_encodeToPng(picture);
  if (pngFailed) return messageOf(oxide, pngError);
  const ptr = at >>> 0;
  const png = new Uint8Array(oxide.memory.buffer, ptr, length).slice();
  oxide.__wbindgen_free(ptr, length, 1);
  return png;
}

function messageOf(oxide: Exports, index: number): string {
  const value: unknown = oxide.__wbindgen_export_2.get(index);
  oxide.__externref_table_dealloc(index);
  return String(value);
}
