// Samples as floats between the block of integers, whose values share an exponent.
import { BLOCK, SAMPLES } from "./job";

/** 2^exponent, as C has it: 0 below the smallest number, infinite above the largest. */
export function power<F>(exponent: i32): F {
  if (sizeof<F>() == 4) {
    if (exponent > 127) return <F>Infinity;
    if (exponent >= -126) return <F>reinterpret<f32>((exponent + 127) << 23);
    return exponent < -149 ? 0 : <F>reinterpret<f32>(1 << (exponent + 149));
  }
  if (exponent > 1023) return <F>Infinity;
  if (exponent >= -1022) return <F>reinterpret<f64>(<u64>(exponent + 1023) << 52);
  return exponent < -1074 ? 0 : <F>reinterpret<f64>(<u64>1 << <u64>(exponent + 1074));
}

/**
 * The exponent e of the largest magnitude, which is below 2^e: at least 1 - bias; -bias if all are 0 or no number.
 * Infinity counts as 0.5.
 */
export function exponentOf<F>(scratch: usize, size: u32): i32 {
  const end = scratch + <usize>size * sizeof<F>();
  if (sizeof<F>() == 4) {
    let most = f32x4.splat(0);
    for (let at = scratch; at < end; at += 16) most = f32x4.pmax(most, f32x4.abs(v128.load(at, SAMPLES)));
    most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
    const bits = i32x4.extract_lane(f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2)), 0);
    if (bits == 0) return -127;
    return bits == 0x7f800000 ? 0 : (bits >> 23) - 126;
  }
  let most = f64x2.splat(0);
  for (let at = scratch; at < end; at += 16) most = f64x2.pmax(most, f64x2.abs(v128.load(at, SAMPLES)));
  most = f64x2.pmax(most, v128.shuffle<i64>(most, most, 1, 0));
  const bits = i64x2.extract_lane(most, 0);
  if (bits == 0) return -1023;
  return bits == 0x7ff0000000000000 ? 0 : <i32>(bits >> 52) - 1022;
}

/** Samples times 2^(bits - 2 - exponent), without their fractions. */
export function toIntegers<F>(scratch: usize, size: u32, exponent: i32): void {
  const scale = power<F>(<i32>(sizeof<F>() << 3) - 2 - exponent);
  const end = scratch + <usize>size * sizeof<F>();
  if (sizeof<F>() == 4) {
    const factor = f32x4.splat(<f32>scale);
    const limit = f32x4.splat(2147483648);
    const least = i32x4.splat(0x80000000);
    for (let at = scratch; at < end; at += 16) {
      const product = f32x4.mul(v128.load(at, SAMPLES), factor);
      // Whatever is no 32-bit integer becomes the least one, as on x86.
      const fits = f32x4.lt(f32x4.abs(product), limit);
      v128.store(at, v128.bitselect(i32x4.trunc_sat_f32x4_s(product), least, fits), BLOCK);
    }
    return;
  }
  for (let at = scratch; at < end; at += 8) {
    const product = load<f64>(at, SAMPLES) * <f64>scale;
    store<i64>(at, abs(product) < 9223372036854775808.0 ? <i64>product : i64.MIN_VALUE, BLOCK);
  }
}

/** The way back: integers to samples. */
export function fromIntegers<F>(scratch: usize, size: u32, exponent: i32): void {
  const scale = power<F>(exponent + 2 - <i32>(sizeof<F>() << 3));
  const end = scratch + <usize>size * sizeof<F>();
  if (sizeof<F>() == 4) {
    const factor = f32x4.splat(<f32>scale);
    for (let at = scratch; at < end; at += 16)
      v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(v128.load(at, BLOCK)), factor), SAMPLES);
    return;
  }
  for (let at = scratch; at < end; at += 8) store<f64>(at, <f64>scale * <f64>load<i64>(at, BLOCK), SAMPLES);
}

/** Whether the integers give the samples back, bit for bit. */
export function areExact<F>(scratch: usize, size: u32, exponent: i32): bool {
  const scale = power<F>(exponent + 2 - <i32>(sizeof<F>() << 3));
  const end = scratch + <usize>size * sizeof<F>();
  if (sizeof<F>() == 4) {
    const factor = f32x4.splat(<f32>scale);
    let differ = i32x4.splat(0);
    for (let at = scratch; at < end; at += 16) {
      const back = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at, BLOCK)), factor);
      differ = v128.or(differ, v128.xor(back, v128.load(at, SAMPLES)));
    }
    return !v128.any_true(differ);
  }
  for (let at = scratch; at < end; at += 8)
    if (reinterpret<u64>(<f64>scale * <f64>load<i64>(at, BLOCK)) != load<u64>(at, SAMPLES)) return false;
  return true;
}

/** Bit patterns, sign and magnitude, to integers; and the same back. */
export function patterns<I>(scratch: usize, size: u32, from: usize, to: usize): void {
  const end = scratch + <usize>size * sizeof<I>();
  for (let at = scratch; at < end; at += sizeof<I>()) {
    const value = load<I>(at + from);
    store<I>(at + to, value < 0 ? value ^ (sizeof<I>() == 4 ? <I>0x7fffffff : <I>0x7fffffffffffffff) : value);
  }
}
