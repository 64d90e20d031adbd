/** In the place of a bar: a line in the console at the beginning, each ten seconds, and the end. */
import type { ProgressListener } from "./progress.js";

const EVERY = 10_000;

export function progressBar(title: string): {
  readonly listener: ProgressListener;
  readonly stop: () => void;
} {
  let next = 0;
  return {
    listener: ({ done, total }) => {
      if (performance.now() < next && done < total) return;
      next = performance.now() + EVERY;
      console.info(`${Math.floor((100 * done) / Math.max(1, total))}% | ${done}/${total} chunks | ${title}`);
    },
    stop: () => {},
  };
}
