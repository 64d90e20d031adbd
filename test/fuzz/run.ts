import { CloudVolumeError } from "../../src/base/errors.js";
import { below, mutate, seeded } from "../../src/codecs/testing-chunks.js";
import type { Report, Target } from "./target.js";

/** One decode that takes longer than this is reported: a hang in the making. */
const SLOW = 2000;

/** Feeds `runs` damaged inputs to a target. The same seed gives the same inputs. */
export async function fuzz(target: Target, runs: number, seed: number): Promise<Report> {
  const random = seeded(seed);
  const damage = target.mutate ?? mutate;
  const report: Report = {
    name: target.name,
    executions: 0,
    accepted: 0,
    refused: new Map(),
    violations: [],
    milliseconds: 0,
    slowest: 0,
  };
  const start = performance.now();
  for (; report.executions < runs; report.executions++) {
    const { bytes, run } = target.seeds[below(random, target.seeds.length)]!;
    const input = damage(bytes, random);
    const from = performance.now();
    const what = await outcome(() => run(input), report);
    const took = performance.now() - from;
    report.slowest = Math.max(report.slowest, took);
    const violation = what ?? (took > SLOW ? `took ${Math.round(took)} ms` : undefined);
    if (violation !== undefined) report.violations.push({ what: violation, bytes: input });
  }
  report.milliseconds = performance.now() - start;
  return report;
}

async function outcome(
  run: () => string | undefined | Promise<string | undefined>,
  report: Report,
): Promise<string | undefined> {
  try {
    const wrong = await run();
    if (wrong === undefined) report.accepted++;
    return wrong;
  } catch (error) {
    if (!(error instanceof CloudVolumeError))
      return `threw ${error instanceof Error ? error.stack : String(error)}`;
    report.refused.set(error.name, (report.refused.get(error.name) ?? 0) + 1);
    return undefined;
  }
}
