/** The WebAssembly of Draco, from the package draco3d: loaded on first use, compiled once, started anew after a failure. */
type Part = "decoder" | "encoder";
type Factory = (options: object) => Promise<object>;
type Receive = (instance: WebAssembly.Instance) => void;

const compiled = new Map<Part, Promise<{ factory: Factory; wasm: WebAssembly.Module }>>();

/** A new instance of the decoder or encoder. Compiles it the first time (some 10 ms); about 1 ms later on. */
export async function startDraco(part: Part): Promise<object> {
  let loading = compiled.get(part);
  if (loading === undefined) {
    loading = compile(part);
    compiled.set(part, loading);
    loading.catch(() => compiled.delete(part));
  }
  const { factory, wasm } = await loading;
  const quiet = (): void => {};
  return await factory({
    print: quiet,
    printErr: quiet,
    instantiateWasm: (imports: WebAssembly.Imports, receive: Receive) => {
      const instance = new WebAssembly.Instance(wasm, imports);
      receive(instance);
      return instance.exports;
    },
  });
}

async function compile(part: Part): Promise<{ factory: Factory; wasm: WebAssembly.Module }> {
  const [{ default: factory }, bytes] = await Promise.all([
    part === "decoder"
      ? import("draco3d/draco_decoder_nodejs.js")
      : import("draco3d/draco_encoder_nodejs.js"),
    dracoWasm(part),
  ]);
  return { factory, wasm: await WebAssembly.compile(bytes) };
}

async function dracoWasm(part: Part): Promise<BufferSource> {
  const { installedWasm } = await import("./wasm.node.js");
  return await installedWasm(part);
}
