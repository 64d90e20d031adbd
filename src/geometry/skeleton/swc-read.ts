import { SkeletonDecodeError } from "../../base/errors.js";
import { IDENTITY, type SkeletonParts } from "./parts.js";

/** The seven fields of a row. */
const FIELDS = "number type x y z radius parent";

/**
 * Reads SWC text: rows of `number type x y z radius parent`, comments and empty lines anywhere. A radius that is no
 * number becomes -1. Vertices keep their order, equal ones stay apart; a parent may come after its child.
 * Source: osteoid `from_swc`.
 * @throws SkeletonDecodeError naming the line.
 */
export function readSwc(text: string): SkeletonParts {
  const vertices: number[] = [];
  const radii: number[] = [];
  const types: number[] = [];
  const numbers = new Map<number, number>();
  const links: { readonly line: number; readonly child: number; readonly parent: number }[] = [];
  text.split("\n").forEach((raw, i) => {
    const row = raw.trim();
    if (row === "" || row.startsWith("#")) return;
    const fields = row.split(/\s+/);
    if (fields.length !== 7) throw wrong(i, FIELDS, row);
    const [number, type, x, y, z, radius, parent] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const child = whole(number, i);
    if (numbers.has(child)) throw wrong(i, "each number once", number);
    numbers.set(child, types.length);
    const kind = whole(type, i);
    if (kind < 0 || kind > 255) throw wrong(i, "a type from 0 to 255", type);
    types.push(kind);
    vertices.push(real(x, i), real(y, i), real(z, i));
    radii.push(Number.isNaN(decimal(radius)) ? -1 : decimal(radius));
    const up = whole(parent, i);
    if (up >= 0) links.push({ line: i, child, parent: up });
  });
  const edges = links.flatMap(({ line, child, parent }) => {
    const at = numbers.get(parent);
    if (at === undefined) throw wrong(line, "the number of a row", `parent ${parent}`);
    const here = numbers.get(child)!;
    return child < parent ? [here, at] : [at, here];
  });
  return {
    id: undefined,
    space: "voxel",
    vertices: Float32Array.from(vertices),
    edges: Uint32Array.from(edges),
    attributes: [
      { id: "radius", dataType: "float32", numComponents: 1, data: Float32Array.from(radii) },
      { id: "vertex_types", dataType: "uint8", numComponents: 1, data: Uint8Array.from(types) },
    ],
    transform: Float32Array.from(IDENTITY),
  };
}

function whole(text: string, line: number): number {
  const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw wrong(line, "a whole number", text);
  return value;
}

function real(text: string, line: number): number {
  const value = decimal(text);
  if (Number.isNaN(value) && !/^[+-]?nan$/i.test(text)) throw wrong(line, "a number", text);
  return value;
}

function decimal(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function wrong(line: number, expected: string, got: string): SkeletonDecodeError {
  const shown = got.length > 80 ? `${got.slice(0, 79)}…` : got;
  return new SkeletonDecodeError("Not a row of an SWC file", {
    where: `line ${line + 1}`,
    expected,
    got: JSON.stringify(shown),
  });
}
