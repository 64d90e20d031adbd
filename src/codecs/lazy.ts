import { DecodingError, EncodingError } from "../base/errors.js";
import type { Codec } from "./codec.js";

/** What does the work of a codec. */
export type CodecFunctions = Pick<Codec, "decode" | "encode" | "labels" | "contains" | "readVoxel" | "remap">;

/** What is known of a codec before it is loaded. */
export type CodecEntry = Pick<Codec, "name" | "contentType" | "gzipByDefault" | "check">;

/**
 * A codec whose functions (and kernels) come with its `load`, once; a failed load is tried again. Its abilities on
 * encoded bytes are there after that. @throws DecodingError / EncodingError from `decode` and `encode` before it.
 */
export function lazyCodec(entry: CodecEntry, bring: () => Promise<CodecFunctions>): Codec {
  let loading: Promise<void> | undefined;
  let functions: CodecFunctions | undefined;
  const facts = { fix: "Await its load() first." };
  const what = `The ${entry.name} codec is not loaded`;
  return {
    ...entry,
    load() {
      loading ??= bring().then(
        (loaded) => {
          functions = loaded;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    decode(workspace, source, spec, target) {
      if (functions === undefined) throw new DecodingError(what, facts);
      functions.decode(workspace, source, spec, target);
    },
    encode(workspace, source, spec) {
      if (functions === undefined) throw new EncodingError(what, facts);
      return functions.encode(workspace, source, spec);
    },
    get labels() {
      return functions?.labels;
    },
    get contains() {
      return functions?.contains;
    },
    get readVoxel() {
      return functions?.readVoxel;
    },
    get remap() {
      return functions?.remap;
    },
  };
}
