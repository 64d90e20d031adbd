export default {
  encoding: "png",
  wanted: { decode: 1 },
  python: `
import numpy
import pyspng
def encode(array, q):
    x, y, z, c = array.shape
    return pyspng.encode(numpy.ascontiguousarray(array.transpose(2, 1, 0, 3)).reshape(y * z, x, c), compress_level=q["params"].get("png_level", 6))
def decode(data, q):
    x, y, z, c = q["shape"]
    return pyspng.load(data).reshape(z, y, x, c).transpose(2, 1, 0, 3)
`,
  cases({ images }) {
    const make = (shape) => ({
      name: shape.join("x"),
      ...{ dtype: "uint8", shape, params: { png_level: 6 } },
      voxels: images(shape, "uint8"),
    });
    return [make([64, 64, 64, 1]), make([128, 128, 32, 1]), make([64, 64, 64, 3])];
  },
};
