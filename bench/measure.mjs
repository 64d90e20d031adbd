// Timing and memory of this process, in the peers' units.
import { readFileSync, writeFileSync } from "node:fs";

export function median(xs) {
  const s = [...xs].sort((a, b) => a - b);
  const n = s.length;
  return n % 2 ? s[n >> 1] : (s[n / 2 - 1] + s[n / 2]) / 2;
}

export function percentile(xs, q) {
  const s = [...xs].sort((a, b) => a - b);
  return s[Math.min(s.length - 1, Math.ceil(q * s.length) - 1)];
}

/** Peak resident memory in MB since the last reset (Linux). */
export function peakMb() {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return (Number(line?.[1] ?? 0) * 1024) / 1e6;
}

export function resetPeak() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Not Linux: the peak is that of the whole run.
  }
}

const round = (x) => Number(x.toPrecision(4));

export function row(workload, op, unit, values, extra = {}) {
  const out = {
    peer: "ours",
    op,
    workload,
    unit,
    median: round(median(values)),
    min: round(Math.min(...values)),
    max: round(Math.max(...values)),
    n: values.length,
    peak_rss_mb: round(peakMb()),
  };
  for (const [k, v] of Object.entries(extra)) out[k] = typeof v === "number" ? round(v) : v;
  return out;
}

/** Seconds of each repetition; ends early once the budget (seconds) is used, after at least 3 (2 if slow). */
export async function timed(run, { reps = 5, budget = 3, warmup = 1, prepare } = {}) {
  const out = [];
  const start = performance.now();
  for (let i = 0; i < warmup + reps; i++) {
    prepare?.();
    const t = performance.now();
    await run();
    if (i >= warmup) out.push((performance.now() - t) / 1e3);
    const used = (performance.now() - start) / 1e3;
    if ((out.length >= 3 && used > budget) || (out.length >= 2 && used > 2 * budget)) break;
  }
  return out;
}
