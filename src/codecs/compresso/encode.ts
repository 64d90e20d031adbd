import { bytesPerVoxel } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { product, type Vec3, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compresso } from "../../kernels/compresso.js";
import type { ChunkSpec } from "../codec.js";
import { bytesOfWindow, HEADER_BYTES, type Header, writeHeader, zIndexBytes } from "./header.js";
import { jobResults, putJob } from "./job.js";
import { checkSpec } from "./spec.js";

/** More distinct windows cannot be named by the 15 bits that those of 4 x 4 have. */
const MOST_WINDOWS = 32768;

/**
 * Encodes dense labels byte for byte as the C++ compresso does when CloudVolume calls it: connectivity 4, with a z index,
 * blocks of 4 x 4 x 1, or of 8 x 8 x 1 where the former differ too much. @throws EncodingError.
 */
export function encode(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  checkSpec(spec, EncodingError);
  const { shape, dtype } = spec;
  const labelBytes = bytesPerVoxel(dtype);
  const expected = product(shape) * labelBytes;
  if (source.length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${shape.join(" x ")} voxels of ${dtype}: ${expected} bytes`,
      got: `${source.length}`,
    });
  if (expected === 0) return writeHeader(shape, headerOf(shape, labelBytes, [4, 4, 1], 0), [0, 0, 0]);

  const [x, y, z] = shape;
  const kernel = ws.kernel(compresso);
  const bits = ws.scratch("compresso.bits", Math.ceil(x / 8) * y * z).ptr;
  const runs = ws.scratch("compresso.runs", 4 * Math.ceil(x / 2) * y + 8 * z).ptr;
  const places = { bits, runs, source: source.ptr };
  const survey = putJob(ws, shape, headerOf(shape, labelBytes, [4, 4, 1], 1), places);
  kernel.surveyJob(survey);
  const [runCount = 0, stuck = 0] = jobResults(ws, survey);
  for (const side of [4, 8]) {
    const header = headerOf(shape, labelBytes, [side, side, 1], 1);
    const blocks = Math.ceil(x / side) * Math.ceil(y / side) * z;
    const scratch = ws.scratch("compresso.windows", kernel.windowsSize(blocks, side)).ptr;
    const job = putJob(ws, shape, header, { ...places, scratch });
    kernel.windowsJob(job, side, blocks);
    const [values = 0] = jobResults(ws, job);
    if (side === 4 && values > MOST_WINDOWS) continue;

    const labelCount = runCount + 2 * stuck;
    const most =
      labelCount * labelBytes +
      (values + blocks) * header.windows.bytes +
      header.zIndex.count * header.zIndex.bytes;
    const output = ws.scratch("compresso.output", HEADER_BYTES + most).ptr;
    putJob(ws, shape, header, { ...places, scratch, output: output + HEADER_BYTES });
    kernel.writeJob(job, side);
    const [ids = 0, locations = 0, bytes = 0] = jobResults(ws, job);
    ws.bytes().set(writeHeader(shape, header, [ids, values, locations]), output);
    return ws.bytes().slice(output, output + HEADER_BYTES + bytes);
  }
  throw new EncodingError("Labels do not fit compresso");
}

function headerOf(shape: Vec4, labelBytes: number, steps: Vec3, version: 0 | 1): Header {
  const none = { ptr: 0, count: 0 };
  const [x, y, z] = shape;
  return {
    version,
    labelBytes,
    steps,
    connectivity: 4,
    ids: { ...none, bytes: labelBytes },
    values: { ...none, bytes: bytesOfWindow(steps) },
    locations: { ...none, bytes: labelBytes },
    windows: { ...none, bytes: bytesOfWindow(steps) },
    zIndex: { ptr: 0, count: 2 * z * version, bytes: zIndexBytes(x, y) },
  };
}
