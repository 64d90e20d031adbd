export default {
  encoding: "npz",
  wanted: {},
  cases({ images, floats }) {
    const shape = [64, 64, 64];
    return [
      { name: "image, uint8", dtype: "uint8", shape, voxels: images(shape, "uint8") },
      { name: "noisy, float32", dtype: "float32", shape, voxels: floats("noisy", shape, "float32") },
    ];
  },
};
