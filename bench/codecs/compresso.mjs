const REAL = [64, 64, 40];

export default {
  encoding: "compresso",
  wanted: { decode: 0.9, encode: 0.7 },
  async cases({ segmentation, noise }) {
    const real = async (size, dtype) => ({
      name: `real labels, ${dtype}, ${size.join("x")}`,
      dtype,
      shape: size,
      voxels: await segmentation(size[0] > 128 ? [0, 0, 0] : REAL, size, dtype),
    });
    const small = [64, 64, 64];
    return [
      await real(small, "uint64"),
      await real([128, 128, 128], "uint64"),
      await real([128, 128, 128], "uint32"),
      await real([256, 256, 64], "uint64"),
      await real([128, 128, 128], "uint8"),
      {
        name: "noise of 4 labels, uint16, 64x64x64",
        dtype: "uint16",
        shape: small,
        voxels: noise(small, "uint16"),
      },
    ];
  },
};
