export default {
  encoding: "kempressed",
  wanted: { decode: 1.1, encode: 0.7 },
  cases({ floats }) {
    const shape = [128, 128, 32, 3];
    return ["float32", "float64"].map((dtype) => ({
      name: `noisy, ${dtype}, 3 channels`,
      ...{ dtype, shape },
      voxels: floats("noisy", shape, dtype),
    }));
  },
};
