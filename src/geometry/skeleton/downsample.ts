import { ArgumentError } from "../../base/errors.js";
import { consolidate } from "./consolidate.js";
import type { SkeletonParts } from "./parts.js";
import { jointPaths } from "./paths.js";

/**
 * Every `factor`-th vertex of the ways between ends and branch points, which all stay; consolidated.
 * Attributes of a kept vertex stay. Source: osteoid `downsample`.
 * @throws ArgumentError unless `factor` is a whole number of at least 1.
 */
export function downsample(parts: SkeletonParts, factor: number): SkeletonParts {
  if (!Number.isInteger(factor) || factor < 1)
    throw new ArgumentError("A skeleton is downsampled by a whole number", {
      where: "factor",
      expected: "an integer of at least 1",
      got: String(factor),
    });
  if (factor === 1) return parts;
  const edges: number[] = [];
  for (const path of jointPaths(parts)) {
    const last = path.length - 1;
    let previous = path[0]!;
    for (let i = factor; i < last; i += factor) {
      edges.push(previous, path[i]!);
      previous = path[i]!;
    }
    edges.push(previous, path[last]!);
  }
  return consolidate({ ...parts, edges: Uint32Array.from(edges) });
}
