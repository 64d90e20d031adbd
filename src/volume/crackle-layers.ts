import { arrayType, bytesPerVoxel, type DataType } from "../base/dtype.js";
import { createWorkspace } from "../base/memory-workspace.js";
import { fortranStride, product, type StridedArray, type Vec3 } from "../base/strided.js";
import { crackle } from "../codecs/crackle/index.js";

/** A crackle stream `depth` slices at a time, each decoded once, straight from the stream. @throws DecodingError. */
export async function* crackleLayers(
  stream: Uint8Array,
  shape: Vec3,
  dtype: DataType,
  depth: number,
): AsyncGenerator<{ readonly z: number; readonly array: StridedArray }, void, undefined> {
  await crackle.load?.("decode");
  const ws = createWorkspace();
  const source = ws.allocate(stream.length);
  ws.bytes().set(stream, source.ptr);
  const [sx, sy, sz] = shape;
  const voxel = bytesPerVoxel(dtype);
  const spec = { shape: [sx, sy, sz, 1], dtype } as const;
  for (let z = 0; z < sz; z += depth) {
    const size: Vec3 = [sx, sy, Math.min(depth, sz - z)];
    const length = product(size) * voxel;
    const { ptr } = ws.scratch("layer", length);
    const stride = [sx * voxel, sx * sy * voxel, length] as const;
    crackle.decode(ws, source, spec, { ptr, stride, from: [0, 0, z], size });
    const { buffer } = ws.bytes().slice(ptr, ptr + length);
    const full = [...size, 1];
    const data = new (arrayType(dtype))(buffer);
    yield { z, array: { data, shape: full, stride: fortranStride(full), dtype } };
  }
}
