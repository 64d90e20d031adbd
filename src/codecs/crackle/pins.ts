import type { Region, Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import type { ChunkSpec } from "../codec.js";
import { readLabel } from "../labels.js";
import { checkStatus, jobResult, setJob } from "./job.js";
import { componentsOf, type LabelSection } from "./label-section.js";
import { pinIndexBytes } from "./spec.js";

/** Of a listed pin: see `kernels/crackle/assembly/pins.ts`. */
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
