/** Neuroglancer's state and links, made of what is known of layers. Pure: nothing is asked or read. */
import type { JsonObject, JsonValue } from "../base/json.js";
import type { Vec3 } from "../base/strided.js";

/** A layer to be shown. */
export interface NeuroglancerLayer {
  readonly name: string;
  /** As Neuroglancer writes it, e.g. `precomputed://https://example.org/layer`. */
  readonly source: string;
  readonly type: "image" | "segmentation" | "annotation";
  /** Of its finest level, where it has levels. */
  readonly extent?: NeuroglancerExtent | undefined;
  /** Images: channels; three of uint8 are shown as colours. Default 1. */
  readonly channels?: number | undefined;
  readonly isColor?: boolean | undefined;
  /** Images: the values that are to be black and white. Default: Neuroglancer's, the type's whole range. */
  readonly range?: readonly [number | bigint, number | bigint] | undefined;
  /** Segmentations: those whose meshes and skeletons are shown; all others are faint. Default: none, and none is faint. */
  readonly segments?: readonly (bigint | number | string)[] | undefined;
  /** A place worth looking at, in voxels. Default: the middle. */
  readonly position?: Vec3 | undefined;
}

export interface NeuroglancerExtent {
  /** Nanometres of a voxel. */
  readonly resolution: Vec3;
  /** Nanometres of a voxel of the coarsest level. Default: the finest's. */
  readonly coarsest?: Vec3 | undefined;
  /** Voxels: the first, and how many. */
  readonly offset: Vec3;
  readonly size: Vec3;
}

export interface NeuroglancerOptions {
  /** What is in the middle, in voxels of the first layer. Default: what its layer says, else its middle. */
  readonly position?: readonly number[] | undefined;
  /** Nanometres that a pixel of the screen shows. Default: all of the layer, but no finer data than its coarsest level. */
  readonly zoom?: number | undefined;
  /** Default: sections and 3-D, of a single plane only it. */
  readonly layout?:
    | "4panel"
    | "4panel-alt"
    | "xy"
    | "xz"
    | "yz"
    | "xy-3d"
    | "xz-3d"
    | "yz-3d"
    | "3d"
    | undefined;
  /** Selected segments of every segmentation. */
  readonly segments?: readonly (bigint | number | string)[] | undefined;
}

/** Where links lead that name no other: the viewer that Google offers. */
export const PUBLIC_NEUROGLANCER = "https://neuroglancer-demo.appspot.com/";

/** Pixels of a panel that the whole layer is to fit into. */
const PANEL = 400;
/** Opacity of sections of segments that are not selected, where some are. */
const FAINT = 0.2;

const COLOR_SHADER =
  "void main() {\n  emitRGB(vec3(toNormalized(getDataValue(0)), toNormalized(getDataValue(1)), toNormalized(getDataValue(2))));\n}\n";

export function neuroglancerState(
  layers: readonly NeuroglancerLayer[],
  options: NeuroglancerOptions = {},
): JsonObject {
  const first = layers.find(({ extent }) => extent !== undefined);
  return {
    ...(first?.extent ? placeOf(first.extent, first.position, options) : {}),
    layers: layers.map((layer, n) => layerOf(layer, n === 0, options)),
    layout: options.layout ?? (first?.extent?.size[2] === 1 ? "xy" : "4panel"),
    showSlices: true,
  };
}

/** A link that opens a state. `viewer`: the address of a Neuroglancer. */
export function neuroglancerLink(state: JsonObject, viewer: string = PUBLIC_NEUROGLANCER): string {
  const base = viewer.replace(/#.*$/s, "");
  // What may stand in a fragment as it is stays readable.
  const text = encodeURIComponent(JSON.stringify(state)).replace(/%(3A|2F|2C|40|24)/g, decodeURIComponent);
  return `${base}#!${text}`;
}

function placeOf(
  { resolution, coarsest = resolution, offset, size }: NeuroglancerExtent,
  place: Vec3 | undefined,
  { position, zoom }: NeuroglancerOptions,
): JsonObject {
  const finest = Math.min(...resolution);
  const extent = Math.max(...size.map((voxels, axis) => voxels * resolution[axis]!));
  const middle = size.map((voxels, axis) => offset[axis]! + Math.floor(voxels / 2));
  // The middle of a voxel, so that sections lie within it.
  const at = (position ?? place ?? middle).map((n) => (Number.isInteger(n) ? n + 0.5 : n));
  const scale = zoom ?? Math.min(extent / PANEL, Math.max(...coarsest));
  return {
    dimensions: Object.fromEntries(
      ["x", "y", "z"].map((name, axis) => [name, [Number((resolution[axis]! * 1e-9).toPrecision(12)), "m"]]),
    ),
    position: at,
    crossSectionScale: rounded(scale / finest),
    projectionScale: rounded(Math.max((1.5 * extent) / finest, 1)),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function layerOf(layer: NeuroglancerLayer, isLowest: boolean, options: NeuroglancerOptions): JsonObject {
  const { name, source, type } = layer;
  const common = { type, source, name };
  if (type === "annotation") return { ...common, annotationColor: "#ffff00" };
  if (type === "segmentation") {
    const segments = options.segments ?? layer.segments ?? [];
    const selected = { segments: segments.map(String), notSelectedAlpha: FAINT };
    return { ...common, selectedAlpha: 0.5, ...(segments.length === 0 ? {} : selected) };
  }
  return {
    ...common,
    ...(isLowest ? { opacity: 1 } : { opacity: 0.5, blend: "additive" }),
    ...shaderOf(layer),
  };
}

function shaderOf({ isColor, range, channels = 1 }: NeuroglancerLayer): JsonObject {
  if (isColor === true) return { shader: COLOR_SHADER };
  if (range === undefined) return {};
  const [low, high] = range.map(written) as [JsonValue, JsonValue];
  const channel = channels > 1 ? { channel: [0] } : {};
  return { shaderControls: { normalized: { range: [low, high], window: [low, high], ...channel } } };
}

/** 64-bit values are written as text. */
function written(value: number | bigint): JsonValue {
  return typeof value === "bigint" ? value.toString() : value;
}
