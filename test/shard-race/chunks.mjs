/** The box of the i-th chunk of a layer, x fastest. */
export function boxOfChunk(vol, i) {
  const [cx, cy, cz] = vol.chunkSize;
  const [sx, sy] = vol.volumeSize;
  const [nx, ny] = [sx / cx, sy / cy];
  const x = (i % nx) * cx;
  const y = (Math.floor(i / nx) % ny) * cy;
  const z = Math.floor(i / nx / ny) * cz;
  return [x, y, z, x + cx, y + cy, z + cz];
}

/** What every voxel of it becomes; never 0. */
export function valueOfChunk(i) {
  return (i % 251) + 1;
}
