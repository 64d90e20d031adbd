/** Where an array comes from: a file that is read in parts, or a stream that is read whole. */
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  readonly size: number;
  /** Fills `target` with the bytes from `position` on. @returns how many there were. */
  read(position: number, target: Uint8Array): Promise<number>;
}

const PIECE_BYTES = 16 << 20;

/** Runs `work` on the bytes of `path` (`-`: standard input). */
export async function readInput<T>(
  path: string,
  signal: AbortSignal,
  work: (source: ByteSource) => Promise<T>,
): Promise<T> {
  if (path !== "-" && (await stat(path)).isFile()) {
    const handle = await open(path, "r");
    try {
      return await work(await fileSource(path, handle, signal));
    } finally {
      await handle.close();
    }
  }
  const bytes = await drain(path === "-" ? process.stdin : createReadStream(path), signal);
  const read = async (position: number, target: Uint8Array): Promise<number> => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  return await work({ name: path === "-" ? "standard input" : path, size: bytes.length, read });
}

/** All bytes of a file or of standard input. */
export async function readAllInput(path: string, signal: AbortSignal): Promise<Uint8Array> {
  return await readInput(path, signal, (source) => readWhole(source, 0, source.size));
}

/** `length` bytes, or those that there are. */
export async function readWhole(source: ByteSource, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, source.size - position)));
  return bytes.subarray(0, await source.read(position, bytes));
}

async function fileSource(name: string, handle: FileHandle, signal: AbortSignal): Promise<ByteSource> {
  const { size } = await handle.stat();
  return {
    name,
    size,
    read: async (position, target) => {
      let at = 0;
      while (at < target.length) {
        signal.throwIfAborted();
        const length = Math.min(PIECE_BYTES, target.length - at);
        const { bytesRead } = await handle.read(target, at, length, position + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return at;
    },
  };
}

async function drain(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<Uint8Array> {
  const stop = (): void => void (stream as unknown as { destroy: () => void }).destroy();
  signal.addEventListener("abort", stop, { once: true });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as unknown as Uint8Array);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  const bytes = new Uint8Array(chunks.reduce((n, chunk) => n + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
