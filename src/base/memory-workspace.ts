import { CloudVolumeError, DecodingError, describe } from "./errors.js";
import { forSharedMemory } from "./shared-module.js";
import type { KernelModule, Region, Workspace } from "./workspace.js";

/** A workspace that can also set regions of its memory apart, e.g. the output that workers decode into. */
export interface MemoryWorkspace extends Workspace {
  /** A region of its own (64-byte aligned, padded like scratch), until {@link MemoryWorkspace.release}. */
  allocate(length: number): Region;
  /** Gives a region from `allocate` back for later requests of this workspace. Use it no more. */
  release(region: Region): void;
}

export interface WorkspaceOptions {
  /** A memory made for workspaces alone ({@link createSharedMemory}). Default: a private memory of its own. */
  readonly memory?: WebAssembly.Memory | undefined;
}

const PAGE = 65536;
/** Largest memory that wasm32 can address, in pages. */
const MAX_PAGES = 65536;
/** Every region starts and is counted in units of this many bytes, so that the count fits 32 bits. */
const UNIT = 64;
const BEFORE = UNIT;
const AFTER = 320;
const GROW_PAGES = 16;

/** An empty memory that several threads can have workspaces on. */
export function createSharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
}

/**
 * A workspace on its own private memory, or on a shared one: there the first page holds the count of bytes
 * given out, moved atomically, so regions of several threads never overlap. A workspace belongs to one thread.
 * Regions throw CloudVolumeError when the 4 GiB of a memory are used up.
 */
export function createWorkspace(options: WorkspaceOptions = {}): MemoryWorkspace {
  const memory = options.memory ?? new WebAssembly.Memory({ initial: 1 });
  const build = memory.buffer instanceof ArrayBuffer ? "private" : "shared";
  const scratch = new Map<string, Region>();
  const free: Region[] = [];
  const capacities = new Map<number, number>();
  const instances = new Map<KernelModule<unknown>, unknown>();
  let view = new Uint8Array(memory.buffer);
  // The buffer of a private memory is detached when it grows, that of a shared memory stays valid.
  const used = build === "shared" ? new Int32Array(memory.buffer, 0, 1) : undefined;

  const allocate = (length: number): Region => {
    const at = bestFit(free, length);
    const { ptr, length: capacity } = at >= 0 ? free.splice(at, 1)[0]! : reserve(memory, length);
    capacities.set(ptr, capacity);
    return { ptr, length };
  };
  const release = ({ ptr }: Region): void => {
    const capacity = capacities.get(ptr);
    if (capacity === undefined || !capacities.delete(ptr)) return;
    free.push({ ptr, length: capacity });
  };
  return {
    memory,
    allocate,
    release,
    bytes() {
      if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer);
      if (used !== undefined && view.length < endOf(used)) {
        memory.grow(0); // Another thread grew it: this makes our buffer reach as far.
        view = new Uint8Array(memory.buffer);
      }
      return view;
    },
    scratch(name, length) {
      const old = scratch.get(name);
      if (old !== undefined && old.length >= length) return { ptr: old.ptr, length };
      if (old !== undefined) release(old);
      const region = allocate(old === undefined ? length : Math.max(length, Math.ceil(old.length * 1.25)));
      scratch.set(name, region);
      return { ptr: region.ptr, length };
    },
    kernel<Exports>(module: KernelModule<Exports>): Exports {
      let exports = instances.get(module);
      if (exports === undefined) {
        exports = guarded(module, build, memory);
        instances.set(module, exports);
      }
      return exports as Exports;
    },
  };
}

const onShared = new WeakMap<WebAssembly.Memory, MemoryWorkspace>();

/** This thread's workspace on a shared memory: the same one every time. */
export function sharedWorkspace(memory: WebAssembly.Memory): MemoryWorkspace {
  let workspace = onShared.get(memory);
  if (workspace === undefined) {
    workspace = createWorkspace({ memory });
    onShared.set(memory, workspace);
  }
  return workspace;
}

/** Index of the smallest free region that holds `length` and does not waste most of itself; else -1. */
function bestFit(free: readonly Region[], length: number): number {
  let best = -1;
  for (const [i, region] of free.entries())
    if (region.length >= length && region.length <= 4 * length + PAGE)
      if (best < 0 || region.length < free[best]!.length) best = i;
  return best;
}

/** End of what was given out, in bytes. */
function endOf(used: Int32Array): number {
  return PAGE + Atomics.load(used, 0) * UNIT;
}

function reserve(memory: WebAssembly.Memory, length: number): Region {
  const capacity = Math.ceil(length / UNIT) * UNIT;
  const units = (BEFORE + capacity + AFTER) / UNIT;
  const used = new Int32Array(memory.buffer, 0, 1);
  for (;;) {
    const before = Atomics.load(used, 0);
    const start = PAGE + before * UNIT;
    const stop = start + units * UNIT;
    if (!(length >= 0) || stop > MAX_PAGES * PAGE) throw exhausted(length, start);
    if (Atomics.compareExchange(used, 0, before, before + units) !== before) continue;
    try {
      growTo(memory, stop);
    } catch (cause) {
      Atomics.compareExchange(new Int32Array(memory.buffer, 0, 1), 0, before + units, before);
      throw exhausted(length, start, cause);
    }
    return { ptr: start + BEFORE, length: capacity };
  }
}

function growTo(memory: WebAssembly.Memory, stop: number): void {
  const wanted = Math.ceil(stop / PAGE);
  for (let pages = memory.grow(0); pages < wanted; pages = memory.grow(0)) {
    const step = Math.min(MAX_PAGES - pages, Math.max(wanted - pages, GROW_PAGES));
    try {
      memory.grow(step);
    } catch (error) {
      if (memory.grow(0) === pages) throw error; // Else another thread grew it meanwhile: look again.
    }
  }
}

function exhausted(length: number, used: number, cause?: unknown): CloudVolumeError {
  return new CloudVolumeError("The memory of a workspace is exhausted", {
    expected: `at most ${(MAX_PAGES * PAGE) / 2 ** 30} GiB`,
    got: `${length} bytes asked for, ${used} in use`,
    fix: "Ask for a smaller box at a time.",
    cause,
  });
}

interface Builds {
  private?: WebAssembly.Module;
  shared?: WebAssembly.Module;
}
const compiled = new WeakMap<KernelModule<unknown>, Builds>();

function compile(module: KernelModule<unknown>, build: "private" | "shared"): WebAssembly.Module {
  let builds = compiled.get(module);
  if (builds === undefined) {
    builds = {};
    compiled.set(module, builds);
  }
  const made = builds[build];
  if (made !== undefined) return made;
  const bytes = fromBase64(module.wasm);
  const compiledNow = new WebAssembly.Module(build === "shared" ? forSharedMemory(bytes) : bytes);
  builds[build] = compiledNow;
  return compiledNow;
}

type Call = (...args: (number | bigint)[]) => number | bigint | undefined;

/** The exports of an instance; a trap becomes a DecodingError and the next call gets a new instance. */
function guarded(
  module: KernelModule<unknown>,
  build: "private" | "shared",
  memory: WebAssembly.Memory,
): Record<string, Call> {
  const make = (): Record<string, Call> =>
    new WebAssembly.Instance(compile(module, build), { env: { memory } }).exports as Record<string, Call>;
  let exports: Record<string, Call> | undefined = make();
  const wrapped: Record<string, Call> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    wrapped[name] = (...args) => {
      exports ??= make();
      try {
        return exports[name]!(...args);
      } catch (cause) {
        if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause;
        exports = undefined;
        throw new DecodingError("A kernel stopped", {
          where: `${module.name}.${name}`,
          got: describe(cause),
          cause,
        });
      }
    };
  }
  return wrapped;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
