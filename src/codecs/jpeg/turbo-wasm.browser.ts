/** The WebAssembly of libjpeg-turbo, as a module of its own in the bundle. */
export async function turboWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return (await import("@cornerstonejs/codec-libjpeg-turbo-8bit/wasm")).default;
}
