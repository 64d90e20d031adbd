import { DecodingError } from "../../base/errors.js";
import type { Workspace } from "../../base/workspace.js";

/** Fields of a job, as `kernels/crackle/assembly/job.ts` lays them out: u32 each, 0 unless told. */
const FIELDS = [
  "sx sy sz zFrom zTo permissible order model lengths codes checksums counts countBytes unique uniqueCount",
  "storedBytes keys keyBytes boxX boxY boxW boxH target stepY stepZ voxelBytes planes runs rows stack stackLimit",
  "colors ids idsRows crcTables differences pins pinsLength firstComponent allComponents indexBytes",
  "pinList pinHeads pinActive background backgroundHigh source slices corners symbols chains output depths best covered result result2",
]
  .join(" ")
  .split(" ");
const OFFSETS = new Map(FIELDS.map((name, i) => [name, i]));

export type JobFields = Readonly<Record<string, number>>;

/** Puts a job into the memory. @returns its address. */
export function putJob(ws: Workspace, fields: JobFields): number {
  const { ptr } = ws.scratch("crackle.job", 4 * FIELDS.length);
  new Uint32Array(ws.memory.buffer, ptr, FIELDS.length).fill(0);
  setJob(ws, ptr, fields);
  return ptr;
}

/** Changes fields of a job. */
export function setJob(ws: Workspace, job: number, fields: JobFields): void {
  const words = new Uint32Array(ws.memory.buffer, job, FIELDS.length);
  for (const [name, value] of Object.entries(fields)) words[OFFSETS.get(name)!] = value;
}

/** A field of a job; results unless told. */
export function jobResult(ws: Workspace, job: number, name = "result"): number {
  return new Uint32Array(ws.memory.buffer, job, FIELDS.length)[OFFSETS.get(name)!]!;
}

const STATUS: Readonly<Record<number, string>> = {
  1: "its code ends too early or too late",
  2: "a chain starts outside of it",
  3: "a chain leads out of it",
  4: "the model of moves has a row that is no permutation",
  5: "it has another number of components than is said",
  6: "a component has a label that is none",
  7: "the checksum of its components differs",
  8: "the pins lead outside or do not fill their bytes",
};

/** @throws DecodingError for a status other than 0. */
export function checkStatus(ws: Workspace, job: number, status: number, firstSlice: number): void {
  if (status === 0) return;
  throw new DecodingError("A crackle chunk is damaged", {
    where: status === 8 ? "labels" : `slice ${firstSlice + jobResult(ws, job)}`,
    got: STATUS[status] ?? `${status}`,
  });
}
