/** Objects in pieces: cut anew into parts as uploads want them, and held to the size that was declared. */
import { throwIfAborted } from "../base/abort.js";
import { IntegrityError } from "../base/errors.js";
import type { Source } from "./store.js";

/** Bytes at hand as a source; its pieces are views of them. */
export function sourceOf(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    pieces: async function* () {
      yield bytes;
    },
  };
}

/**
 * The source's bytes in parts of `size` (the last may be smaller, that of an empty source is empty), each in memory of
 * its own or the caller's. The last part comes only once the source has ended where it said.
 * @throws IntegrityError for a source that is shorter or longer than it declared, and what the source throws.
 */
export async function* partsOf(
  source: Source,
  size: number,
  where: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let given = 0;
  let part = new Uint8Array(0);
  let filled = 0;
  const fresh = (): Uint8Array<ArrayBuffer> => new Uint8Array(Math.min(size, source.size - given));
  part = fresh();
  let ready: Uint8Array | undefined;
  let taken = 0;
  for await (const piece of source.pieces()) {
    throwIfAborted(signal);
    taken += piece.length;
    if (taken > source.size) throw wrongSize(where, source.size, `at least ${taken}`);
    for (let at = 0; at < piece.length; ) {
      if (ready !== undefined) yield ready;
      ready = undefined;
      const count = Math.min(piece.length - at, part.length - filled);
      part.set(piece.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < part.length) continue;
      ready = part;
      given += filled;
      part = fresh();
      filled = 0;
    }
  }
  if (taken < source.size) throw wrongSize(where, source.size, `${taken}`);
  yield ready ?? part;
}

/** All bytes of a source in one piece. @throws IntegrityError as {@link partsOf}. */
export async function gather(source: Source, where: string, signal?: AbortSignal): Promise<Uint8Array> {
  for await (const part of partsOf(source, Math.max(1, source.size), where, signal)) return part;
  return new Uint8Array();
}

function wrongSize(where: string, expected: number, got: string): IntegrityError {
  return new IntegrityError("A source has another size than it declared", {
    where,
    expected: `${expected} bytes`,
    got,
    fix: "Nothing was stored",
  });
}
