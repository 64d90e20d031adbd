/** Random sequences of steps against a plain array. */
import fc from "fast-check";
import { sequences } from "./commands.js";
import { type Setup, setups, World } from "./world.js";

export interface ModelOptions {
  readonly runs: number;
  readonly steps: number;
  /** Where layers on disk are made. */
  readonly folder: string;
  readonly seed?: number | undefined;
}

/** @throws with the shortest sequence found that fails. */
export async function runModel({ runs, steps, folder, seed }: ModelOptions): Promise<void> {
  const property = fc.asyncProperty(
    setups(),
    sequences(steps),
    async (setup: Setup, all: Iterable<fc.AsyncCommand<object, World>>) => {
      const world = await World.create(setup, folder);
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), all);
      } finally {
        world.destroy();
      }
    },
  );
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }), endOnFailure: false });
}
