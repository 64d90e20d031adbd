/** One of the three slices: its picture is made voxel by voxel when it changes; moving and zooming is left to the browser. */
import type { TypedArray } from "../../src/base/dtype.js";
import { type Axis, PLANES } from "../../src/pictures/plane.js";
import { shadeImage, shadeLabels } from "../../src/pictures/shade.js";
import { el, type Slider, setAttribute, setText, slider } from "./dom.js";
import {
  fitScale,
  lengthsOf,
  type Placement,
  place,
  roundLength,
  type Size,
  type Triple,
} from "./geometry.js";
import type { SliceId } from "./slabs.js";
import { AXES, type Store } from "./state.js";

/** Pieces that are fetched before they are needed, in the direction of the last step. */
const STEPS = [1, 2, -1];

export class Pane {
  readonly axis: Axis;
  readonly element: HTMLElement;
  readonly stage: HTMLElement;
  readonly #store: Store;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #slider: Slider;
  readonly #lines: readonly [HTMLElement, HTMLElement];
  readonly #ring: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #lengths: Triple;
  #image: ImageData | undefined;
  #drawn = "";
  #direction = 1;
  #last = 0;
  #size: Size = { width: 0, height: 0 };

  constructor(store: Store, axis: Axis) {
    const { shape, resolution } = store.scene;
    const { cut, right, down } = PLANES[axis];
    this.axis = axis;
    this.#store = store;
    this.#lengths = lengthsOf(resolution);
    this.#canvas = el("canvas", { width: String(shape[right]), height: String(shape[down]) });
    this.#context = this.#canvas.getContext("2d", { alpha: false })!;
    this.#lines = [el("i", { class: `line of-${AXES[right]}` }), el("i", { class: `line of-${AXES[down]}` })];
    this.#ring = el("i", { class: "ring" });
    this.#bar = el("div", { class: "bar" });
    const name = `${AXES[right]}${AXES[down]}`;
    this.stage = el(
      "div",
      { class: "stage", tabindex: "0", role: "img", "aria-label": `Slices across ${axis}` },
      this.#canvas,
      ...this.#lines,
      this.#ring,
      el("span", { class: "name" }, name),
      this.#bar,
    );
    this.#slider = slider(axis, { min: 0, max: shape[cut]! - 1, step: 1 }, (slice) =>
      store.moveTo(axis, slice),
    );
    this.element = el("section", { class: "pane", "data-axis": axis }, this.stage, this.#slider.element);
    const watcher = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      this.#size = { width, height };
      store.changed();
    });
    watcher.observe(this.stage);
  }

  get slice(): number {
    return this.#store.state.at[PLANES[this.axis].cut]!;
  }

  /** Pixels of the shortest side of a voxel. */
  get scale(): number {
    const { scene, state } = this.#store;
    return state.zoom * fitScale(this.axis, scene.shape, this.#lengths, this.#size);
  }

  get placement(): Placement {
    return place(this.axis, this.#store.state.center, this.scale, this.#lengths, this.#size);
  }

  get isShown(): boolean {
    const { layout } = this.#store.state;
    return layout === "all" || layout === this.axis;
  }

  /** The slices that it needs, and those that it will need if it goes on as before. */
  wants(): { readonly now: readonly SliceId[]; readonly next: readonly SliceId[] } {
    const { slice } = this;
    if (slice !== this.#last) this.#direction = Math.sign(slice - this.#last);
    this.#last = slice;
    const next: SliceId[] = [];
    for (const { depth, ids } of this.#visible())
      for (const step of STEPS)
        for (const id of ids) next.push({ ...id, slice: slice + step * this.#direction * depth });
    return { now: this.#visible().flatMap(({ ids }) => ids), next };
  }

  draw(): void {
    setAttribute(this.element, "data-shown", String(this.isShown));
    if (!this.isShown || this.#size.width === 0) return;
    this.#paint();
    this.#arrange();
    const { cut } = PLANES[this.axis];
    const from = this.#store.scene.offset[cut]!;
    this.#slider.sync(this.slice, `${this.slice + from}`);
  }

  #visible(): { layer: number; depth: number; ids: SliceId[] }[] {
    const { layers, scene } = this.#store;
    return layers.flatMap(({ visible, channel }, layer) => {
      if (!visible) return [];
      const channels = channel < 0 ? [0, 1, 2] : [channel];
      const ids = channels.map((c) => ({ layer, channel: c, axis: this.axis, slice: this.slice }));
      return [{ layer, depth: scene.layers[layer]!.slab[this.axis], ids }];
    });
  }

  /** Colours the slice, unless it is coloured already or has not come yet. */
  #paint(): void {
    const key = `${this.slice} ${this.#store.look}`;
    const shown = this.#visible().map(({ layer, ids }) => ({
      layer,
      planes: ids.map((id) => this.#store.slabs.get(id)),
    }));
    const isHere = shown.every(({ planes }) => planes.every((plane) => plane !== undefined));
    setAttribute(this.element, "data-waiting", String(!isHere));
    if (!isHere || key === this.#drawn) return;
    this.#drawn = key;
    const { width, height } = this.#canvas;
    this.#image ??= new ImageData(width, height);
    const colors = new Uint32Array(this.#image.data.buffer);
    colors.fill(0xff000000);
    for (const { layer, planes } of shown) this.#shade(colors, layer, planes as TypedArray[]);
    this.#context.putImageData(this.#image, 0, 0);
    setAttribute(this.#canvas, "data-slice", String(this.slice));
  }

  #shade(colors: Uint32Array, layer: number, planes: readonly TypedArray[]): void {
    const { selected, others } = this.#store.state;
    const { kind, contrast, opacity, edits } = this.#store.layers[layer]!;
    const isPainted = planes.length === 1 && edits.touches(this.axis, this.slice);
    const values = planes.map((plane) => (isPainted ? plane.slice() : plane));
    if (isPainted) edits.apply(values[0]!, this.axis, this.slice);
    if (kind === "segmentation") shadeLabels(colors, values[0]!, { opacity, selected, others });
    else if (values.length === 3)
      for (const part of [0, 1, 2]) shadeImage(colors, values[part]!, contrast, part);
    else shadeImage(colors, values[0]!, contrast);
  }

  #arrange(): void {
    const { state, scene } = this.#store;
    const { left, top, stepX, stepY } = this.placement;
    this.#canvas.style.transform = `translate(${left}px, ${top}px) scale(${stepX}, ${stepY})`;
    const { right, down, cut } = PLANES[this.axis];
    const [upright, level] = this.#lines;
    upright.style.transform = `translateX(${left + (state.at[right]! + 0.5) * stepX}px)`;
    level.style.transform = `translateY(${top + (state.at[down]! + 0.5) * stepY}px)`;
    for (const line of this.#lines) line.hidden = !state.crosshair;
    const { cursor, tool, brush } = state;
    const isBrushing = tool === "brush" && cursor !== undefined && cursor[cut] === state.at[cut];
    this.#ring.hidden = !(isBrushing && state.pane === this.axis);
    if (cursor !== undefined && !this.#ring.hidden) {
      const radius = Math.max(2, brush.radius * this.scale);
      const [x, y] = [left + (cursor[right]! + 0.5) * stepX, top + (cursor[down]! + 0.5) * stepY];
      this.#ring.style.width = this.#ring.style.height = `${2 * radius}px`;
      this.#ring.style.transform = `translate(${x - radius}px, ${y - radius}px)`;
    }
    const unit = Math.min(...scene.resolution);
    const length = roundLength((this.#size.width / 4 / this.scale) * unit);
    this.#bar.style.width = `${(length / unit) * this.scale}px`;
    setText(this.#bar, scene.unit ? lengthText(length) : `${length}`);
  }
}

function lengthText(nanometres: number): string {
  if (nanometres >= 1e6) return `${nanometres / 1e6} mm`;
  return nanometres >= 1000 ? `${nanometres / 1000} µm` : `${nanometres} nm`;
}
