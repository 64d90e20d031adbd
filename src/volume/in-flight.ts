/** Pieces of work that go on while the next ones are prepared, at most so many at a time. */
export class InFlight {
  readonly #most: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Starts a piece and waits until there is room for another. @throws what a piece threw, once all have ended. */
  async start(work: () => Promise<void>): Promise<void> {
    const piece: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(piece));
    this.#running.add(piece);
    while (this.#running.size >= this.#most) await Promise.race(this.#running);
    if (this.#failure !== undefined) await this.all();
  }

  /** Waits until all have ended. @throws what the first that failed threw. */
  async all(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
