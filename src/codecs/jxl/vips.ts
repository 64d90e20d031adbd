/** libjxl's encoder within libvips, as WebAssembly from the package wasm-vips. */
import type { Vips } from "wasm-vips";
import { EncodingError } from "../../base/errors.js";
import type { JxlEncoder, JxlImage, JxlSettings } from "./engine.js";

/**
 * Starts libvips: some 0.3 s, and 200 to 300 MB for the first instance of a process. Its threads do not keep a
 * process alive. An instance that failed in any other way than by a message of libvips is broken.
 */
export async function loadVips(): Promise<JxlEncoder> {
  const { default: startVips } = await import("wasm-vips");
  const quiet = (): void => {};
  let vips: Vips | undefined = await startVips({
    dynamicLibraries: ["vips-jxl.wasm"],
    print: quiet,
    printErr: quiet,
    preRun: (module) => {
      module.ENV.VIPS_CONCURRENCY = "1";
    },
  });
  vips.Cache.max(0);
  return {
    get broken() {
      return vips === undefined;
    },
    encode(pixels, image, settings) {
      if (vips === undefined)
        throw new EncodingError("The encoder of jxl broke down before", { fix: "Await its load() again." });
      try {
        return encode(vips, pixels, image, settings);
      } catch (cause) {
        const message = messageOf(cause);
        if (message === undefined) vips = undefined;
        throw new EncodingError("Cannot encode as jxl", {
          got: message ?? String(cause),
          fix: "Use a lower jxl_effort or smaller chunks.",
          cause,
        });
      }
    },
  };
}

function encode(vips: Vips, pixels: Uint8Array, image: JxlImage, settings: JxlSettings): Uint8Array {
  const { width, height, channels, bits } = image;
  const { distance, effort, decodingSpeed } = settings;
  const samples =
    bits === 8 ? pixels : new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 2);
  const plain = vips.Image.newFromMemory(samples, width, height, channels, bits === 8 ? "uchar" : "ushort");
  try {
    const interpretation = channels === 1 ? (bits === 8 ? "b-w" : "grey16") : bits === 8 ? "srgb" : "rgb16";
    const typed = plain.copy({ interpretation });
    try {
      return typed.jxlsaveBuffer({ distance, lossless: distance === 0, effort, tier: decodingSpeed });
    } finally {
      typed.delete();
    }
  } finally {
    plain.delete();
  }
}

/** What libvips says; undefined for a trap. C++ exceptions carry the class's name and the message. */
function messageOf(cause: unknown): string | undefined {
  const { message } = Object(cause) as { message?: unknown };
  return Array.isArray(message) && message[0] === "vips::Error" ? String(message[1]).trim() : undefined;
}
