export default {
  encoding: "jxl",
  wanted: {},
  python: `
import imagecodecs
import numpy
def encode(array, q):
    level = q["params"].get("jxl_quality", 85)
    x, y, z, c = array.shape
    pixels = numpy.ascontiguousarray(array.transpose(2, 1, 0, 3)).reshape(y * z, x, c)
    kind = "RGB" if c > 1 else "GRAY"
    pixels = pixels if c > 1 else pixels[..., 0]
    return imagecodecs.jpegxl_encode(pixels, photometric=kind, level=level, lossless=level >= 100, effort=5, numthreads=1)
def decode(data, q):
    x, y, z, c = q["shape"]
    return imagecodecs.jpegxl_decode(data, numthreads=1).reshape(z, y, x, c).transpose(2, 1, 0, 3)
`,
  cases({ images }) {
    const make = (shape, dtype, quality) => ({
      name: `${shape.join("x")} ${dtype}, ${quality === 100 ? "lossless" : `quality ${quality}`}`,
      ...{ dtype, shape, params: { jxl_quality: quality } },
      voxels: images(shape, dtype),
    });
    return [
      make([64, 64, 64, 1], "uint8", 100),
      make([64, 64, 64, 1], "uint8", 85),
      make([256, 256, 16, 1], "uint8", 100),
      make([256, 256, 16, 1], "uint8", 85),
      make([128, 128, 16, 3], "uint8", 100),
      make([128, 128, 16, 3], "uint8", 85),
      make([128, 128, 16, 1], "uint16", 100),
    ];
  },
};
