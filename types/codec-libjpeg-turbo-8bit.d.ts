/** The package has no types of its own. What its factory fills in is described where it is used. */
declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs" {
  /** Starts an instance on the given object, which becomes the module. */
  const factory: (module: object) => Promise<object>;
  export default factory;
}
