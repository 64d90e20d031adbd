/** The controls beside the slices. Each function makes a card, and says how it follows the state. */
import { segmentColor } from "../../src/pictures/segment-color.js";
import { labelKey } from "../../src/pictures/shade.js";
import { button, choices, el, setAttribute, setText, slider } from "./dom.js";
import { autoContrast, shownAxis, switchKind } from "./keys.js";
import type { Pane } from "./pane.js";
import { undo } from "./pointer.js";
import { parseValue, type State, type Store } from "./state.js";

export interface Part {
  readonly element: HTMLElement;
  readonly sync: () => void;
}

export function layerCard(store: Store, i: number, panes: readonly Pane[]): Part {
  const { name, dtype, shape, limits } = store.scene.layers[i]!;
  const layer = store.layers[i]!;
  const restyle = (work: () => void): void => {
    work();
    store.restyle();
  };
  const eye = el("input", { type: "checkbox", "aria-label": `Show ${name}` });
  eye.addEventListener("change", () => restyle(() => (layer.visible = eye.checked)));
  const kind = choices(
    `Draw ${name} as`,
    [
      { value: "image", text: "gray", title: "Gray levels (g)" },
      { value: "segmentation", text: "labels", title: "A colour for each label (g)" },
    ],
    (value) => {
      if (value !== layer.kind) restyle(() => switchKind(store, i));
    },
  );
  const range = { min: limits.black, max: Math.max(limits.white, limits.black + 1e-9), step: "any" } as const;
  const black = slider("black", range, (n) =>
    restyle(() => (layer.contrast = { black: n, white: Math.max(n, layer.contrast.white) })),
  );
  const white = slider("white", range, (n) =>
    restyle(() => (layer.contrast = { black: Math.min(n, layer.contrast.black), white: n })),
  );
  const auto = button("auto", "Contrast of this slice (a)", () =>
    autoContrast(store, panes.find(({ axis }) => axis === shownAxis(store))!, layer),
  );
  const contrast = el("div", { class: "stack" }, black.element, white.element, auto);
  const opacity = slider("opacity", { min: 0, max: 1, step: 0.01 }, (n) =>
    restyle(() => (layer.opacity = n)),
  );
  const channel = channelOf(shape[3], (n) => restyle(() => (layer.channel = n)));
  const head = el(
    "label",
    { class: "head" },
    eye,
    el("strong", {}, name),
    el("small", {}, shape[3] > 1 ? `${dtype}, ${shape[3]} channels` : dtype),
  );
  const body = dtype.startsWith("float") ? [] : [kind.element];
  const element = el("section", { class: "card" }, head, ...body, ...channel, contrast, opacity.element);
  const sync = (): void => {
    eye.checked = layer.visible;
    kind.sync(layer.kind);
    contrast.hidden = layer.kind !== "image";
    opacity.element.hidden = layer.kind !== "segmentation";
    black.sync(layer.contrast.black, short(layer.contrast.black));
    white.sync(layer.contrast.white, short(layer.contrast.white));
    opacity.sync(layer.opacity, `${Math.round(100 * layer.opacity)} %`);
    for (const select of channel)
      (select.lastElementChild as HTMLSelectElement).value = String(layer.channel);
  };
  return { element, sync };
}

function channelOf(count: number, choose: (channel: number) => void): HTMLElement[] {
  if (count === 1) return [];
  const select = el("select", { "aria-label": "channel" });
  if (count === 3) select.append(el("option", { value: "-1" }, "red, green, blue"));
  for (let c = 0; c < count; c++) select.append(el("option", { value: String(c) }, String(c)));
  select.addEventListener("change", () => choose(Number(select.value)));
  return [el("label", { class: "row" }, el("span", {}, "channel"), select)];
}

export function labelsCard(store: Store): Part {
  const { state } = store;
  const chips = el("div", { class: "chips" });
  const others = choices<State["others"]>(
    "Other labels",
    [
      { value: "faint", text: "faint", title: "Others faint (h)" },
      { value: "hidden", text: "hidden", title: "Only what is selected (h)" },
      { value: "same", text: "as they are", title: "Others as they are (h)" },
    ],
    (value) => {
      state.others = value;
      store.restyle();
    },
  );
  const input = el("input", {
    type: "text",
    inputmode: "numeric",
    placeholder: "add a label",
    "aria-label": "Add a label",
  });
  input.addEventListener("change", () => {
    const labels = input.value.split(/[\s,;]+/).map((text) => parseValue(text, "uint64"));
    for (const label of labels) if (label !== undefined) state.selected.add(labelKey(label));
    input.value = "";
    store.restyle();
  });
  const none = button("none", "Select none (Esc)", () => {
    state.selected.clear();
    store.restyle();
  });
  const hint = el("p", { class: "hint" }, "Double click a label to select it.");
  const head = el("div", { class: "head" }, el("strong", {}, "Selected labels"), none);
  const element = el("section", { class: "card" }, head, chips, hint, input, others.element);
  let shown = "";
  const sync = (): void => {
    element.hidden = store.layers.every(({ kind }) => kind !== "segmentation");
    others.sync(state.others);
    hint.hidden = state.selected.size > 0;
    none.hidden = state.selected.size === 0;
    const list = [...state.selected].sort((a, b) => (a < b ? -1 : 1));
    if (list.join() === shown) return;
    shown = list.join();
    chips.replaceChildren(
      ...list.map((label) => {
        const chip = button(String(label), `Let go of ${label}`, () => store.toggleLabel(label));
        chip.className = "chip";
        chip.style.setProperty("--color", `rgb(${segmentColor(label).join(" ")})`);
        return chip;
      }),
    );
  };
  return { element, sync };
}

export function brushCard(store: Store, save: () => void): Part {
  const { state, scene } = store;
  const value = el("input", { type: "text", "aria-label": "Value to paint with" });
  const swatch = el("i", { class: "swatch" });
  value.addEventListener("change", () => {
    const parsed = parseValue(value.value, scene.layers[state.active]!.dtype);
    state.message = "";
    if (parsed !== undefined) state.brush.value = parsed;
    else state.message = `${scene.layers[state.active]!.dtype} has no value ${value.value}`;
    value.value = String(state.brush.value);
    store.changed();
  });
  const size = slider("size", { min: 0.5, max: 60, step: 0.5 }, (n) => {
    state.brush.radius = n;
    store.changed();
  });
  const back = button("undo", "Undo the last stroke (u)", () => undo(store));
  const keep = button("save .npy", "Save the painted array (S)", save);
  const layer = el("select", { "aria-label": "Layer to paint" });
  scene.layers.forEach(({ name }, i) => {
    layer.append(el("option", { value: String(i) }, name));
  });
  layer.addEventListener("change", () => {
    state.active = Number(layer.value);
    state.brush.value = parseValue("1", scene.layers[state.active]!.dtype) ?? 1;
    store.changed();
  });
  const target = el("label", { class: "row" }, el("span", {}, "layer"), layer);
  target.hidden = scene.layers.length < 2;
  const hint = el("p", { class: "hint" }, "Paint stays on this page until it is saved.");
  const element = el(
    "section",
    { class: "card" },
    el("div", { class: "head" }, el("strong", {}, "Brush")),
    target,
    el("label", { class: "row" }, el("span", {}, "value"), swatch, value),
    size.element,
    hint,
    el("div", { class: "row" }, back, keep),
  );
  const sync = (): void => {
    const { dtype, shape } = scene.layers[state.active]!;
    const canPaint = shape[3] === 1;
    setText(
      hint,
      canPaint ? "Paint stays on this page until it is saved." : "Several channels are not painted.",
    );
    if (document.activeElement !== value) value.value = String(state.brush.value);
    layer.value = String(state.active);
    size.sync(state.brush.radius, `${state.brush.radius}`);
    const isLabel = store.active.kind === "segmentation" && !dtype.startsWith("float");
    swatch.hidden = !isLabel;
    if (isLabel) swatch.style.background = colorOf(state.brush.value);
    back.disabled = store.active.edits.strokes === 0;
    setAttribute(element, "data-on", String(state.tool === "brush"));
  };
  return { element, sync };
}

/** A label's colour for style sheets; none for 0. */
export function colorOf(value: number | bigint): string {
  const key = labelKey(value);
  return key === 0n ? "transparent" : `rgb(${segmentColor(key).join(" ")})`;
}

/** Three or four digits are enough to read. */
function short(n: number): string {
  return Number.isInteger(n) || Math.abs(n) >= 1000 ? String(Math.round(n)) : n.toPrecision(3);
}
