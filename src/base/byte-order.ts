/** Turns the byte order of elements of 1, 2, 4 or 8 bytes around, in place. What is left at the end stays. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % size));
  if (size === 2) for (let i = 0; i < view.byteLength; i += 2) view.setUint16(i, view.getUint16(i), true);
  else if (size === 4)
    for (let i = 0; i < view.byteLength; i += 4) view.setUint32(i, view.getUint32(i), true);
  else
    for (let i = 0; i < view.byteLength; i += 8) {
      const high = view.getUint32(i);
      view.setUint32(i, view.getUint32(i + 4), true);
      view.setUint32(i + 4, high, true);
    }
}
