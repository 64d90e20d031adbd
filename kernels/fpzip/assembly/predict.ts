// The prediction of a sample from its seven neighbours, where not-a-number comes in.

/**
 * The bits of a - b (or a + b) as x86 has them: the first operand that is no number, made quiet; for a result that
 * is none though both operands are, the quiet one with its sign set.
 */
function step<F, U>(a: U, b: U, subtract: bool): U {
  const quiet: U = sizeof<U>() == 4 ? <U>0x00400000 : <U>0x0008000000000000;
  const x = reinterpret<F>(a);
  const y = reinterpret<F>(b);
  if (x != x) return a | quiet;
  if (y != y) return b | quiet;
  const sum: F = subtract ? x - y : x + y;
  if (sum != sum) return sizeof<U>() == 4 ? <U>0xffc00000 : <U>0xfff8000000000000;
  return reinterpret<U>(sum);
}

/** `abc`: the sample a steps back in x, b in y, c in z. */
export function predictBits<F, U>(n100: F, n011: F, n010: F, n101: F, n001: F, n110: F, n111: F): U {
  let p = step<F, U>(reinterpret<U>(n100), reinterpret<U>(n011), true);
  p = step<F, U>(p, reinterpret<U>(n010), false);
  p = step<F, U>(p, reinterpret<U>(n101), true);
  p = step<F, U>(p, reinterpret<U>(n001), false);
  p = step<F, U>(p, reinterpret<U>(n110), true);
  return step<F, U>(p, reinterpret<U>(n111), false);
}

/** Adds or takes away 2. */
@inline
export function shifted<F, U>(bits: U, by: F): U {
  const quiet: U = sizeof<U>() == 4 ? <U>0x00400000 : <U>0x0008000000000000;
  const value = reinterpret<F>(bits);
  return value != value ? bits | quiet : reinterpret<U>(<F>(value + by));
}
