/** The line below: where the pointer is, and what is there. */
import { el, setText } from "./dom.js";
import type { Part } from "./panel.js";
import { colorOf } from "./panel.js";
import { AXES, type Store } from "./state.js";

export function statusBar(store: Store): Part {
  const { scene, state, layers } = store;
  const place = el("span", { class: "place" });
  const message = el("span", { class: "message", role: "status" });
  const values = scene.layers.map(({ name }) => {
    const swatch = el("i", { class: "swatch" });
    const text = el("b", { "data-value": name });
    return { swatch, text, element: el("span", { class: "value" }, `${name} `, swatch, text) };
  });
  const element = el("footer", {}, place, ...values.map((v) => v.element), message);
  const sync = (): void => {
    const voxel = state.cursor ?? state.at;
    setText(place, AXES.map((axis, i) => `${axis} ${voxel[i]! + scene.offset[i]!}`).join("  "));
    setText(message, state.message);
    values.forEach(({ swatch, text }, i) => {
      const { channel, kind } = layers[i]!;
      const channels = channel < 0 ? [0, 1, 2] : [channel];
      const found = channels.map((c) => store.valueAt(i, voxel, c));
      const isHere = found.every((value) => value !== undefined);
      setText(text, isHere ? found.map(String).join(", ") : "…");
      const [first] = found;
      swatch.hidden = kind !== "segmentation" || first === undefined;
      if (!swatch.hidden) swatch.style.background = colorOf(first!);
    });
  };
  return { element, sync };
}
