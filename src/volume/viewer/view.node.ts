/** The small viewer: arrays as slices on a page of this machine, which needs no other host. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { DimensionError } from "../../base/errors.js";
import type { StridedArray, Vec3 } from "../../base/strided.js";
import type { Content, Viewer } from "../../geometry/viewer/serve-page.node.js";
import { pageFile } from "../../geometry/viewer/view.node.js";
import type { Axis } from "../../pictures/plane.js";
import type { CutoutOrigin } from "../cutout-origin.js";
import { type Scene, sceneLayer, slabBytes, type ViewedLayer, viewedLayer } from "./layers.js";
import { page } from "./page.js";

export interface ViewOptions extends Abortable {
  /** 0 stands for whichever is free. Default: 8080, or the next one that is free. */
  readonly port?: number | undefined;
  /** Open the browser. Default true. */
  readonly open?: boolean | undefined;
  /** Nanometres of a voxel along x, y and z. Default: the cut-out's, else cubes. */
  readonly resolution?: readonly number[] | undefined;
  /** Coordinates of the first voxel. Default: the cut-out's, else 0, 0, 0. */
  readonly offset?: readonly number[] | undefined;
  /** Of a single array: gray levels, or labels in colours. Default: what its layer is, else by its data type. */
  readonly layerType?: "image" | "segmentation" | undefined;
  /** The page's title. Default: the cut-out's layer. */
  readonly title?: string | undefined;
  /** Gets the address, and the news that port 8080 is taken. Default: a line on standard error. */
  readonly notify?: ((line: string) => void) | undefined;
  /** Where the page's files lie (small-viewer.js and .css), for bundlers that move them. */
  readonly files?: URL | undefined;
}

const USUAL_PORT = 8080;

/**
 * Shows an array of x, y, z and channel (or the first two or three of these) in the browser. It is read where it lies, slice by
 * slice; paint stays on the page. Source: CloudVolume `view`. @throws StorageError if the port is taken, DimensionError.
 */
export async function view(array: StridedArray, options: ViewOptions = {}): Promise<Viewer> {
  const { layerType, ...more } = options;
  const origin = originOf(array);
  const kind = layerType ?? origin?.layerType;
  return await show([viewedLayer(array, { name: origin?.layer ?? "array", kind })], array, more);
}

/**
 * Shows labels over an image of the same x, y and z. Source: CloudVolume `hyperview`.
 * @throws DimensionError if they differ in shape; otherwise as {@link view}.
 */
export async function hyperview(
  image: StridedArray,
  segmentation: StridedArray,
  options: Omit<ViewOptions, "layerType"> = {},
): Promise<Viewer> {
  const nameOf = (array: StridedArray, otherwise: string): string => originOf(array)?.layer ?? otherwise;
  const layers = [
    viewedLayer(image, { name: nameOf(image, "image"), kind: "image" }),
    viewedLayer(segmentation, { name: nameOf(segmentation, "segmentation"), kind: "segmentation" }),
  ] as const;
  const [below, above] = layers.map(({ array }) => array.shape.slice(0, 3).join(" x "));
  if (below !== above)
    throw new DimensionError("Image and segmentation differ in shape", {
      where: "hyperview",
      expected: `${below}`,
      got: `${above}`,
    });
  return await show(layers, image, options);
}

async function show(
  layers: readonly ViewedLayer[],
  first: StridedArray,
  options: ViewOptions,
): Promise<Viewer> {
  throwIfAborted(options.signal);
  const { files = new URL("./", import.meta.url), notify = console.error } = options;
  const [program, style] = await Promise.all(
    ["small-viewer.js", "small-viewer.css"].map((name) => pageFile(new URL(name, files))),
  );
  const scene = sceneOf(layers, first, options);
  const fixed = new Map<string, Content>([
    ["/", { type: "text/html; charset=utf-8", body: page(scene.title) }],
    ["/viewer.js", { type: "text/javascript", body: program! }],
    ["/viewer.css", { type: "text/css", body: style! }],
    ["/scene", { type: "application/json", body: JSON.stringify(scene) }],
  ]);
  const { servePage } = await import("../../geometry/viewer/serve-page.node.js");
  const served = await servePage((path) => fixed.get(path) ?? slabAt(layers, scene, path), {
    ...options,
    usualPort: USUAL_PORT,
  });
  if (options.port === undefined && served.port !== USUAL_PORT)
    notify(`Port ${USUAL_PORT} is taken: the viewer is on port ${served.port}.`);
  notify(`The viewer is at ${served.url}`);
  return { url: served.url, close: served.close };
}

function sceneOf(layers: readonly ViewedLayer[], first: StridedArray, options: ViewOptions): Scene {
  const origin = originOf(first);
  const resolution = options.resolution ?? origin?.resolution;
  return {
    title: options.title ?? layers.map(({ name }) => name).join(" + "),
    shape: layers[0]!.array.shape.slice(0, 3) as unknown as Vec3,
    resolution: triple(resolution ?? [1, 1, 1], "resolution", (n) => n > 0 && Number.isFinite(n)),
    unit: resolution !== undefined,
    offset: triple(options.offset ?? [...(origin?.bounds.minpt ?? [0, 0, 0])], "offset", Number.isFinite),
    layers: layers.map(sceneLayer),
  };
}

/** Where a cut-out came from; other arrays do not tell. */
function originOf(array: StridedArray & { readonly origin?: CutoutOrigin }): CutoutOrigin | undefined {
  return array.origin;
}

function triple(values: readonly number[], where: string, isGood: (n: number) => boolean): Vec3 {
  if (values.length === 3 && values.every(isGood)) return values as unknown as Vec3;
  throw new DimensionError("It is a number for each of x, y and z", { where, got: values.join(", ") });
}

/** `/layers/0/0/z/12`: layer, channel, axis, piece. */
function slabAt(layers: readonly ViewedLayer[], scene: Scene, path: string): Content | undefined {
  const match = /^\/layers\/(\d{1,3})\/(\d{1,6})\/([xyz])\/(\d{1,6})$/.exec(path);
  const layer = layers[Number(match?.[1])];
  const told = scene.layers[Number(match?.[1])];
  if (match === null || layer === undefined || told === undefined) return undefined;
  const at = { channel: Number(match[2]), number: Number(match[4]) };
  const body = slabBytes(layer, told, match[3] as Axis, at);
  return body && { type: "application/octet-stream", body };
}
