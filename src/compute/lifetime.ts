/** How long a result's memory belongs to it. */
export interface Lifetime {
  /** Gives the memory back now; the result must not be used any more. */
  release(): void;
  /** Takes the memory out of recycling: it lives as long as a thread has it. */
  keep(): void;
}

/** The lifetime of ordinary arrays: the garbage collector's. */
export const ORDINARY: Lifetime = { release: () => {}, keep: () => {} };
