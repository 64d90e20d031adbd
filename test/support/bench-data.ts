/** The real segmentation with some 2500 meshes that the benchmarks use: `CLOUDVOLUME_BENCH_DATA`, else beside the golden data. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { goldenRoot } from "./golden.js";
import { leaveOut } from "./left-out.js";

/** A folder of it; undefined, and a note, without the data. */
export function benchData(name: string, what: string): string | undefined {
  const root = process.env.CLOUDVOLUME_BENCH_DATA ?? join(goldenRoot ?? "../shared/data", "../bench/data");
  const folder = resolve(root, name);
  if (existsSync(folder)) return folder;
  leaveOut(what, "no benchmark data (set CLOUDVOLUME_BENCH_DATA)");
  return undefined;
}
