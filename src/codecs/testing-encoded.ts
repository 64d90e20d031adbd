/** Encoded bytes in a memory, and all that a codec can be asked about them. No test framework here. */
import { CloudVolumeError } from "../base/errors.js";
import type { MemoryWorkspace } from "../base/memory-workspace.js";
import type { Region } from "../base/workspace.js";
import type { ChunkSpec, Codec } from "./codec.js";

/** All abilities on any bytes: an error of this library or an answer, and the bytes as they were. */
export function tryAbilities(ws: MemoryWorkspace, codec: Codec, bytes: Uint8Array, spec: ChunkSpec): void {
  const { labels, contains, readVoxel, remap } = codec;
  const calls: ((source: Region) => unknown)[] = [
    (source) => labels?.(ws, source, spec),
    (source) => contains?.(ws, source, spec, 5n),
    (source) => readVoxel?.(ws, source, spec, [spec.shape[0] - 1, 0, spec.shape[2] - 1, 0]),
    (source) => remap?.(ws, source, spec, new Map([[0n, 255n]]), { preserveMissing: true }),
  ];
  for (const call of calls)
    inMemory(ws, bytes, (source) => {
      try {
        call(source);
      } catch (error) {
        if (!(error instanceof CloudVolumeError)) throw error;
      }
      const after = ws.bytes().subarray(source.ptr, source.ptr + bytes.length);
      if (Buffer.compare(after, bytes) !== 0) throw new Error("the source was changed");
    });
}

export function inMemory<T>(ws: MemoryWorkspace, bytes: Uint8Array, run: (source: Region) => T): T {
  const source = ws.allocate(bytes.length);
  ws.bytes().set(bytes, source.ptr);
  try {
    return run(source);
  } finally {
    ws.release(source);
  }
}
