/** The list of keys, over everything else. */
import { button, el } from "./dom.js";
import type { KeyGroup } from "./keys.js";
import type { Part } from "./panel.js";
import type { Store } from "./state.js";

export function helpOverlay(store: Store, groups: readonly KeyGroup[]): Part {
  const { state } = store;
  const close = (): void => {
    state.help = false;
    store.changed();
  };
  const sections = groups.map(({ title, keys }) =>
    el(
      "section",
      {},
      el("h2", {}, title),
      el(
        "dl",
        {},
        ...keys.flatMap((key) => [
          el("dt", {}, ...key.keys.split(" ").map((name) => el("kbd", {}, name))),
          el("dd", {}, key.does),
        ]),
      ),
    ),
  );
  const box = el(
    "div",
    { class: "box", role: "dialog", "aria-label": "Keys" },
    el("div", { class: "head" }, el("strong", {}, "Keys"), button("✕", "Close (Esc)", close)),
    el("div", { class: "groups" }, ...sections),
  );
  const element = el("div", { class: "help" }, box);
  element.addEventListener("click", (event) => {
    if (event.target === element) close();
  });
  const sync = (): void => {
    element.hidden = !state.help;
  };
  return { element, sync };
}
