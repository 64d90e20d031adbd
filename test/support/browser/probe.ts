/** In the page: reads what a test asks for, and sends the voxels to the test's server. Built together with the library. */
import type { Box6 } from "../../../src/base/bbox.js";
import { fortranStride } from "../../../src/base/strided.js";
import {
  CloudVolume,
  configureRuntime,
  open,
  openAnnotations,
  openPrecomputed,
} from "../../../src/browser.js";
import { planRead } from "../../../src/grid/plan.js";
import { processRuntime } from "../../../src/runtime.js";
import { chunkContext } from "../../../src/volume/chunk-store.js";
import { readPooled } from "../../../src/volume/read-pooled.js";
import { readTransferred } from "../../../src/volume/read-transferred.js";
import { annotationDigest, type Library, meshDigests, skeletonDigests } from "./digest.js";

export interface ReadRequest {
  readonly path: string;
  readonly options: {
    readonly mip?: number;
    readonly fillMissing?: boolean;
    readonly backgroundColor?: number;
  };
  /** The whole volume otherwise. */
  readonly box?: Box6;
  /** By workers alone, however small the box. */
  readonly byWorkers: boolean;
}

export interface ReadAnswer {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly shared: boolean;
  readonly workers: number;
}

export interface Probe extends Library {
  readonly openPrecomputed: typeof openPrecomputed;
  meshes(path: string, ids: readonly string[]): Promise<Record<string, string>>;
  skeletons(path: string, ids: readonly string[]): Promise<Record<string, string>>;
  annotations(path: string): Promise<string>;
  readonly configureRuntime: typeof configureRuntime;
  read(request: ReadRequest): Promise<ReadAnswer>;
}

const library: Library = { CloudVolume, open, openAnnotations };
const probe: Probe = {
  ...library,
  openPrecomputed,
  meshes: (path, ids) => meshDigests(library, path, ids),
  skeletons: (path, ids) => skeletonDigests(library, path, ids),
  annotations: (path) => annotationDigest(library, path),
  configureRuntime,
  async read({ path, options, box, byWorkers }) {
    const vol = await CloudVolume.open(path, options);
    const wanted = box ?? (vol.bounds.toList() as unknown as Box6);
    if (!byWorkers) {
      const read = await vol.download([...wanted] as never);
      return await send(read.data, vol.dtype, read.shape);
    }
    const layout = vol.mipLayout(vol.mip);
    const request = {
      layout,
      box: wanted,
      fillMissing: vol.fillMissing,
      background: vol.backgroundColor,
      parallel: 2,
    };
    const context = chunkContext(vol.context, layout);
    const read = processRuntime().outputs === undefined ? readTransferred : readPooled;
    const { data } = await read(context, request, planRead(layout.grid, wanted));
    const [x0, y0, z0, x1, y1, z1] = wanted;
    return await send(data, vol.dtype, [x1 - x0, y1 - y0, z1 - z0, layout.channels]);
  },
};

async function send(data: ArrayBufferView, dtype: string, shape: readonly number[]): Promise<ReadAnswer> {
  const { buffer, byteOffset, byteLength } = data;
  // A copy: what is shared is no body.
  const bytes = new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
  await fetch("/posted", { method: "POST", body: bytes });
  const shared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
  const workers = processRuntime().pool?.alive ?? 0;
  return { dtype, shape, stride: fortranStride(shape), shared, workers };
}

declare global {
  var cloudvolume: Probe;
}
globalThis.cloudvolume = probe;
