/** Boxes out of chunks that are placed as they are unpacked equal those out of the whole chunk. */
import { describe, expect, test } from "vitest";
import { random } from "../../test/generators/random.js";
import { arrayType, bytesPerVoxel, type DataType } from "../base/dtype.js";
import { createWorkspace } from "../base/memory-workspace.js";
import { cStride, product, type Vec4 } from "../base/strided.js";
import type { ByteCodecConfig } from "./byte-chain.js";
import type { ChunkSpec, Placement } from "./codec.js";
import { zarr } from "./zarr/index.js";

const rng = random(17);

const CHAINS: readonly ByteCodecConfig[] = [
  ...([0, 1, 2] as const).flatMap((shuffle) =>
    (["lz4", "zlib", "zstd"] as const).map((cname) => ({
      name: "blosc",
      cname,
      clevel: 5,
      shuffle,
      blocksize: 0,
    })),
  ),
  // Blocks that end with rows, and such that do not.
  { name: "blosc", cname: "lz4", clevel: 5, shuffle: 1, blocksize: 16384 },
  { name: "blosc", cname: "lz4", clevel: 5, shuffle: 0, blocksize: 5000 },
  { name: "gzip", level: 6 },
];

describe.each(CHAINS.map((chain) => [JSON.stringify(chain), chain] as const))("%s", (_, codec) => {
  test.each(["uint8", "uint16", "uint64"] as const)("%s", async (dtype: DataType) => {
    const ws = createWorkspace();
    await zarr.load?.("decode");
    const bytes = bytesPerVoxel(dtype);
    for (const texture of ["noise", "labels", "one value"] as const) {
      const shape: Vec4 = [32, 24, codec.name === "gzip" ? 100 : 20, 1 + rng(2)];
      const [sx, sy, sz, sc] = shape;
      const stored = {
        chain: codec.name === "blosc" ? [{ ...codec, typesize: bytes }] : [codec],
        bigEndian: false,
        shape,
        stride: cStride([sc, sz, sy, sx]).toReversed(),
        start: 0,
        elements: product(shape),
        fill: 0,
      };
      const spec: ChunkSpec = { shape, dtype, params: { stored } };
      const source = ws.scratch("test.voxels", product(shape) * bytes);
      const values = new (arrayType(dtype))(ws.memory.buffer, source.ptr, product(shape));
      for (let i = 0; i < values.length; i++) {
        const v =
          texture === "noise" ? rng(250) : texture === "labels" ? (Math.floor(i / 7) % 5) + (i >> 9) : 3;
        values[i] = typeof values[0] === "bigint" ? BigInt(v) * 0x1_0000_0001n : v;
      }
      const truth = ws.bytes().slice(source.ptr, source.ptr + source.length);
      const encoded = (await zarr.pack?.(ws, zarr.encode(ws, source, spec), spec)) as Uint8Array;
      for (let n = 0; n < 5; n++) {
        const from = [rng(sx), rng(sy), rng(sz)] as const;
        const size = [1 + rng(sx - from[0]), 1 + rng(sy - from[1]), 1 + rng(sz - from[2])] as const;
        const [nx, ny, nz] = n === 0 ? [sx, sy, sz] : size;
        const [x, y, z] = n === 0 ? [0, 0, 0] : from;
        const room = ws.scratch("test.place", nx * ny * nz * sc * bytes);
        ws.bytes().fill(0xa5, room.ptr, room.ptr + room.length);
        const place: Placement = {
          ptr: room.ptr,
          stride: [nx * bytes, nx * ny * bytes, nx * ny * nz * bytes],
          from: [x, y, z],
          size: [nx, ny, nz],
        };
        const at = ws.scratch("test.encoded", encoded.length + 8);
        ws.bytes().set(encoded, at.ptr);
        zarr.decode(ws, { ptr: at.ptr, length: encoded.length }, spec, place);
        const got = ws.bytes().slice(room.ptr, room.ptr + room.length);
        const wanted: number[] = [];
        for (let c = 0; c < sc; c++)
          for (let k = z; k < z + nz; k++)
            for (let j = y; j < y + ny; j++) {
              const start = (((c * sz + k) * sy + j) * sx + x) * bytes;
              wanted.push(...truth.subarray(start, start + nx * bytes));
            }
        expect(Buffer.compare(got, Uint8Array.from(wanted))).toBe(0);
      }
    }
  });
});
