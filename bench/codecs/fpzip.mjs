export default {
  encoding: "fpzip",
  wanted: { decode: 1.1, encode: 0.7 },
  python: `
import fpzip
def encode(array, q):
    return fpzip.compress(array, order="F", precision=q["params"]["fpzip_precision"])
def decode(data, q):
    return fpzip.decompress(data, order="F")
`,
  cases({ floats }) {
    const shape = [128, 128, 64];
    const make = (kind, dtype, precision) => ({
      name: `${kind}, ${dtype}, ${precision === 0 ? "lossless" : `${precision} bits`}`,
      ...{ dtype, shape, params: { fpzip_precision: precision } },
      voxels: floats(kind, shape, dtype),
    });
    return [
      make("noisy", "float32", 0),
      make("noisy", "float32", 16),
      make("smooth", "float32", 0),
      make("clipped", "float32", 0),
      make("noisy", "float64", 0),
      make("noisy", "float64", 32),
      make("smooth", "float64", 0),
    ];
  },
};
