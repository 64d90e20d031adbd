/** Told after each step of a long operation. */
export interface Progress {
  /** Chunks finished and in all. */
  readonly done: number;
  readonly total: number;
}

export type ProgressListener = (progress: Progress) => void;

/** Adds parts up: each call gives the listener of the next part of a work of `total` chunks. */
export function inParts(
  listener: ProgressListener | undefined,
  total: number,
): () => ProgressListener | false {
  let before = 0;
  return () => {
    const base = before;
    if (listener === undefined) return false;
    return (part) => {
      before = base + part.total;
      listener({ done: base + part.done, total });
    };
  };
}
