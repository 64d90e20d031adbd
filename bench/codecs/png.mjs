export default {
  encoding: "png",
  wanted: { decode: 1, encode: 1.2 },
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
  async cases({ images, microscopy, segmentation }) {
    const make = (shape, level) => ({
      name: `${shape.join("x")}, level ${level}`,
      ...{ dtype: "uint8", shape, params: { png_level: level } },
      voxels: images(shape, "uint8"),
    });
    const [real, labels] = [await microscopy(), await segmentation([64, 64, 64], [64, 64, 64], "uint8")];
    return [
      make([64, 64, 64, 1], 6),
      make([64, 64, 64, 1], 9),
      make([128, 128, 32, 1], 6),
      make([64, 64, 64, 3], 6),
      {
        name: "labels, level 6",
        shape: [64, 64, 64, 1],
        dtype: "uint8",
        params: { png_level: 6 },
        voxels: labels,
      },
      ...[6, 9].flatMap((level) =>
        real === undefined
          ? []
          : [{ name: `electron microscopy, level ${level}`, ...real, params: { png_level: level } }],
      ),
    ];
  },
};
