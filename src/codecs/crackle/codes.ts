import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import { jobResult, setJob } from "./job.js";
import { mostOf, type SliceRecord, sliceRecords, sumOf } from "./slices.js";
import { bytesFor } from "./spec.js";

/** Crack codes of all slices, in scratch. */
export interface CodeParts {
  readonly codes: Region;
  readonly lengths: readonly number[];
  readonly order: number;
  readonly model: Region;
}

/** Writes the codes of all slices; with an order > 0 by a model of their own moves. The job's marks are used up. */
export function writeCodes(
  ws: Workspace,
  job: number,
  shape: Vec4,
  slices: readonly SliceRecord[],
  permissible: boolean,
  order: number,
): CodeParts {
  const { cornersSize, putCodes } = ws.kernel(crackle);
  const [x, y] = shape;
  const inside = (x - 1) * y + x * (y - 1);
  const edges = slices.map((slice) => (permissible ? inside - slice.edges : slice.edges));
  const most = mostOf(edges);
  const corners = (x + 1) * (y + 1);
  setJob(ws, job, {
    permissible: permissible ? 1 : 0,
    corners: ws.scratch("crackle.corners", cornersSize(x, y) >>> 0).ptr,
    stack: ws.scratch("crackle.stack", 4 * most).ptr,
    symbols: ws.scratch("crackle.symbols", 3 * most).ptr,
    chains: ws.scratch("crackle.chains", 16 * (Math.floor(corners / 2) + 1)).ptr,
    output: ws.scratch("crackle.output", sumOf(edges.map((n) => mostBytes(n, shape)))).ptr,
  });
  putCodes(job);
  const ptr = jobResult(ws, job, "output");
  const codes = { ptr, length: jobResult(ws, job) - ptr };
  // Without an edge there is nothing to model.
  if (order > 0 && most > 0) return ranked(ws, job, shape, codes, order);
  const lengths = sliceRecords(ws, job, shape[2]).map((slice) => slice.code);
  return { codes, lengths, order: 0, model: { ptr, length: 0 } };
}

/** Bytes of a slice's code at most: five moves for an edge, two corners or more for a chain. */
function mostBytes(edges: number, [x, y]: Vec4): number {
  const wide = bytesFor(x + 1);
  const high = bytesFor(y + 1);
  const chains = Math.min(edges, ((x + 1) * (y + 1)) / 2);
  return Math.ceil(16 + (5 * edges) / 4 + chains * wide + Math.min(chains, y + 1) * (high + wide));
}

/** The same codes with a model. */
function ranked(ws: Workspace, job: number, shape: Vec4, plain: Region, order: number): CodeParts {
  const { countersSize, putRanks } = ws.kernel(crackle);
  const counters = ws.scratch("crackle.counters", countersSize(order) >>> 0);
  const model = ws.scratch("crackle.model", Math.ceil((5 * 4 ** order) / 8));
  // A move takes three bits at most in place of two.
  const output = ws.scratch("crackle.ranked", Math.ceil(1.5 * plain.length) + 8 * shape[2]);
  for (const { ptr, length } of [counters, model]) ws.bytes().fill(0, ptr, ptr + length + 8);
  setJob(ws, job, { codes: plain.ptr, output: output.ptr });
  putRanks(job, order, counters.ptr, model.ptr);
  const codes = { ptr: output.ptr, length: jobResult(ws, job) - output.ptr };
  const lengths = sliceRecords(ws, job, shape[2]).map((slice) => slice.code);
  return { codes, lengths, order, model };
}
