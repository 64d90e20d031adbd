/** Told after each step of a long operation. */
export interface Progress {
  /** Chunks finished and in all. */
  readonly done: number;
  readonly total: number;
}

export type ProgressListener = (progress: Progress) => void;
