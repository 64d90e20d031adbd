/** Drawn for this repository: the 26 icons that Neuroglancer shows, as strokes on a square of 24. */
const ICONS = {
  "arrow-left": "M20 12H4M10 6l-6 6 6 6",
  "arrow-right": "M4 12h16M14 6l6 6-6 6",
  "arrow-up": "M12 20V4M6 10l6-6 6 6",
  bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  camera: "M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  close: "M6 6l12 12M18 6L6 18",
  "code-alt": "M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16",
  "controls-alt": "M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M15 4v4M9 10v4M15 16v4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  cursor: "M6 3l12 9-6 1-3 6z",
  "eye-crossed": "M2 12c5-8 15-8 20 0-5 8-15 8-20 0zM4 20L20 4",
  eye: "M2 12c5-8 15-8 20 0-5 8-15 8-20 0zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  filter: "M3 5h18l-7 8v6l-4 2v-8z",
  help: "M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7V14M12 17.5v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  layers: "M12 3l9 5-9 5-9-5zM3 12l9 5 9-5M3 16l9 5 9-5",
  list: "M9 7h11M9 12h11M9 17h11M5 7v.1M5 12v.1M5 17v.1",
  maximise: "M4 10V4h6M20 14v6h-6M4 4l6 6M20 20l-6-6",
  pause: "M8 5v14M16 5v14",
  play: "M7 4l13 8-13 8z",
  plus: "M12 4v16M4 12h16",
  rotate: "M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4",
  search: "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM14.5 14.5L21 21",
  settings:
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1",
  star: "M12 3l2.8 6 6.2.7-4.6 4.3 1.3 6.5L12 17.3l-5.7 3.2L7.6 14 3 9.7 9.2 9z",
  tool: "M20 6l-4 4-2-2 4-4a5 5 0 0 0-6.5 6.5L4 18l2 2 7.5-7.5A5 5 0 0 0 20 6z",
  video: "M3 7h12v10H3zM15 11l6-4v10l-6-4z",
};

/** @returns {string} */
export function icon(name) {
  const path = ICONS[name];
  if (path === undefined) throw new Error(`No icon ${name} is drawn in apps/neuroglancer/icons.mjs`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path d="${path}"/></svg>`;
}
