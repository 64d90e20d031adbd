import { existsSync, readFileSync } from "node:fs";

const ALL = [true, true, true, true];
const XYZ = [true, true, true, false];
const XY = [true, true, false, false];

export default {
  encoding: "zfpc",
  wanted: { decode: 0.9, encode: 0.7 },
  python: `
import zfpc
def encode(array, q):
    p = q["params"]
    modes = {m: p.get("zfpc_" + m, -1) for m in ("rate", "precision", "tolerance")}
    return zfpc.compress(array, correlated_dims=p["zfpc_correlated_dims"], **modes)
def decode(data, q):
    return zfpc.decompress(data)
`,
  async cases({ floats, golden, lib }) {
    const shape = [128, 128, 32, 2];
    const make = (dtype, mode, correlated, size = shape) => ({
      name: `noisy, ${dtype}, ${Object.entries(mode).map((e) => e.join(" "))[0] ?? "lossless"}, ${correlated.map((c) => (c ? "T" : "F")).join("")}`,
      ...{ dtype, shape: size },
      params: {
        ...Object.fromEntries(Object.entries(mode).map(([k, v]) => [`zfpc_${k}`, v])),
        zfpc_correlated_dims: correlated,
      },
      voxels: floats("noisy", size, dtype),
    });
    const modes = [{}, { tolerance: 0.01 }, { rate: 8 }, { precision: 16 }];
    return [
      make("float32", {}, ALL, [128, 128, 32, 1]),
      make("float32", { tolerance: 0.01 }, ALL, [128, 128, 32, 1]),
      ...["float32", "float64"].flatMap((dtype) =>
        [XYZ, XY].flatMap((c) => modes.map((m) => make(dtype, m, c))),
      ),
      make("int32", {}, XYZ),
      make("int64", { precision: 16 }, XYZ),
      ...(await vectorField(golden("real/streams/zfpc_chunk"), lib)),
    ];
  },
};

/** A chunk of a real vector field, if the golden data are there. */
async function vectorField(path, lib) {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const [shape, dtype] = [[128, 128, 10, 2], "float32"];
  const ws = lib.createWorkspace();
  const source = ws.allocate(bytes.length);
  ws.bytes().set(bytes, source.ptr);
  const target = ws.allocate(4 * 128 * 128 * 20);
  const place = { ptr: target.ptr, stride: [512, 65536, 655360], from: [0, 0, 0], size: [128, 128, 10] };
  const codec = await lib.loadedCodec("zfpc");
  codec.decode(ws, source, { shape, dtype }, place);
  const voxels = ws.bytes().slice(target.ptr, target.ptr + target.length);
  const params = { zfpc_correlated_dims: XY, zfpc_tolerance: 0.01 };
  return [{ name: "real vector field, float32, tolerance 0.01, TTFF", shape, dtype, params, voxels }];
}
