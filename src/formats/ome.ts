/** OME-Zarr metadata, 0.4 and 0.5 (https://ngff.openmicroscopy.org): which arrays are the levels, and where they lie. */
import { InfoError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Vec3 } from "../base/strided.js";
import {
  anything,
  list,
  number,
  object,
  optional,
  type Place,
  record,
  text,
  type Verify,
} from "../base/verify.js";
import { type AxisName, nanometres, rounded, wholeVoxels } from "./array-level.js";

export interface OmeImage {
  readonly axes: readonly AxisName[];
  readonly datasets: readonly OmeDataset[];
}

export interface OmeDataset {
  readonly path: string;
  readonly resolution: Vec3;
  readonly offset: Vec3;
}

const transform = record({
  type: text(),
  scale: optional(anything as Verify<unknown>),
  translation: optional(anything as Verify<unknown>),
});
const transforms = optional(list(transform, { max: 64 }));
const axis = record({
  name: text({ max: 256 }),
  type: optional(text()),
  unit: optional(anything as Verify<unknown>),
});
const image = record({
  axes: list(axis, { min: 2, max: 5 }),
  datasets: list(record({ path: text({ max: 4096 }), coordinateTransformations: transforms }), {
    min: 1,
    max: 1024,
  }),
  coordinateTransformations: transforms,
});

/** The first image of a group's attributes (0.5: under `ome`); undefined if they describe none. @throws InfoError. */
export function readOme(attributes: JsonObject, place: Place): OmeImage | undefined {
  const ome = attributes.ome === undefined ? attributes : object(attributes.ome, place);
  const { multiscales } = ome;
  if (multiscales === undefined) return undefined;
  const [first] = list(anything, { min: 1, max: 1024 })(multiscales, { ...place, path: "multiscales" });
  const found = image(withAxes(object(first, place)), { ...place, path: "multiscales[0]" });
  const axes = found.axes.map(({ name, type }) => meaning(name, type));
  if (!axes.includes("x") || !axes.includes("y"))
    throw new InfoError("An OME-Zarr image lacks the axes x and y", {
      where: place.where,
      got: found.axes.map(({ name }) => name).join(", "),
    });
  const units = found.axes.map(({ unit }) => nanometres(unit));
  const datasets = found.datasets.map(({ path, coordinateTransformations }) => {
    const own = placed(coordinateTransformations, axes.length, place);
    const all = placed(found.coordinateTransformations, axes.length, place);
    const scale = own.scale.map((s, i) => s * all.scale[i]! * units[i]!);
    const translation = own.translation.map((t, i) => (t * all.scale[i]! + all.translation[i]!) * units[i]!);
    const pick = (values: readonly number[], none: number): Vec3 =>
      (["x", "y", "z"] as const).map((name) => values[axes.indexOf(name)] ?? none) as unknown as Vec3;
    const resolution = pick(scale, 1).map(rounded) as unknown as Vec3;
    if (!resolution.every((r) => r > 0))
      throw new InfoError("A scale is not above 0", { where: place.where, got: resolution.join(", ") });
    const offset = pick(translation, 0).map((t, i) => wholeVoxels(t / resolution[i]!)) as unknown as Vec3;
    return { path: path.replace(/^\.\/|\/+$/g, ""), resolution, offset };
  });
  return { axes, datasets };
}

/** Before 0.4 axes were plain names, before 0.3 always t, c, z, y, x. */
function withAxes(found: JsonObject): JsonObject {
  const { axes = ["t", "c", "z", "y", "x"] } = found;
  if (!Array.isArray(axes)) return found;
  return { ...found, axes: axes.map((a) => (typeof a === "string" ? { name: a } : a)) };
}

function meaning(name: string, type: string | undefined): AxisName {
  if (type === "time") return "t";
  if (type === "channel") return "c";
  const short = name.toLowerCase();
  return short === "x" || short === "y" || short === "z" || short === "c" || short === "t" ? short : "other";
}

function placed(
  found: readonly ReturnType<typeof transform>[] | undefined,
  rank: number,
  place: Place,
): { scale: number[]; translation: number[] } {
  const scale = new Array<number>(rank).fill(1);
  const translation = new Array<number>(rank).fill(0);
  for (const one of found ?? []) {
    if (one.type === "scale") {
      for (const [i, s] of numbers(one.scale, rank, place).entries()) {
        scale[i]! *= s;
        translation[i]! *= s;
      }
    } else if (one.type === "translation") {
      for (const [i, t] of numbers(one.translation, rank, place).entries()) translation[i]! += t;
    } else if (one.type !== "identity")
      throw new InfoError("This coordinate transformation is not known", {
        where: place.where,
        expected: "scale, translation, identity",
        got: one.type,
      });
  }
  return { scale, translation };
}

function numbers(value: unknown, rank: number, place: Place): number[] {
  return list(number(), { min: rank, max: rank })(value, { ...place, path: "coordinateTransformations" });
}

const TYPES: Readonly<Record<AxisName, string>> = {
  x: "space",
  y: "space",
  z: "space",
  c: "channel",
  t: "time",
  other: "space",
};

/** `multiscales` of new images, for version 0.4 and 0.5. Lengths are in nanometres. */
export function omeMultiscales(
  name: string,
  axes: readonly AxisName[],
  datasets: readonly OmeDataset[],
  version: "0.4" | "0.5",
): JsonObject {
  const at = (values: Vec3, axis: AxisName, none: number): number => {
    const i = ["x", "y", "z"].indexOf(axis);
    return i < 0 ? none : values[i]!;
  };
  return {
    ...(version === "0.4" ? { version } : {}),
    name,
    axes: axes.map((axis) => ({
      name: axis,
      type: TYPES[axis],
      ...(TYPES[axis] === "space" ? { unit: "nanometer" } : axis === "t" ? { unit: "second" } : {}),
    })),
    datasets: datasets.map(({ path, resolution, offset }) => ({
      path,
      coordinateTransformations: [
        { type: "scale", scale: axes.map((axis) => at(resolution, axis, 1)) },
        {
          type: "translation",
          translation: axes.map((axis) => rounded(at(offset, axis, 0) * at(resolution, axis, 1))),
        },
      ],
    })),
  };
}
