import { DecodingError } from "../../base/errors.js";
import type { Vec4 } from "../../base/strided.js";
import type { Workspace } from "../../base/workspace.js";
import type { Header } from "./header.js";

/** Fields of a job after its sections, as `kernels/compresso/assembly/job.ts` lays them out. */
export interface JobPlaces {
  readonly z?: readonly [number, number];
  /** Where whole slices go, and their steps. */
  readonly out?: readonly [number, number, number];
  /** x, y, width, height of a sub-box; and where it goes: address, steps. */
  readonly box?: readonly [number, number, number, number];
  readonly target?: readonly [number, number, number];
  readonly bits?: number;
  readonly runs?: number;
  readonly source?: number;
  readonly scratch?: number;
  readonly output?: number;
}

/** Number of words of a job; the last of them are results. */
const JOB_WORDS = 44;
const RESULT_WORD = 36;

/** Puts a job into the memory. @returns its address. */
export function putJob(ws: Workspace, shape: Vec4, header: Header, places: JobPlaces): number {
  const { ptr } = ws.scratch("compresso.job", 4 * JOB_WORDS);
  const job = new Uint32Array(ws.memory.buffer, ptr, JOB_WORDS);
  const { ids, values, locations, windows, zIndex, steps, labelBytes, connectivity } = header;
  const { z = [0, 0], out = [0, 0, 0], box = [0, 0, 0, 0], target = [0, 0, 0] } = places;
  const { bits = 0, runs = 0, source = 0, scratch = 0, output = 0 } = places;
  const sections = [ids, values, locations, windows].flatMap((s) => [s.ptr, s.count]);
  job.set([...sections, zIndex.count > 0 ? zIndex.ptr : 0, zIndex.bytes, labelBytes, windows.bytes]);
  job.set([shape[0], shape[1], shape[2], ...steps, connectivity, ...z, ...out, ...box, ...target], 12);
  job.set([bits, runs, source, scratch, output], 31);
  return ptr;
}

/** Results of a job. */
export function jobResults(ws: Workspace, job: number): Uint32Array {
  return new Uint32Array(ws.memory.buffer, job + 4 * RESULT_WORD, JOB_WORDS - RESULT_WORD).slice();
}

const STATUS: Readonly<Record<number, string>> = {
  1: "a block has a window that is none of those listed",
  2: "there are windows for more blocks than the chunk has",
  3: "there are more components than labels of components",
  4: "components and labels of components differ in number",
  5: "the labels of boundaries end too early",
  6: "there are more labels of boundaries than such voxels",
  7: "a boundary has the label of a neighbour that is none",
  8: "the z index leads behind the end",
};

/** @throws DecodingError for a status other than 0. */
export function checkStatus(status: number): void {
  if (status === 0) return;
  throw new DecodingError("A compresso chunk is damaged", { got: STATUS[status] ?? `${status}` });
}
