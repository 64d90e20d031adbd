const FROM = [64, 64, 40];

export default {
  encoding: "compressed_segmentation",
  wanted: { decode: 1.2, encode: 0.7 },
  async cases({ segmentation, noise }) {
    const blockSize = [8, 8, 8];
    const real = async (size, dtype) => ({
      name: `real labels, ${dtype}, ${size.join("x")}`,
      dtype,
      shape: size,
      blockSize,
      voxels: await segmentation(size[0] > 128 ? [0, 0, 0] : FROM, size, dtype),
    });
    const small = [64, 64, 64];
    const voxels = noise(small, "uint32", 300);
    return [
      await real(small, "uint64"),
      await real([128, 128, 128], "uint64"),
      await real([128, 128, 128], "uint32"),
      await real([256, 256, 64], "uint64"),
      { name: "noise of 300 labels, uint32, 64x64x64", dtype: "uint32", shape: small, blockSize, voxels },
    ];
  },
};
