/** Everything that the page shows, in one place. */
import type { DataType, Voxel } from "../../src/base/dtype.js";
import type { Contrast } from "../../src/pictures/contrast.js";
import type { Axis } from "../../src/pictures/plane.js";
import { labelKey } from "../../src/pictures/shade.js";
import type { Scene } from "../../src/volume/viewer/layers.js";
import { Edits } from "./edits.js";
import { clamped, type Triple } from "./geometry.js";
import { Slabs } from "./slabs.js";

export type Layout = "all" | Axis;
export type Tool = "move" | "select" | "brush";

export interface LayerState {
  visible: boolean;
  kind: "image" | "segmentation";
  contrast: Contrast;
  opacity: number;
  /** -1: three channels as red, green and blue. */
  channel: number;
  readonly edits: Edits;
}

export interface State {
  /** The slices that are shown; the crosshair. */
  at: Triple;
  /** What lies in the middle of the panes, in voxels. */
  center: Triple;
  /** 1: a whole slice fits into its pane. */
  zoom: number;
  layout: Layout;
  tool: Tool;
  /** The layer that is painted, picked from and set by keys. */
  active: number;
  /** The pane that keys are for. */
  pane: Axis;
  selected: Set<bigint>;
  others: "same" | "faint" | "hidden";
  brush: { value: Voxel; radius: number };
  /** The voxel under the pointer. */
  cursor: Triple | undefined;
  crosshair: boolean;
  help: boolean;
  message: string;
}

export const AXES = ["x", "y", "z"] as const;
export const ZOOM_RANGE = [0.2, 400] as const;

export class Store {
  readonly scene: Scene;
  readonly slabs: Slabs;
  readonly layers: readonly LayerState[];
  readonly state: State;
  /** Changes with what slices look like. */
  look = 0;
  readonly #listeners: (() => void)[] = [];
  #scheduled = false;

  constructor(scene: Scene) {
    this.scene = scene;
    this.slabs = new Slabs(scene, (error) => {
      this.state.message = error === undefined ? "" : `The server does not answer: ${error.message}`;
      this.changed();
    });
    this.layers = scene.layers.map(({ kind, contrast, shape, dtype }, i) => ({
      visible: true,
      kind,
      contrast,
      opacity: i > 0 ? 0.45 : 1,
      channel: shape[3] === 3 && kind === "image" ? -1 : 0,
      edits: new Edits(shape, dtype),
    }));
    const { shape } = scene;
    const active = scene.layers.length - 1;
    this.state = {
      at: shape.map((n) => Math.floor(n / 2)) as Triple,
      center: shape.map((n) => n / 2) as Triple,
      zoom: 1,
      layout: "all",
      tool: "move",
      active,
      pane: "z",
      selected: new Set(),
      others: "faint",
      brush: { value: paintValue(scene, active), radius: 4 },
      cursor: undefined,
      crosshair: true,
      help: false,
      message: "",
    };
  }

  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Draws again before the next frame. */
  changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }

  /** Changes something that slices are coloured by. */
  restyle(): void {
    this.look++;
    this.changed();
  }

  get active(): LayerState {
    return this.layers[this.state.active]!;
  }

  moveTo(axis: Axis, slice: number): void {
    const i = AXES.indexOf(axis);
    this.state.at[i] = clamped(Math.round(slice), 0, this.scene.shape[i]! - 1);
    this.changed();
  }

  /** Zooms, keeping a point of the volume where it is on the panes. */
  zoomBy(factor: number, around: Triple = this.state.center): void {
    const { state } = this;
    const zoom = clamped(state.zoom * factor, ...ZOOM_RANGE);
    const kept = state.zoom / zoom;
    state.center = state.center.map((n, i) => around[i]! + (n - around[i]!) * kept) as Triple;
    state.zoom = zoom;
    this.changed();
  }

  panTo(center: Triple): void {
    this.state.center = center.map((n, i) => clamped(n, 0, this.scene.shape[i]!)) as Triple;
    this.changed();
  }

  fit(): void {
    this.state.zoom = 1;
    this.panTo(this.scene.shape.map((n) => n / 2) as Triple);
  }

  toggleLabel(value: Voxel): void {
    const key = labelKey(value);
    if (key === 0n) return;
    const { selected } = this.state;
    if (!selected.delete(key)) selected.add(key);
    this.restyle();
  }

  /** The value of a voxel, painted or not; undefined while it is not here. */
  valueAt(layer: number, voxel: Triple, channel = 0): Voxel | undefined {
    const { shape } = this.scene;
    const painted = this.layers[layer]!.edits.get(voxel);
    if (painted !== undefined && this.scene.layers[layer]!.shape[3] === 1) return painted;
    const [x, y, z] = voxel;
    for (const [axis, slice, at] of [
      ["z", z, x + shape[0] * y],
      ["y", y, x + shape[0] * z],
      ["x", x, z + shape[2] * y],
    ] as const) {
      const values = this.slabs.get({ layer, channel, axis, slice });
      if (values !== undefined) return values[at];
    }
    return undefined;
  }
}

/** A value to paint with at first. */
function paintValue(scene: Scene, layer: number): Voxel {
  const { dtype, kind, contrast } = scene.layers[layer]!;
  return parseValue(kind === "segmentation" ? "1" : String(contrast.white), dtype) ?? parseValue("1", dtype)!;
}

const RANGES: Readonly<Partial<Record<DataType, readonly [low: bigint, high: bigint]>>> = {
  bool: [0n, 1n],
  uint8: [0n, 255n],
  int8: [-128n, 127n],
  uint16: [0n, 65_535n],
  int16: [-32_768n, 32_767n],
  uint32: [0n, 2n ** 32n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** A value of a data type, exactly; undefined for what is none. */
export function parseValue(text: string, dtype: DataType): Voxel | undefined {
  const range = RANGES[dtype];
  if (range === undefined) {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(value) && text.trim().toLowerCase() !== "nan") return undefined;
    return dtype === "float32" ? Math.fround(value) : value;
  }
  if (!/^\s*-?\d{1,20}\s*$/.test(text)) return undefined;
  const value = BigInt(text.trim());
  if (value < range[0] || value > range[1]) return undefined;
  return dtype === "uint64" || dtype === "int64" ? value : Number(value);
}
