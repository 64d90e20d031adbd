import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import type { ChunkSpec } from "../codec.js";
import { readLabel } from "../labels.js";
import { checkStatus, jobResult, setJob } from "./job.js";
import { componentsOf, type LabelSection } from "./label-section.js";
import type { KeyedLabels, LabelPins } from "./name-section.js";
import { mostOf, type SliceRecord } from "./slices.js";
import { bytesFor } from "./spec.js";

const PIN_BYTES = 16;

/** Adds to a job of the slices z what it needs to know of pins. `first`: the first component of these. @throws DecodingError. */
export function preparePins(
  ws: Workspace,
  job: number,
  { pins, background, counts }: LabelSection,
  { shape: [x, y, sz] }: ChunkSpec,
  z: readonly [number, number],
  first: number,
): void {
  const { countPins, placePins } = ws.kernel(crackle);
  const color = readLabel(ws, background!.ptr, background!.bytes);
  setJob(ws, job, {
    pins: pins.ptr,
    pinsLength: pins.length,
    firstComponent: first,
    allComponents: componentsOf(ws, counts, 0, sz).sum,
    indexBytes: pinIndexBytes(x, y, sz),
    background: Number(BigInt.asUintN(32, color)),
    backgroundHigh: Number(color >> 32n),
  });
  checkStatus(ws, job, countPins(job), z[0]);
  const count = jobResult(ws, job);
  const heads: Region = ws.scratch("crackle.pinHeads", 4 * (z[1] - z[0]));
  ws.bytes().fill(0, heads.ptr, heads.ptr + heads.length);
  setJob(ws, job, {
    pinList: ws.scratch("crackle.pinList", PIN_BYTES * count).ptr,
    pinHeads: heads.ptr,
    pinActive: ws.scratch("crackle.pinActive", 4 * count).ptr,
    result2: componentsOf(ws, counts, ...z).sum,
  });
  checkStatus(ws, job, placePins(job), z[0]);
}

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
    pinList: ws.scratch("crackle.pinList", PIN_BYTES * components).ptr,
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

/** Bytes of a pin's index. The original counts voxels with 32 bits. */
export function pinIndexBytes(x: number, y: number, z: number): number {
  return bytesFor(Number(BigInt.asUintN(32, BigInt(x) * BigInt(y) * BigInt(z))));
}
