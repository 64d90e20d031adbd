/** An info that opens, but contradicts itself or names what there is not. */
import { CloudVolumeError, describe } from "../../base/errors.js";
import { infoWarnings, verifyCommittable } from "../../formats/precomputed/committable.js";
import type { Info } from "../../formats/precomputed/info.js";
import type { Runtime } from "../context.js";
import { chunkSpec } from "../layout.js";
import { scaleLayout } from "../scale-layout.js";
import type { Report } from "./fault.js";

/** @returns the mips whose chunks can be looked at. */
export async function verifyInfoDocument(info: Info, runtime: Runtime, report: Report): Promise<number[]> {
  const tell = (detail: string): void => report({ key: "info", kind: "info", detail });
  for (const warning of infoWarnings(info)) tell(warning);
  attempt(tell, () => verifyCommittable(info, "info"));
  const usable: number[] = [];
  for (const [mip, scale] of info.scales.entries()) {
    const said = (detail: string): void => tell(`Mip ${mip} (${scale.key}): ${detail}`);
    const layout = attempt(said, () => scaleLayout(info, mip));
    if (layout === undefined) continue;
    try {
      const codec = await runtime.codec(scale.encoding, "decode");
      codec.check(chunkSpec(layout, layout.grid.chunk));
      usable.push(mip);
    } catch (error) {
      if (!(error instanceof CloudVolumeError)) throw error;
      said(describe(error));
    }
    const extent = extentFault(info, mip);
    if (extent !== undefined) said(extent);
  }
  return usable;
}

/** Levels show the same thing: their sizes in nanometres differ by less than two voxels of the coarser one. */
function extentFault({ scales }: Info, mip: number): string | undefined {
  const [first, scale] = [scales[0]!, scales[mip]!];
  for (let axis = 0; axis < 3; axis++) {
    const finest = first.size[axis]! * first.resolution[axis]!;
    const own = scale.size[axis]! * scale.resolution[axis]!;
    const tolerance = 2 * Math.max(scale.resolution[axis]!, first.resolution[axis]!);
    if (Math.abs(finest - own) >= tolerance)
      return `its size along ${"xyz"[axis]} is ${own} nm, that of mip 0 ${finest} nm`;
  }
  return undefined;
}

function attempt<T>(tell: (detail: string) => void, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CloudVolumeError)) throw error;
    tell(describe(error));
    return undefined;
  }
}
