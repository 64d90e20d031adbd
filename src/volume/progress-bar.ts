/** A bar on standard error, for `progress: true`. */
import { Presets, SingleBar } from "cli-progress";
import type { ProgressListener } from "./progress.js";

export function progressBar(title: string): {
  readonly listener: ProgressListener;
  readonly stop: () => void;
} {
  const format = `{bar} {percentage}% | {value}/{total} chunks | {eta_formatted} | ${title}`;
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, noTTYOutput: true, notTTYSchedule: 10_000 },
    Presets.shades_classic,
  );
  let started = false;
  return {
    listener: ({ done, total }) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
