/** Elements in few words. */

type Child = Node | string;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button; `title` also tells its key. */
export function button(text: string, title: string, press: () => void): HTMLButtonElement {
  const element = el("button", { type: "button", title, "aria-label": title }, text);
  element.addEventListener("click", press);
  return element;
}

export interface Choice<T> {
  readonly value: T;
  readonly text: string;
  readonly title: string;
}

/** Buttons of which one is pressed. `sync` shows which one. */
export function choices<T extends string>(
  name: string,
  list: readonly Choice<T>[],
  choose: (value: T) => void,
): { readonly element: HTMLElement; readonly sync: (value: T) => void } {
  const buttons = list.map(({ value, text, title }) => button(text, title, () => choose(value)));
  const element = el("div", { class: "choices", role: "group", "aria-label": name }, ...buttons);
  const sync = (value: T): void => {
    list.forEach((choice, i) => {
      setAttribute(buttons[i]!, "aria-pressed", String(choice.value === value));
    });
  };
  return { element, sync };
}

export interface Slider {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly output: HTMLOutputElement;
  /** Shows a value, and what is said of it. */
  readonly sync: (value: number, text: string) => void;
}

export function slider(
  name: string,
  range: { readonly min: number; readonly max: number; readonly step: number | "any" },
  input: (value: number) => void,
): Slider {
  const { min, max, step } = range;
  const handle = el("input", {
    type: "range",
    min: String(min),
    max: String(max),
    step: String(step),
    "aria-label": name,
  });
  handle.addEventListener("input", () => input(Number(handle.value)));
  const output = el("output");
  const element = el("label", { class: "slider" }, el("span", {}, name), handle, output);
  const sync = (value: number, text: string): void => {
    if (Number(handle.value) !== value) handle.value = String(value);
    setText(output, text);
  };
  return { element, input: handle, output, sync };
}

export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
