import { UnsupportedFormatError } from "../base/errors.js";
import type { Codec, CodecUse } from "./codec.js";

/** Codecs by their names in an info file. */
export type CodecRegistry = ReadonlyMap<string, Codec>;

export function createRegistry(codecs: Iterable<Codec>): CodecRegistry {
  return new Map(Array.from(codecs, (codec) => [codec.name, codec]));
}

/** @throws UnsupportedFormatError that names the encodings there are. */
export function findCodec(registry: CodecRegistry, name: string): Codec {
  const codec = registry.get(name);
  if (codec !== undefined) return codec;
  throw new UnsupportedFormatError("Unknown encoding", {
    expected: [...registry.keys()].sort().join(", "),
    got: JSON.stringify(name),
  });
}

/** The codec, ready for synchronous `use` (both unless told) on this thread. @throws UnsupportedFormatError. */
export async function loadCodec(registry: CodecRegistry, name: string, use?: CodecUse): Promise<Codec> {
  const codec = findCodec(registry, name);
  await codec.load?.(use);
  return codec;
}
