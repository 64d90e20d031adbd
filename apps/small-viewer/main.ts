/** The small viewer's page: slices of arrays that a local server gives. */
import type { Scene } from "../../src/volume/viewer/layers.js";
import { button, choices, el, setAttribute, setText } from "./dom.js";
import { helpOverlay } from "./help.js";
import { keyGroups, watchKeys } from "./keys.js";
import { Pane } from "./pane.js";
import { brushCard, labelsCard, layerCard } from "./panel.js";
import { watchPointers } from "./pointer.js";
import { npyFile, offer } from "./save.js";
import { type Layout, Store, type Tool } from "./state.js";
import { statusBar } from "./status.js";

const message = document.getElementById("message")!;
try {
  const response = await fetch("/scene");
  if (!response.ok) throw new Error(`status ${response.status}`);
  start((await response.json()) as Scene);
  message.remove();
} catch (error) {
  message.textContent = `This cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
}

function start(scene: Scene): void {
  const store = new Store(scene);
  const { state } = store;
  if (window.innerWidth < 720 || scene.shape[2] === 1) state.layout = "z";
  const panes = (["z", "x", "y"] as const).map((axis) => new Pane(store, axis));
  const save = (): void => void saveActive(store);
  const groups = keyGroups(store, { save, panes });
  const help = helpOverlay(store, groups);
  const bar = topBar(store, save);
  const status = statusBar(store);
  const cards = [
    ...scene.layers.map((_, i) => layerCard(store, i, panes)).reverse(),
    labelsCard(store),
    brushCard(store, save),
  ];
  const grid = el("div", { class: "panes" }, ...panes.map(({ element }) => element));
  const panel = el("aside", { "aria-label": "Controls" }, ...cards.map(({ element }) => element));
  document.body.append(bar.element, el("main", {}, grid, panel), status.element, help.element);
  bar.onPanel(() => document.body.classList.toggle("with-panel"));
  for (const pane of panes) watchPointers(store, pane);
  watchKeys(store, groups);
  store.listen(() => {
    setAttribute(grid, "data-layout", state.layout);
    setAttribute(grid, "data-tool", state.tool);
    for (const pane of panes) pane.draw();
    fetchSlices(store, panes);
    for (const part of [bar, status, help, ...cards]) part.sync();
  });
  store.changed();
}

/** What is on the screen first, then what may come next. */
function fetchSlices(store: Store, panes: readonly Pane[]): void {
  const wants = panes.filter(({ isShown }) => isShown).map((pane) => pane.wants());
  store.slabs.want([...wants.flatMap(({ now }) => now), ...wants.flatMap(({ next }) => next)]);
}

async function saveActive(store: Store): Promise<void> {
  const { scene, slabs, layers, state } = store;
  const layer = state.active;
  state.message = "Saving…";
  store.changed();
  try {
    const file = await npyFile(scene, slabs, layer, layers[layer]!.edits);
    offer(file, `${scene.layers[layer]!.name.replace(/[^\w.-]+/g, "-")}.npy`);
    state.message = "";
  } catch (error) {
    state.message = `It is not saved: ${error instanceof Error ? error.message : String(error)}`;
  }
  store.changed();
}

interface TopBar {
  readonly element: HTMLElement;
  readonly sync: () => void;
  readonly onPanel: (press: () => void) => void;
}

function topBar(store: Store, save: () => void): TopBar {
  const { state, scene } = store;
  const set = (work: () => void): void => {
    work();
    store.changed();
  };
  const layout = choices<Layout>(
    "Slices",
    [
      { value: "z", text: "xy", title: "Slices across z (1)" },
      { value: "y", text: "xz", title: "Slices across y (2)" },
      { value: "x", text: "zy", title: "Slices across x (3)" },
      { value: "all", text: "all", title: "All three (4)" },
    ],
    (value) => set(() => (state.layout = value)),
  );
  const tool = choices<Tool>(
    "Tool",
    [
      { value: "move", text: "move", title: "Move the view and the crosshair (v)" },
      { value: "select", text: "select", title: "Select labels (s)" },
      { value: "brush", text: "brush", title: "Paint (b)" },
    ],
    (value) => set(() => (state.tool = value)),
  );
  const size = scene.shape.join(" × ");
  const voxel = scene.unit
    ? ` · ${scene.resolution.map((n) => Number(n.toPrecision(5))).join(" × ")} nm`
    : "";
  const title = el("div", { class: "title" }, el("h1", {}, scene.title), el("small", {}, `${size}${voxel}`));
  const panel = button("☰", "Controls", () => {});
  panel.className = "panel-button";
  const question = button("?", "Keys (?)", () => set(() => (state.help = !state.help)));
  question.className = "help-button";
  const element = el(
    "header",
    {},
    title,
    layout.element,
    tool.element,
    button("fit", "The whole slice (0)", () => store.fit()),
    button("save", "Save as .npy (S)", save),
    question,
    panel,
  );
  const sync = (): void => {
    layout.sync(state.layout);
    tool.sync(state.tool);
    setText(panel, document.body.classList.contains("with-panel") ? "✕" : "☰");
  };
  return {
    element,
    sync,
    onPanel: (press) => panel.addEventListener("click", () => set(press)),
  };
}
