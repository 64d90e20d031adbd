const REAL = [64, 64, 40];

export default {
  encoding: "crackle",
  wanted: { decode: 0.8, encode: 0.7 },
  async cases({ segmentation, noise }) {
    const real = async (size, dtype) => ({
      name: `real labels, ${dtype}, ${size.join("x")}`,
      dtype,
      shape: size,
      voxels: await segmentation(size[0] > 128 ? [0, 0, 0] : REAL, size, dtype),
    });
    const small = [64, 64, 64];
    const grains = (dtype, most) => ({
      name: `noise of ${most} labels, ${dtype}, ${small.join("x")}`,
      dtype,
      shape: small,
      voxels: noise(small, dtype, most),
    });
    return [
      await real(small, "uint64"),
      await real([128, 128, 128], "uint64"),
      await real([128, 128, 128], "uint32"),
      await real([256, 256, 64], "uint64"),
      await real([128, 128, 128], "uint8"),
      grains("uint8", 2),
      grains("uint16", 1000),
    ];
  },
};
