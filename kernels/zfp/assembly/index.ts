// The zfp stream (see README.md of this room): blocks of 4^n samples, their bits from the highest plane on.
import { decodeFloats, decodeIntegers } from "./decode";
import { encode as encodeAs } from "./encode";
import { SCRATCH_BYTES, TYPE } from "./job";

/** Decodes the blocks that have samples in the box. `job` as in job.ts. */
export function decode(job: usize): i32 {
  switch (load<u32>(job, TYPE)) {
    case 1: return decodeIntegers<i32>(job);
    case 2: return decodeIntegers<i64>(job);
    case 3: return decodeFloats<f32, i32>(job);
    default: return decodeFloats<f64, i64>(job);
  }
}

/** Encodes all samples; the number of bytes, a multiple of 8, is put into the job. */
export function encode(job: usize): i32 {
  switch (load<u32>(job, TYPE)) {
    case 1: return encodeAs<i32, i32, u32>(job);
    case 2: return encodeAs<i64, i64, u64>(job);
    case 3: return encodeAs<f32, i32, u32>(job);
    default: return encodeAs<f64, i64, u64>(job);
  }
}

/** Bytes of scratch, aligned to 16. */
export function scratchSize(): usize {
  return SCRATCH_BYTES;
}
