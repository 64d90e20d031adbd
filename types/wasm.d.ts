/** WebAssembly in the browser's bundle: its bytes. */
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
/** The package does not export the script; the bundler is shown the way. */
declare module "icodec/jxl-dec.js" {
  const factory: (module: object) => Promise<object>;
  export default factory;
}
