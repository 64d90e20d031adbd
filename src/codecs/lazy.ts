import { type CloudVolumeError, DecodingError, EncodingError, type ErrorFacts } from "../base/errors.js";
import type { ChunkSpec, Codec } from "./codec.js";

/** What does the work of a codec. */
export type CodecWork = Pick<Codec, "decode" | "encode" | "labels" | "contains" | "readVoxel" | "remap">;

/** The class of error to throw: EncodingError or DecodingError. */
export type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

/** A codec before it is loaded. */
export interface LazyCodec {
  readonly name: string;
  readonly contentType: string;
  readonly gzipByDefault: boolean;
  /** Throws `failed` for chunks that the codec cannot hold. It runs before any work. */
  readonly check: (spec: ChunkSpec, failed: Failed) => void;
  /** Imports the work, with its kernels. */
  readonly bring: () => Promise<CodecWork>;
}

/**
 * A codec whose work comes with its `load`, once; a failed load is tried again. Its abilities on encoded bytes are
 * there after that. @throws DecodingError / EncodingError from `decode` and `encode` before it.
 */
export function lazyCodec({ name, contentType, gzipByDefault, check, bring }: LazyCodec): Codec {
  let loading: Promise<void> | undefined;
  let work: CodecWork | undefined;
  const ready = (failed: Failed): CodecWork => {
    if (work !== undefined) return work;
    throw new failed(`The ${name} codec is not loaded`, { fix: "Await its load() first." });
  };
  return {
    name,
    contentType,
    gzipByDefault,
    check: (spec) => check(spec, EncodingError),
    load() {
      loading ??= bring().then(
        (brought) => {
          work = brought;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    decode(workspace, source, spec, target) {
      check(spec, DecodingError);
      ready(DecodingError).decode(workspace, source, spec, target);
    },
    encode(workspace, source, spec) {
      check(spec, EncodingError);
      return ready(EncodingError).encode(workspace, source, spec);
    },
    get labels() {
      return work?.labels;
    },
    get contains() {
      return work?.contains;
    },
    get readVoxel() {
      return work?.readVoxel;
    },
    get remap() {
      return work?.remap;
    },
  };
}
