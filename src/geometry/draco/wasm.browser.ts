/** The WebAssembly of Draco's decoder or encoder, as a module of its own in the bundle. */
export async function installedWasm(part: "decoder" | "encoder"): Promise<Uint8Array<ArrayBuffer>> {
  const { default: bytes } =
    part === "decoder"
      ? await import("draco3d/draco_decoder.wasm")
      : await import("draco3d/draco_encoder.wasm");
  return bytes;
}
