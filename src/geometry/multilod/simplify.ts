/** Coarser meshes, by meshoptimizer. */
import { describe, EncodingError } from "../../base/errors.js";
import type { Coordinates } from "../mesh/data.js";

/** A level of detail keeps about this share of the triangles of the finer one: its cells are twice as large each way. */
const SHARE = 1 / 4;
/** Fewer triangles than this are not made fewer. */
const FEWEST = 8;

/**
 * The triangles of `count` levels, finest first; all of them on vertices of `points`, which are unique. Each level is
 * simplified from the one before. The surface stays as closed as it was.
 */
export async function simplifyLevels(
  points: Coordinates,
  faces: Uint32Array,
  count: number,
): Promise<Uint32Array[]> {
  const levels = [faces];
  if (count <= 1) return levels;
  const { MeshoptSimplifier } = await import("meshoptimizer/simplifier");
  await MeshoptSimplifier.ready;
  const positions = nearOrigin(points);
  for (let level = 1; level < count; level++) {
    const last = levels[level - 1] as Uint32Array;
    const target = Math.max(3 * FEWEST, 3 * Math.round((last.length / 3) * SHARE));
    levels.push(last.length <= target ? last : simplify(last, target));
  }
  return levels;

  function simplify(from: Uint32Array, target: number): Uint32Array {
    try {
      const [indices] = MeshoptSimplifier.simplify(from, positions, 3, target, 0.1);
      return indices.length === 0 ? from : indices;
    } catch (cause) {
      throw new EncodingError("meshoptimizer failed", { got: describe(cause), cause });
    }
  }
}

/** In float32, relative to the lowest corner, so that large coordinates keep their digits. */
function nearOrigin(points: Coordinates): Float32Array {
  const low = [Infinity, Infinity, Infinity];
  for (let i = 0; i < points.length; i++) low[i % 3] = Math.min(low[i % 3]!, points[i]!);
  return Float32Array.from(points, (value, i) => value - low[i % 3]!);
}
