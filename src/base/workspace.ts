/**
 * A WebAssembly memory with the kernels on it, and named scratch regions that only grow. On the calling
 * thread the memory is private; a worker has one workspace for each shared output memory.
 */

/** A span of a workspace's memory, in bytes. */
export interface Region {
  readonly ptr: number;
  readonly length: number;
}

export interface Workspace {
  readonly memory: WebAssembly.Memory;
  /** The memory as bytes, valid until the next call that may grow it. */
  bytes(): Uint8Array;
  /**
   * A scratch region of at least `length` bytes, with 16 readable bytes before and 320 writable bytes after
   * it. The content is undefined. The same `name` gives the same place, so a region is valid until its name is asked for again.
   */
  scratch(name: string, length: number): Region;
  /** The exports of a kernel module, instantiated once for each memory. */
  kernel<Exports>(module: KernelModule<Exports>): Exports;
}

/** A generated kernel (`src/kernels`): one source, two builds. */
export interface KernelModule<Exports> {
  readonly name: string;
  /** Base64 of the build for private memory; that for shared memory differs in what it imports (`forSharedMemory`). */
  readonly wasm: string;
  /** Never set: carries the type of the exports. */
  readonly exports?: Exports;
}
