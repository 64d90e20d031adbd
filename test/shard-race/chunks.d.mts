export function boxOfChunk(
  vol: { readonly chunkSize: Iterable<number>; readonly volumeSize: Iterable<number> },
  i: number,
): [number, number, number, number, number, number];
export function valueOfChunk(i: number): number;
