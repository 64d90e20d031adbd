import { formatCoordinate } from "../../base/bbox-filename.js";
import { componentsOf } from "./components.js";
import { type SkeletonParts, vertexCount } from "./parts.js";
import { neighbours } from "./set-order.js";

export interface SwcOptions {
  readonly contributors?: string | undefined;
  /** A component whose largest radius is at least this has its root there. Default: no such root. */
  readonly somaThreshold?: number | undefined;
  /** What the header names as source. Default: the tool whose bytes these are, Osteoid 0.7.4. */
  readonly source?: { readonly name: string; readonly version: string } | undefined;
  /** The header's date. Default: now. */
  readonly date?: Date | undefined;
}

const OSTEOID = { name: "Osteoid", version: "0.7.4" };

/**
 * SWC text, but for the date byte for byte what osteoid writes: one tree for each component, numbered from 1 in the
 * order of a walk from its first edge, six decimals. Vertices without edges are left out, and so are the edges that
 * close a cycle. Source: osteoid `to_swc`.
 */
export function writeSwc(parts: SkeletonParts, options: SwcOptions = {}): string {
  const { contributors = "", somaThreshold = Infinity, source = OSTEOID, date = new Date() } = options;
  const rows: string[] = [];
  for (const { parts: tree } of componentsOf(parts)) addTree(rows, tree, somaThreshold);
  const scale = [0, 5, 10].map((i) => fixed6(parts.transform[i]!)).join(" ");
  const header = [
    `ORIGINAL_SOURCE ${source.name} ${source.version}`,
    "CREATURE ",
    "REGION",
    "FIELD/LAYER",
    "TYPE",
    `CONTRIBUTOR ${contributors}`,
    "REFERENCE",
    "RAW ",
    "EXTRAS ",
    "SOMA_AREA",
    "SHINKAGE_CORRECTION ",
    `VERSION_NUMBER ${source.version}`,
    `VERSION_DATE ${date.toISOString().replace("Z", "000+00:00")}`,
    `SCALE ${scale}`,
  ];
  return `${header.map((line) => `# ${line.replace(/[\r\n]+/g, " ")}\n`).join("")}\n${rows.join("\n")}`;
}

function addTree(rows: string[], tree: SkeletonParts, somaThreshold: number): void {
  const types = tree.attributes.find((a) => a.id === "vertex_types")?.data;
  const radii = tree.attributes.find((a) => a.id === "radius" && a.numComponents === 1)?.data;
  const near = neighbours(tree.edges, vertexCount(tree));
  const number = new Map<number, number>();
  const stack = [{ at: rootOf(tree, somaThreshold), parent: -1 }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { at, parent } = visit;
    if (number.has(at)) continue;
    number.set(at, rows.length + 1);
    const [x, y, z] = [0, 1, 2].map((axis) => fixed6(tree.vertices[3 * at + axis]!));
    const type = Number(types?.[at] ?? 0);
    const radius = fixed6(Number(radii?.[at] ?? -1));
    rows.push(`${rows.length + 1} ${type} ${x} ${y} ${z} ${radius} ${number.get(parent) ?? -1}`);
    for (const child of near[at] ?? []) stack.push({ at: child, parent: at });
  }
}

function rootOf(tree: SkeletonParts, somaThreshold: number): number {
  const radii = tree.attributes.find((a) => a.id === "radius" && a.numComponents === 1)?.data;
  let widest = 0;
  radii?.forEach((r, i) => {
    if (Number(r) > Number(radii[widest])) widest = i;
  });
  return radii !== undefined && Number(radii[widest]) >= somaThreshold ? widest : tree.edges[0]!;
}

/** Python's `:.6f`. */
function fixed6(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0.000000" : formatCoordinate(value, true, 6);
}
