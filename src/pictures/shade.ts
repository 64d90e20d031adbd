/** Values as colours: each function paints over an image of 0xAABBGGRR. */
import type { TypedArray, Voxel } from "../base/dtype.js";
import type { Contrast } from "./contrast.js";
import { packedSegmentColor } from "./segment-color.js";

const OPAQUE = 0xff000000;

/** Gray levels: black and below to white and above. NaN is black; without `gray`, only red (0), green (1) or blue (2) is set. */
export function shadeImage(
  out: Uint32Array,
  values: TypedArray,
  { black, white }: Contrast,
  part?: number,
): void {
  const range = white - black;
  const level = (value: number): number => {
    const shade = range > 0 ? ((value - black) * 255) / range + 0.5 : value > black ? 255 : 0;
    return shade >= 255 ? 255 : shade > 0 ? shade | 0 : 0;
  };
  const spread = part === undefined ? 0x10101 : 1 << (8 * part);
  const keep = part === undefined ? 0 : ~(0xff << (8 * part));
  if (values instanceof Uint8Array) {
    const table = Uint32Array.from({ length: 256 }, (_, value) => level(value) * spread);
    for (let i = 0; i < values.length; i++) out[i] = (out[i]! & keep) | table[values[i]!]! | OPAQUE;
  } else if (values instanceof BigUint64Array || values instanceof BigInt64Array) {
    const halves = halvesOf(values);
    const signed = values instanceof BigInt64Array;
    for (let i = 0; i < values.length; i++) {
      const high = signed ? halves[2 * i + 1]! | 0 : halves[2 * i + 1]!;
      out[i] = (out[i]! & keep) | (level(high * 2 ** 32 + halves[2 * i]!) * spread) | OPAQUE;
    }
  } else {
    for (let i = 0; i < values.length; i++) out[i] = (out[i]! & keep) | (level(values[i]!) * spread) | OPAQUE;
  }
}

export interface LabelStyle {
  /** 0 to 1, over what is there already. */
  readonly opacity: number;
  /** Labels that were chosen. */
  readonly selected?: ReadonlySet<bigint> | undefined;
  /** What becomes of the others, if any were chosen: drawn alike, faintly, or not at all. Default `same`. */
  readonly others?: "same" | "faint" | "hidden" | undefined;
}

/** How much of the opacity labels keep that others stand out from. */
const FAINT = 0.2;

/** Labels in Neuroglancer's colours; 0 is not drawn. */
export function shadeLabels(out: Uint32Array, values: TypedArray, style: LabelStyle): void {
  const { opacity, selected, others = "same" } = style;
  const chosen = selected !== undefined && selected.size > 0 && others !== "same" ? selected : undefined;
  const rest = others === "faint" ? opacity * FAINT : 0;
  const wide = values instanceof BigUint64Array || values instanceof BigInt64Array;
  const halves = wide ? halvesOf(values) : undefined;
  let [low, high, color, alpha] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = halves === undefined ? (values[i] as number) : halves[2 * i]!;
    const above = halves === undefined ? (value < 0 ? 0xffffffff : 0) : halves[2 * i + 1]!;
    // Labels come in runs: what is so of one voxel is mostly so of the next one.
    if (value !== low || above !== high) {
      [low, high] = [value, above];
      color = packedSegmentColor(low, high);
      const isRest = chosen !== undefined && !chosen.has(labelOf(low, high));
      alpha = low === 0 && high === 0 ? 0 : Math.round(256 * (isRest ? rest : opacity));
    }
    if (alpha === 256) out[i] = color | OPAQUE;
    else if (alpha > 0) out[i] = blend(out[i]!, color, alpha);
  }
}

/** @param alpha 0 to 256. Red and blue are mixed at once, as they do not touch. */
function blend(under: number, over: number, alpha: number): number {
  const rest = 256 - alpha;
  const redBlue = (((under & 0xff00ff) * rest + (over & 0xff00ff) * alpha) / 256) & 0xff00ff;
  const green = (((under & 0xff00) * rest + (over & 0xff00) * alpha) >> 8) & 0xff00;
  return redBlue | green | OPAQUE;
}

function labelOf(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The key of a value in a set of labels: its 64 bits without a sign. */
export function labelKey(value: Voxel): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function halvesOf({ buffer, byteOffset, length }: BigUint64Array | BigInt64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length);
}
