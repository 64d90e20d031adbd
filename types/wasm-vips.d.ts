/** What is used of the package, whose own types are not reachable through its exports. */
declare module "wasm-vips" {
  export interface Vips {
    readonly Image: {
      newFromMemory(
        samples: Uint8Array | Uint16Array,
        width: number,
        height: number,
        bands: number,
        format: "uchar" | "ushort",
      ): VipsImage;
    };
    readonly Cache: { max(operations: number): void };
  }

  /** Lies in the module's memory until `delete`. */
  export interface VipsImage {
    copy(options: { interpretation: "b-w" | "grey16" | "srgb" | "rgb16" }): VipsImage;
    jxlsaveBuffer(options: { distance: number; lossless: boolean; effort: number; tier: number }): Uint8Array;
    delete(): void;
  }

  export interface VipsSettings {
    readonly dynamicLibraries: readonly string[];
    readonly print: (text: string) => void;
    readonly printErr: (text: string) => void;
    readonly preRun: (module: { readonly ENV: Record<string, string> }) => void;
  }

  const start: (settings: VipsSettings) => Promise<Vips>;
  export default start;
}
