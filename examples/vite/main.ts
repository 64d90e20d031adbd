/** Three planes through an image: `?image=URL`. */
import { CloudVolume, type TypedArray } from "cloudvolume";

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const status = find("status");

try {
  await show(
    new URL(new URLSearchParams(location.search).get("image") ?? "./data/image", location.href).href,
  );
} catch (error) {
  status.textContent = String(error);
}

async function show(path: string): Promise<void> {
  const started = performance.now();
  const vol = await CloudVolume.open(path, { cache: true, cacheBytes: 256 << 20 });
  const { data, shape } = await vol.download();
  const took = Math.round(performance.now() - started);
  const [sx = 1, sy = 1, sz = 1] = shape;
  const size = [sx, sy, sz] as const;
  const at: [number, number, number] = [sx >> 1, sy >> 1, sz >> 1];
  const { x, y, z } = vol.resolution;
  const voxel = [x, y, z] as const;
  facts({
    layer: path.split("/").slice(-2).join("/"),
    voxels: size.join(" x "),
    voxel: `${voxel.join(" x ")} nm`,
    read: `${took} ms`,
    memory: globalThis.crossOriginIsolated ? "shared with the workers" : "the page's own",
    cached: `${vol.cache.total().files} files`,
  });

  const canvases = [...document.querySelectorAll("canvas")];
  const draw = (): void => {
    find("position").textContent = `${at.map((n, a) => n + [...vol.bounds.minpt][a]!).join(", ")}`;
    for (const canvas of canvases) drawPlane(canvas, data as TypedArray, size, at, voxel);
    document.body.dataset.drawn = at.join();
  };
  for (const canvas of canvases) {
    const axis = Number(canvas.dataset.axis);
    const [across, down] = planeOf(axis);
    canvas.addEventListener("pointerdown", ({ offsetX, offsetY }) => {
      at[across] = Math.floor((offsetX / canvas.clientWidth) * size[across]);
      at[down] = Math.floor((offsetY / canvas.clientHeight) * size[down]);
      draw();
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      at[axis as 0 | 1 | 2] = Math.max(0, Math.min(size[axis]! - 1, at[axis]! + Math.sign(event.deltaY)));
      draw();
    });
  }
  draw();
  status.textContent = "ready";
}

type Axis = 0 | 1 | 2;

/** The axes of a plane that is orthogonal to one: to the right, and down. */
function planeOf(axis: number): readonly [Axis, Axis] {
  return axis === 2 ? [0, 1] : axis === 0 ? [2, 1] : [0, 2];
}

function drawPlane(
  canvas: HTMLCanvasElement,
  data: TypedArray,
  size: readonly [number, number, number],
  at: readonly [number, number, number],
  voxel: readonly [number, number, number],
): void {
  const axis = Number(canvas.dataset.axis) as Axis;
  const [across, down] = planeOf(axis);
  const [width, height] = [size[across], size[down]];
  const step = [1, size[0], size[0] * size[1]] as const;
  canvas.width = width;
  canvas.height = height;
  canvas.style.aspectRatio = `${width * voxel[across]} / ${height * voxel[down]}`;
  const out = new ImageData(width, height);
  for (let v = 0; v < height; v++)
    for (let u = 0; u < width; u++) {
      const value = Number(data[at[axis] * step[axis] + u * step[across] + v * step[down]]);
      out.data.set([value, value, value, 255], 4 * (v * width + u));
    }
  canvas.getContext("2d")?.putImageData(out, 0, 0);
  const place = (line: string, side: "left" | "top", share: number): void => {
    canvas.parentElement?.querySelector<HTMLElement>(line)?.style.setProperty(side, `${100 * share}%`);
  };
  place(".right", "left", (at[across] + 0.5) / width);
  place(".down", "top", (at[down] + 0.5) / height);
}

function facts(told: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(told)) {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    text.textContent = value;
    find("facts").append(term, text);
  }
}
