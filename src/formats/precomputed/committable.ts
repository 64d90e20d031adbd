/** What is asked of an info beyond that it can be read. */
import { inside, placeOf, reject } from "../../base/verify.js";
import { type Info, verifyInfo } from "./info.js";

/**
 * What CloudVolume's `commit_info` checks besides: compressed_segmentation has a block size and holds uint32
 * or uint64. @throws InfoError.
 */
export function verifyCommittable(json: unknown, where: string): Info {
  const found = verifyInfo(json, where);
  for (const [mip, s] of found.scales.entries()) {
    if (s.encoding !== "compressed_segmentation") continue;
    const place = inside(inside(placeOf(where), "scales"), mip);
    if (s.compressed_segmentation_block_size === undefined) {
      reject(
        inside(place, "compressed_segmentation_block_size"),
        "a block size, usually [8, 8, 8]",
        undefined,
      );
    }
    if (found.data_type !== "uint32" && found.data_type !== "uint64") {
      reject(
        inside(placeOf(where), "data_type"),
        "uint32 or uint64 for compressed_segmentation",
        found.data_type,
      );
    }
  }
  return found;
}

/** Oddities that are legal but rarely meant: scales that share a key or a resolution. */
export function infoWarnings({ scales }: Info): string[] {
  const warnings: string[] = [];
  for (const field of ["key", "resolution"] as const) {
    const seen = new Map<string, number>();
    for (const [mip, s] of scales.entries()) {
      const value = String(s[field]);
      const first = seen.get(value);
      if (first === undefined) seen.set(value, mip);
      else warnings.push(`Mips ${first} and ${mip} have the same ${field}: ${value}`);
    }
  }
  return warnings;
}
