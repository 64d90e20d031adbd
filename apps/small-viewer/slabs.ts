/** Slices from the server: fetched in pieces of a few neighbours when they are wanted, and kept while there is room. */
import { arrayType, type TypedArray } from "../../src/base/dtype.js";
import { type Axis, PLANES } from "../../src/pictures/plane.js";
import type { Scene } from "../../src/volume/viewer/layers.js";

export interface SliceId {
  readonly layer: number;
  readonly channel: number;
  readonly axis: Axis;
  readonly slice: number;
}

const KEPT_BYTES = 256 << 20;
const IN_FLIGHT = 3;

export class Slabs {
  readonly #scene: Scene;
  readonly #listener: (error?: Error) => void;
  /** Latest use last. */
  readonly #kept = new Map<string, TypedArray>();
  readonly #flying = new Set<string>();
  #bytes = 0;
  #wanted: SliceId[] = [];
  #failed = false;

  /** @param listener is called when something has come, or when it did not. */
  constructor(scene: Scene, listener: (error?: Error) => void) {
    this.#scene = scene;
    this.#listener = listener;
  }

  /** A slice, if it is here: a view of what is kept. */
  get(id: SliceId): TypedArray | undefined {
    const path = this.#path(id);
    const slab = this.#kept.get(path);
    if (slab === undefined) return undefined;
    this.#kept.delete(path);
    this.#kept.set(path, slab);
    const { shape, slab: depth } = this.#scene.layers[id.layer]!;
    const { right, down } = PLANES[id.axis];
    const area = shape[right]! * shape[down]!;
    const at = (id.slice % depth[id.axis]) * area;
    return slab.subarray(at, at + area);
  }

  /** What is to be fetched, the most urgent first. What was wanted before and has not begun is forgotten. */
  want(ids: readonly SliceId[]): void {
    this.#wanted = ids.filter(({ layer, axis, slice }) => {
      const size = this.#scene.layers[layer]!.shape[PLANES[axis].cut]!;
      return slice >= 0 && slice < size;
    });
    this.#failed = false;
    this.#pump();
  }

  /** One piece, past what is kept: slices `number * depth` and on. */
  async fetch(id: SliceId, signal?: AbortSignal): Promise<TypedArray> {
    return await this.#load(id.layer, this.#path(id), signal);
  }

  #pump(): void {
    while (this.#flying.size < IN_FLIGHT && !this.#failed) {
      const next = this.#wanted.find((id) => {
        const path = this.#path(id);
        return !this.#kept.has(path) && !this.#flying.has(path);
      });
      if (next === undefined) return;
      void this.#bring(next);
    }
  }

  async #bring(id: SliceId): Promise<void> {
    const path = this.#path(id);
    this.#flying.add(path);
    try {
      this.#keep(path, await this.#load(id.layer, path));
      this.#listener();
    } catch (error) {
      this.#failed = true;
      this.#listener(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#flying.delete(path);
      this.#pump();
    }
  }

  async #load(layer: number, path: string, signal?: AbortSignal): Promise<TypedArray> {
    const response = await fetch(path, { signal: signal ?? null });
    if (!response.ok) throw new Error(`${path}: status ${response.status}`);
    return new (arrayType(this.#scene.layers[layer]!.dtype))(await response.arrayBuffer());
  }

  #keep(path: string, slab: TypedArray): void {
    this.#kept.set(path, slab);
    this.#bytes += slab.byteLength;
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES || this.#kept.size <= 12) break;
      this.#kept.delete(oldest);
      this.#bytes -= byteLength;
    }
  }

  #path({ layer, channel, axis, slice }: SliceId): string {
    const depth = this.#scene.layers[layer]!.slab[axis];
    return `/layers/${layer}/${channel}/${axis}/${Math.floor(slice / depth)}`;
  }
}
