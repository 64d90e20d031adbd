/** Seeded data for tests and fuzz runs: the same seed gives the same bytes. */

/** Whole numbers in [0, below). */
export type Random = (below: number) => number;

/** Mulberry32. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Data of several characters: noise, runs, few symbols, periods, labels, skewed symbols. */
export function someBytes(rng: Random, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const kind = rng(6);
  const period = 1 + rng(40);
  let value = rng(256);
  for (let i = 0; i < length; i++) {
    if (kind === 0) out[i] = rng(256);
    else if (kind === 1) out[i] = value = rng(50) === 0 ? rng(256) : value;
    else if (kind === 2) out[i] = 65 + rng(3);
    else if (kind === 3) out[i] = i < period || rng(60) === 0 ? rng(256) : out[i - period]!;
    else if (kind === 4)
      out[i] = i % 8 < 2 ? (i % 8 === 0 && rng(20) === 0 ? rng(256) : (out[i - 8] ?? 1)) : 0;
    else out[i] = Math.min(255, Math.floor(1 / (rng(10_000) / 10_000 + 0.0001)));
  }
  return out;
}

/** One to four changes: bits, bytes, removed or repeated spans, a cut. */
export function mutated(rng: Random, bytes: Uint8Array): Uint8Array {
  let out: Uint8Array = bytes.slice();
  for (let n = 1 + rng(4); n > 0 && out.length > 0; n--) {
    const at = rng(out.length);
    const span = 1 + rng(Math.min(32, out.length - at));
    const kind = rng(8);
    if (kind < 3) out[at] = out[at]! ^ (1 << rng(8));
    else if (kind < 5) out[at] = rng(256);
    else if (kind === 5) out = concat(out.subarray(0, at), out.subarray(at + span));
    else if (kind === 6) out = concat(out.subarray(0, at + span), out.subarray(at));
    else out = out.slice(0, at);
  }
  return out;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
