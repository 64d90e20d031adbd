/** Bytes kept in WebAssembly memory, so that kernels work on them in place. */
import { createWorkspace, type MemoryWorkspace } from "../../base/memory-workspace.js";
import type { Region } from "../../base/workspace.js";

/** A span of an arena. It stays where it is until it is released. */
export interface Span {
  readonly segment: Segment;
  readonly region: Region;
}

/** One memory of an arena. */
export interface Segment {
  readonly workspace: MemoryWorkspace;
  /** Bytes given out. */
  used: number;
}

/** Bytes of one memory that are given out; the rest is for scratch. */
const SEGMENT_BYTES = 2 ** 31;
/** Shares of an octave that sizes are rounded up to, so that freed spans fit others. */
const STEPS = 8;

/** Grows memory by memory; memories that hold nothing any more are let go. */
export class Arena {
  #segments: Segment[] = [];
  #live = 0;

  /** The memory of the last span: where to put what is not kept. */
  get current(): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined) return last;
    const made = { workspace: createWorkspace(), used: 0 };
    this.#segments.push(made);
    return made;
  }

  /** Bytes of all its memories: what is given out, what is free, scratch. */
  get memoryBytes(): number {
    return this.#segments.reduce((sum, s) => sum + s.workspace.memory.buffer.byteLength, 0);
  }

  allocate(length: number): Span {
    const capacity = roundUp(length);
    if (this.current.used > 0 && this.current.used + capacity > SEGMENT_BYTES) this.#extend();
    let ptr: number;
    try {
      ptr = this.current.workspace.allocate(capacity).ptr;
    } catch (error) {
      if (this.current.used === 0) throw error;
      this.#extend(); // Free spans in it are too small.
      ptr = this.current.workspace.allocate(capacity).ptr;
    }
    this.current.used += capacity;
    this.#live++;
    return { segment: this.current, region: { ptr, length } };
  }

  #extend(): void {
    this.#segments.push({ workspace: createWorkspace(), used: 0 });
  }

  release({ segment, region }: Span): void {
    segment.workspace.release(region);
    segment.used -= roundUp(region.length);
    this.#live--;
    if (this.#live === 0) this.#segments = [];
  }
}

function roundUp(length: number): number {
  const step = 2 ** Math.max(6, Math.floor(Math.log2(Math.max(1, length))) - Math.log2(STEPS));
  return Math.ceil(length / step) * step;
}
