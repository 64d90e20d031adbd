/** The keyboard, and the list of what its keys do. */
import { contrastOf, sampled } from "../../src/pictures/contrast.js";
import { PLANES } from "../../src/pictures/plane.js";
import { clamped, lengthsOf, type Triple } from "./geometry.js";
import type { Pane } from "./pane.js";
import { imageLayer, pick, selectAt, undo } from "./pointer.js";
import { AXES, type Layout, type Store, type Tool } from "./state.js";

export interface Key {
  /** As they are shown; the first word of `press` matches `KeyboardEvent.key`. */
  readonly keys: string;
  readonly does: string;
  readonly press: Readonly<Record<string, () => void>>;
}

export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly Key[];
}

export interface KeyActions {
  readonly save: () => void;
  readonly panes: readonly Pane[];
}

const PAN = 60;

export function keyGroups(store: Store, { save, panes }: KeyActions): readonly KeyGroup[] {
  const { state, scene } = store;
  const pane = (): Pane => panes.find(({ axis }) => axis === shownAxis(store))!;
  const step = (count: number) => (): void => store.moveTo(pane().axis, pane().slice + count);
  const size = (): number => scene.shape[AXES.indexOf(pane().axis)]!;
  const layout = (value: Layout) => (): void => change(() => (state.layout = value));
  const tool = (value: Tool) => (): void => change(() => (state.tool = value));
  const change = (work: () => void): void => {
    work();
    store.changed();
  };
  const restyle = (work: () => void): void => {
    work();
    store.restyle();
  };
  const pan = (dx: number, dy: number) => (): void => {
    const { right, down } = PLANES[pane().axis];
    const lengths = lengthsOf(scene.resolution);
    const center: Triple = [...state.center];
    center[right] = center[right]! + (dx * PAN) / (pane().scale * lengths[right]!);
    center[down] = center[down]! + (dy * PAN) / (pane().scale * lengths[down]!);
    store.panTo(center);
  };
  const opacity = (by: number) => (): void =>
    restyle(() => {
      const { active } = store;
      active.opacity = clamped(Math.round((active.opacity + by) * 100) / 100, 0, 1);
    });
  const brush = (factor: number) => (): void =>
    change(() => {
      const { radius } = state.brush;
      const next = factor > 1 ? Math.max(radius + 0.5, radius * factor) : radius * factor;
      state.brush.radius = clamped(Math.round(next * 2) / 2, 0.5, 200);
    });
  const window = (stretch: number, shift: number) => (): void =>
    restyle(() => {
      const layer = imageLayer(store);
      const { black, white } = layer.contrast;
      const middle = (black + white) / 2 + shift * (white - black);
      const half = ((white - black) * stretch) / 2;
      layer.contrast = { black: middle - half, white: middle + half };
    });
  const atCursor = (work: (voxel: Triple) => void): void => work(state.cursor ?? state.at);
  return [
    {
      title: "Slices",
      keys: [
        {
          keys: ", .",
          does: "slice before, next slice (also the wheel)",
          press: { ",": step(-1), ".": step(1) },
        },
        {
          keys: "< >",
          does: "ten slices at once (also Shift and the wheel)",
          press: { "<": step(-10), ">": step(10) },
        },
        {
          keys: "PgUp PgDn",
          does: "as , and .",
          press: { PageUp: step(-1), PageDown: step(1) },
        },
        {
          keys: "Home End",
          does: "first, last slice",
          press: {
            Home: () => store.moveTo(pane().axis, 0),
            End: () => store.moveTo(pane().axis, size() - 1),
          },
        },
      ],
    },
    {
      title: "View",
      keys: [
        {
          keys: "1 2 3 4",
          does: "xy, xz, zy, all three",
          press: { "1": layout("z"), "2": layout("y"), "3": layout("x"), "4": layout("all") },
        },
        {
          keys: "+ −",
          does: "zoom (also Ctrl and the wheel, or two fingers)",
          press: {
            "+": () => store.zoomBy(1.25),
            "=": () => store.zoomBy(1.25),
            "-": () => store.zoomBy(0.8),
          },
        },
        {
          keys: "← → ↑ ↓",
          does: "move (also dragging)",
          press: { ArrowLeft: pan(-1, 0), ArrowRight: pan(1, 0), ArrowUp: pan(0, -1), ArrowDown: pan(0, 1) },
        },
        { keys: "0", does: "the whole slice", press: { "0": () => store.fit() } },
        {
          keys: "x",
          does: "crosshair on, off; a click moves it",
          press: { x: () => change(() => (state.crosshair = !state.crosshair)) },
        },
      ],
    },
    {
      title: "Image",
      keys: [
        {
          keys: "c C",
          does: "more, less contrast (also Shift and dragging)",
          press: { c: window(0.85, 0), C: window(1 / 0.85, 0) },
        },
        { keys: "l L", does: "brighter, darker", press: { l: window(1, -0.05), L: window(1, 0.05) } },
        { keys: "a", does: "contrast of this slice", press: { a: () => autoContrast(store, pane()) } },
      ],
    },
    {
      title: "Layers and labels",
      keys: [
        {
          keys: "o",
          does: "layer on, off",
          press: { o: () => restyle(() => (store.active.visible = !store.active.visible)) },
        },
        { keys: "q w", does: "less, more opaque", press: { q: opacity(-0.1), w: opacity(0.1) } },
        {
          keys: "g",
          does: "gray levels or colours",
          press: { g: () => restyle(() => switchKind(store, state.active)) },
        },
        {
          keys: "Enter",
          does: "select the label under the pointer (also a double click)",
          press: { Enter: () => atCursor((voxel) => selectAt(store, voxel)) },
        },
        {
          keys: "h",
          does: "others: faint, hidden, as they are",
          press: {
            h: () => restyle(() => (state.others = nextOf(["faint", "hidden", "same"], state.others))),
          },
        },
        {
          keys: "Esc",
          does: "select none; close this",
          press: {
            Escape: () => {
              if (state.help) return change(() => (state.help = false));
              restyle(() => state.selected.clear());
            },
          },
        },
      ],
    },
    {
      title: "Tools",
      keys: [
        {
          keys: "v s b",
          does: "move, select, brush",
          press: { v: tool("move"), s: tool("select"), b: tool("brush") },
        },
        { keys: "[ ]", does: "smaller, larger brush", press: { "[": brush(1 / 1.3), "]": brush(1.3) } },
        {
          keys: "i",
          does: "paint with the value under the pointer (also Alt and a click)",
          press: { i: () => atCursor((voxel) => pick(store, voxel)) },
        },
        {
          keys: "e",
          does: "paint with 0",
          press: {
            e: () =>
              change(() => {
                state.brush.value = typeof state.brush.value === "bigint" ? 0n : 0;
              }),
          },
        },
        { keys: "u", does: "undo the last stroke (also Ctrl+Z)", press: { u: () => undo(store) } },
        { keys: "S", does: "save as .npy", press: { S: save } },
        { keys: "?", does: "this help", press: { "?": () => change(() => (state.help = !state.help)) } },
      ],
    },
  ];
}

/** The pane that keys act on: the one that is shown, else the one that was used last. */
export function shownAxis({ state }: Store): Pane["axis"] {
  return state.layout === "all" ? state.pane : state.layout;
}

export function watchKeys(store: Store, groups: readonly KeyGroup[]): void {
  const actions = new Map(groups.flatMap(({ keys }) => keys.flatMap(({ press }) => Object.entries(press))));
  window.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      if (isText(event.target)) return;
      event.preventDefault();
      return undo(store);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isText(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    // A slider has its own arrows, a button its Enter.
    if (event.target instanceof HTMLInputElement && /^(Arrow|Page|Home|End)/.test(event.key)) return;
    if (event.target instanceof HTMLButtonElement && event.key === "Enter") return;
    const action = actions.get(event.key);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function isText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === "text")
  );
}

/** Floats have no labels. */
export function switchKind({ layers, scene }: Store, layer: number): void {
  const state = layers[layer]!;
  if (scene.layers[layer]!.dtype.startsWith("float")) return;
  state.kind = state.kind === "image" ? "segmentation" : "image";
  if (state.kind === "segmentation") state.channel = Math.max(0, state.channel);
}

export function autoContrast(store: Store, pane: Pane, layer: Store["active"] = imageLayer(store)): void {
  const i = store.layers.indexOf(layer);
  const channel = Math.max(0, layer.channel);
  const values = store.slabs.get({ layer: i, channel, axis: pane.axis, slice: pane.slice });
  if (values === undefined) return;
  layer.contrast = contrastOf(store.scene.layers[i]!.dtype, sampled(values));
  store.restyle();
}

function nextOf<T>(list: readonly T[], value: T): T {
  return list[(list.indexOf(value) + 1) % list.length]!;
}
