/** Mouse, pen and fingers on a pane. */
import { PLANES } from "../../src/pictures/plane.js";
import { brushed, isInside, lengthsOf, pointUnder, type Triple, voxelOf } from "./geometry.js";
import type { Pane } from "./pane.js";
import type { Store } from "./state.js";

/** Pixels that a press may tremble and still be a click. */
const TREMBLE = 5;
/** Pixels of scrolling for a slice; a wheel's notch is more than that and counts once. */
const NOTCH = 40;

interface Press {
  readonly x: number;
  readonly y: number;
  readonly center: Triple;
  readonly does: "pan" | "contrast" | "paint" | "click" | "pick";
  readonly contrast: { readonly black: number; readonly white: number };
  last: Triple;
  moved: boolean;
}

export function watchPointers(store: Store, pane: Pane): void {
  const { stage, axis } = pane;
  const { state } = store;
  const lengths = lengthsOf(store.scene.resolution);
  const fingers = new Map<number, readonly [number, number]>();
  let press: Press | undefined;
  let scrolled = 0;

  const pixel = (event: MouseEvent): [number, number] => {
    const { left, top } = stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const point = (event: MouseEvent): Triple => {
    const [x, y] = pixel(event);
    return pointUnder(axis, pane.placement, x, y, pane.slice);
  };
  const hover = (event: MouseEvent): void => {
    const voxel = voxelOf(point(event));
    state.cursor = isInside(voxel, store.scene.shape) ? voxel : undefined;
    state.pane = axis;
    store.changed();
  };

  stage.addEventListener("pointerdown", (event) => {
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pixel(event));
    hover(event);
    if (fingers.size > 1) {
      if (press?.does === "paint") undo(store);
      press = undefined;
      return;
    }
    const [x, y] = pixel(event);
    const does = meaning(event, store);
    press = {
      x,
      y,
      does,
      center: [...state.center],
      contrast: imageLayer(store).contrast,
      last: point(event),
      moved: false,
    };
    if (does === "paint") {
      store.active.edits.begin();
      paint(press.last);
    }
  });

  stage.addEventListener("pointermove", (event) => {
    const before = new Map(fingers);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, pixel(event));
    hover(event);
    if (fingers.size === 2) return pinch(before);
    if (press === undefined) return;
    const [x, y] = pixel(event);
    const [dx, dy] = [x - press.x, y - press.y];
    press.moved ||= Math.hypot(dx, dy) > TREMBLE;
    if (press.does === "paint") paint(point(event));
    else if (press.does === "contrast") window(press, dx, dy);
    else if (press.does === "pan" && press.moved) pan(press.center, dx, dy);
  });

  const end = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    const done = press;
    press = undefined;
    if (event.type === "pointercancel" || done === undefined || done.moved) return;
    const voxel = voxelOf(point(event));
    if (!isInside(voxel, store.scene.shape)) return;
    if (done.does === "pick") pick(store, voxel);
    else if (done.does === "click") selectAt(store, voxel);
    else if (done.does === "pan") {
      state.at = voxel;
      store.changed();
    }
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => {
    if (press !== undefined) return;
    state.cursor = undefined;
    store.changed();
  });
  stage.addEventListener("dblclick", (event) => {
    const voxel = voxelOf(point(event));
    if (state.tool === "move" && isInside(voxel, store.scene.shape)) selectAt(store, voxel);
  });
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? NOTCH : 1);
      if (event.ctrlKey || event.metaKey) {
        store.zoomBy(Math.exp(-Math.max(-100, Math.min(100, pixels)) / 250), point(event));
        return hover(event);
      }
      scrolled = Math.sign(scrolled) === Math.sign(pixels) ? scrolled + pixels : pixels;
      if (Math.abs(scrolled) < NOTCH) return;
      store.moveTo(axis, pane.slice + Math.sign(scrolled) * (event.shiftKey ? 10 : 1));
      scrolled = 0;
      hover(event);
    },
    { passive: false },
  );

  function pan(center: Triple, dx: number, dy: number): void {
    const { stepX, stepY } = pane.placement;
    const { right, down } = PLANES[axis];
    const moved: Triple = [...center];
    moved[right] = center[right]! - dx / stepX;
    moved[down] = center[down]! - dy / stepY;
    store.panTo(moved);
  }

  /** To the right: more contrast; down: darker. */
  function window(start: Press, dx: number, dy: number): void {
    const { black, white } = start.contrast;
    const width = (white - black) * Math.exp(-dx / 200);
    const middle = (black + white) / 2 + (dy / 300) * (white - black);
    imageLayer(store).contrast = { black: middle - width / 2, white: middle + width / 2 };
    store.restyle();
  }

  /** From voxel to voxel, as the ring around the pointer shows. */
  function paint(pointed: Triple): void {
    if (press === undefined) return;
    const to = middle(pointed);
    const radius = Math.max(0, state.brush.radius);
    const voxels = brushed(axis, middle(press.last), to, radius, lengths);
    store.active.edits.paint(voxels, state.brush.value);
    press.last = to;
    store.restyle();
  }

  function pinch(before: ReadonlyMap<number, readonly [number, number]>): void {
    const spread = (all: ReadonlyMap<number, readonly [number, number]>): [number, number, number] => {
      const [[ax, ay], [bx, by]] = [...all.values()] as [
        readonly [number, number],
        readonly [number, number],
      ];
      return [Math.hypot(ax - bx, ay - by), (ax + bx) / 2, (ay + by) / 2];
    };
    const [was, wasX, wasY] = spread(before);
    const [is, isX, isY] = spread(fingers);
    pan([...state.center], isX - wasX, isY - wasY);
    if (was > 0) store.zoomBy(is / was, pointUnder(axis, pane.placement, isX, isY, pane.slice));
  }
}

function middle(point: Triple): Triple {
  return point.map((n) => Math.floor(n) + 0.5) as Triple;
}

function meaning(event: PointerEvent, { state, active, scene }: Store): Press["does"] {
  if (event.button === 2 || event.shiftKey) return "contrast";
  if (event.button === 1 || state.tool === "move") return "pan";
  if (event.altKey) return "pick";
  if (state.tool === "select") return "click";
  return scene.layers[state.active]!.shape[3] === 1 && active.visible ? "paint" : "pan";
}

/** The layer whose contrast is set: the active one if it is an image, else the first image. */
export function imageLayer({ layers, active }: Store): Store["active"] {
  return active.kind === "image" ? active : (layers.find(({ kind }) => kind === "image") ?? active);
}

/** Selects the label of a voxel, or lets it go: that of the topmost layer of labels. */
export function selectAt(store: Store, voxel: Triple): void {
  for (let i = store.layers.length - 1; i >= 0; i--) {
    const { kind, visible, channel } = store.layers[i]!;
    const value =
      kind === "segmentation" && visible ? store.valueAt(i, voxel, Math.max(0, channel)) : undefined;
    if (value === undefined) continue;
    store.toggleLabel(value);
    return;
  }
}

/** Takes the value of a voxel to paint with. */
export function pick(store: Store, voxel: Triple): void {
  const value = store.valueAt(store.state.active, voxel, Math.max(0, store.active.channel));
  if (value === undefined) return;
  store.state.brush.value = value;
  store.changed();
}

export function undo(store: Store): void {
  if (store.active.edits.undo()) store.restyle();
}
