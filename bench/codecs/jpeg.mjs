export default {
  encoding: "jpeg",
  wanted: { decode: 0.8, encode: 0.8 },
  python: `
import numpy
import simplejpeg
def encode(array, q):
    x, y, z, c = array.shape
    pixels = numpy.ascontiguousarray(array.transpose(2, 1, 0, 3)).reshape(y * z, x, c)
    kind = "RGB" if c > 1 else "GRAY"
    return simplejpeg.encode_jpeg(pixels, quality=q["params"].get("jpeg_quality", 85), colorspace=kind, colorsubsampling="444")
def decode(data, q):
    x, y, z, c = q["shape"]
    return simplejpeg.decode_jpeg(data, colorspace="RGB" if c > 1 else "GRAY").reshape(z, y, x, c).transpose(2, 1, 0, 3)
`,
  async cases({ images, microscopy }) {
    const real = await microscopy();
    const make = (shape, quality) => ({
      name: `${shape.join("x")}, quality ${quality}`,
      ...{ dtype: "uint8", shape, params: { jpeg_quality: quality } },
      voxels: images(shape, "uint8"),
    });
    return [
      make([64, 64, 64, 1], 85),
      make([64, 64, 64, 1], 100),
      make([128, 128, 32, 1], 85),
      make([60, 50, 40, 1], 85),
      make([64, 64, 64, 3], 85),
      make([128, 128, 16, 3], 95),
      ...(real === undefined
        ? []
        : [{ name: "electron microscopy, quality 85", ...real, params: { jpeg_quality: 85 } }]),
    ];
  },
};
