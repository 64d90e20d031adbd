/** What `scripts/fuzz.mjs` bundles and calls. */
import { mkdirSync, writeFileSync } from "node:fs";
import { annotationLayerTargets, annotationTargets, annotationTextTargets } from "./annotations.js";
import { arrayTargets } from "./arrays.js";
import { codecTargets } from "./codecs.js";
import { compressionTargets } from "./compressions.js";
import { meshTargets } from "./meshes.js";
import { recompressTargets } from "./recompress.js";
import { fuzz } from "./run.js";
import { skeletonTargets } from "./skeletons.js";
import type { Report } from "./target.js";

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Names of targets; all unless told. */
  readonly only?: readonly string[];
  /** Where inputs that broke a rule are kept. */
  readonly keep: string;
}

/** Runs the targets, prints a line for each. @returns the number of violations. */
export async function main({ runs, seed, only, keep }: FuzzOptions): Promise<number> {
  const all = [
    ...(await codecTargets()),
    ...recompressTargets(),
    ...(await compressionTargets()),
    ...(await arrayTargets()),
    ...(await meshTargets()),
    ...skeletonTargets(),
    ...annotationTargets(),
    ...annotationTextTargets(),
    ...(await annotationLayerTargets()),
  ];
  const targets = only === undefined ? all : all.filter(({ name }) => only.includes(name));
  let violations = 0;
  console.log(`${runs} damaged inputs for each of ${targets.length} targets, seed ${seed}`);
  for (const target of targets) {
    const report = await fuzz(target, runs, seed);
    console.log(line(report, target.seeds.length));
    for (const [i, { what, bytes }] of report.violations.slice(0, 10).entries()) {
      const file = `${keep}/${target.name.replace(/\W/g, "-")}-${seed}-${i}.bin`;
      mkdirSync(keep, { recursive: true });
      writeFileSync(file, bytes);
      console.log(`  ${file}: ${what}`);
    }
    violations += report.violations.length;
  }
  return violations;
}

function line(
  { name, executions, accepted, refused, violations, milliseconds, slowest }: Report,
  seeds: number,
): string {
  const classes = [...refused].map(([error, n]) => `${error} ${n}`).join(", ");
  return `${name}: ${executions} executions from ${seeds} seeds in ${(milliseconds / 1000).toFixed(1)} s (slowest ${slowest.toFixed(0)} ms): accepted ${accepted}, ${classes}, violations ${violations.length}`;
}
