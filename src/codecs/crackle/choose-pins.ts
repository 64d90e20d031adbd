import type { Vec4 } from "../../base/strided.js";
import type { Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import { readLabel } from "../labels.js";
import { jobResult, setJob } from "./job.js";
import type { KeyedLabels, LabelPins } from "./name-section.js";
import { mostOf, type SliceRecord } from "./slices.js";

/** Of a chosen pin: see `kernels/crackle/assembly/choose.ts`. */
const CHOSEN_BYTES = 16;

/**
 * Pins for a volume that is being encoded, and components that need none of their own, by the place of their label.
 * Greedy: each component that no pin goes through yet gets the longest that starts in it.
 */
export function choosePins(
  ws: Workspace,
  job: number,
  { unique, keys }: KeyedLabels,
  slices: readonly SliceRecord[],
  [x, y]: Vec4,
): LabelPins[] {
  const components = keys.count;
  const best = ws.scratch("crackle.best", 8 * components);
  ws.bytes().fill(0, best.ptr, best.ptr + best.length);
  setJob(ws, job, {
    allComponents: components,
    best: best.ptr,
    covered: ws.scratch("crackle.covered", mostOf(slices.map((slice) => slice.components))).ptr,
    depths: ws.scratch("crackle.depths", 4 * x * y).ptr,
    pinList: ws.scratch("crackle.pinList", CHOSEN_BYTES * components).ptr,
    pinActive: ws.scratch("crackle.pinActive", 4 * components).ptr,
  });
  ws.kernel(crackle).listPins(job);
  const chosen = new Uint32Array(ws.memory.buffer, jobResult(ws, job, "pinList"), 4 * jobResult(ws, job));
  const pins = Array.from(unique, () => ({
    lines: [] as (readonly [number, number])[],
    singles: [] as number[],
  }));
  for (let i = 0; i < chosen.length; i += 4) {
    const [component = 0, place = 0, slice = 0, depth = 0] = chosen.subarray(i, i + 4);
    const own = pins[Number(readLabel(ws, keys.ptr + component * keys.bytes, keys.bytes))]!;
    if (depth === 0) own.singles.push(component);
    else own.lines.push([place + x * y * slice, depth]);
  }
  return pins.map(({ lines, singles }) => {
    lines.sort((a, b) => a[0] - b[0]);
    return { indices: lines.map(([index]) => index), depths: lines.map(([, depth]) => depth), singles };
  });
}
