// The fpzip stream: a range coder over the differences of samples from a prediction (see README.md of this room).
import { decode } from "./decode";
import { encode } from "./encode";
import { MODEL_BYTES } from "./model";

export { readHeader } from "./header";

/** Decodes a box of float32 samples, after `readHeader`. `job` as in job.ts. */
export function decode32(job: usize): i32 {
  return decode<f32, u32>(job);
}

/** Decodes a box of float64 samples, after `readHeader`. */
export function decode64(job: usize): i32 {
  return decode<f64, u64>(job);
}

/** Encodes float32 samples. */
export function encode32(job: usize): i32 {
  return encode<f32, u32>(job);
}

/** Encodes float64 samples. */
export function encode64(job: usize): i32 {
  return encode<f64, u64>(job);
}

/** Bytes of scratch besides (nx + 1) * (ny + 3) samples. */
export function modelSize(): usize {
  return MODEL_BYTES;
}
