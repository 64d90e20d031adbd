/** Where the voxels of a dataset lie: the known conventions of resolution and offset. */
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Vec3 } from "../../base/strided.js";
import { nanometres, rounded, wholeVoxels } from "../array-level.js";

export interface Scale {
  readonly resolution: Vec3;
  readonly offset: Vec3;
}

/** Of one dataset by its own attributes: COSEM's `transform`, else `pixelResolution`, else `resolution`. */
export function scaleOf(json: JsonObject): Scale | undefined {
  const transform = objectOf(json.transform);
  if (transform !== undefined) return ofTransform(transform);
  const pixel = objectOf(json.pixelResolution);
  const sizes = numbers(pixel?.dimensions) ?? numbers(json.pixelResolution) ?? numbers(json.resolution);
  if (sizes === undefined) return undefined;
  const units = json.units;
  const unit = (i: number): unknown => pixel?.unit ?? (Array.isArray(units) ? units[i] : json.unit);
  const resolution = vec3(sizes.map((s, i) => rounded(s * nanometres(unit(i)))));
  const places = numbers(json.offset) ?? [0, 0, 0]; // Paintera: in the unit of `resolution`.
  return {
    resolution,
    offset: vec3(
      places.map((p, i) => wholeVoxels((p * nanometres(unit(i))) / resolution[i]!)),
      0,
    ),
  };
}

/** `axes`, `scale`, `translate`, `units`, the slowest axis first. */
export function ofTransform(transform: JsonObject): Scale | undefined {
  const scale = numbers(transform.scale);
  const axes = transform.axes;
  if (scale === undefined || !Array.isArray(axes)) return undefined;
  const translate = numbers(transform.translate) ?? scale.map(() => 0);
  const units = Array.isArray(transform.units) ? transform.units : [];
  const at = (name: string): number => axes.indexOf(name);
  const nm = (name: string): number => nanometres(units[at(name)]);
  const resolution = vec3(["x", "y", "z"].map((n) => rounded((scale[at(n)] ?? 1) * nm(n))));
  const offset = ["x", "y", "z"].map((n, i) =>
    wholeVoxels(((translate[at(n)] ?? 0) * nm(n)) / resolution[i]!),
  );
  return { resolution, offset: vec3(offset, 0) };
}

/** A level `factors` coarser than the finest. */
export function coarser({ resolution, offset }: Scale, factors: readonly number[]): Scale {
  const by = vec3(factors);
  return {
    resolution: vec3(resolution.map((r, i) => rounded(r * by[i]!))),
    offset: vec3(
      offset.map((o, i) => Math.floor(o / by[i]!)),
      0,
    ),
  };
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

export function numbers(value: JsonValue | undefined): number[] | undefined {
  const good = Array.isArray(value) && value.length <= 5 && value.every((v) => Number.isFinite(v));
  return good ? (value as number[]) : undefined;
}

function vec3(values: readonly number[], none = 1): Vec3 {
  const at = (i: number): number => {
    const v = values[i] ?? none;
    return none === 1 && !(v > 0) ? 1 : v;
  };
  return [at(0), at(1), at(2)];
}
