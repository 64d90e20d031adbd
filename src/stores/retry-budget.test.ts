import { describe, expect, it } from "vitest";
import { StorageError } from "../base/errors.js";
import { DEFAULT_RETRY, retry, type Surroundings, transient } from "./retry.js";
import { budgetOf, RetryBudget } from "./retry-budget.js";

/** Virtual time: work waits in a heap until the clock comes to it. */
class Clock {
  time = 0;
  readonly #due: { at: number; n: number; go: () => void }[] = [];
  #n = 0;

  sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => this.at(this.time + milliseconds, resolve));

  at(at: number, go: () => void): void {
    const due = this.#due;
    due.push({ at, n: this.#n++, go });
    for (let i = due.length - 1; i > 0; ) {
      const up = (i - 1) >> 1;
      if (!this.#before(i, up)) break;
      this.#swap(i, up);
      i = up;
    }
  }

  /** Runs everything to its end. */
  async run(): Promise<void> {
    const due = this.#due;
    for (;;) {
      if (due.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const first = due[0];
      if (first === undefined) return;
      this.#swap(0, due.length - 1);
      due.pop();
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < due.length && this.#before(left, least)) least = left;
        if (right < due.length && this.#before(right, least)) least = right;
        if (least === i) break;
        this.#swap(i, least);
        i = least;
      }
      this.time = first.at;
      first.go();
      // What it set going must come to its next wait.
      for (let i = 0; i < 8; i++) await Promise.resolve();
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#due[a]!, this.#due[b]!];
    return x.at < y.at || (x.at === y.at && x.n < y.n);
  }
  #swap(a: number, b: number): void {
    [this.#due[a], this.#due[b]] = [this.#due[b]!, this.#due[a]!];
  }
}

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Outcome {
  readonly asked: number;
  readonly sent: number;
  readonly failed: number;
  /** Requests that the server saw in each second of its failure. */
  readonly during: readonly number[];
  /** When the last request was over, in seconds. */
  readonly end: number;
}

/** Clients, each with a budget of its own, ask a server that fails between two times, in seconds. */
async function storm(
  clients: number,
  perSecond: number,
  [from, to]: readonly [number, number],
  length: number,
): Promise<Outcome> {
  const clock = new Clock();
  const random = chance(11);
  const surroundings: Surroundings = { now: () => clock.time, random, sleep: clock.sleep };
  const during = new Array<number>(to - from).fill(0);
  let [asked, sent, failed, end] = [0, 0, 0, 0];
  const attempt = async (): Promise<void> => {
    sent++;
    const at = clock.time / 1000;
    if (at < from || at >= to) return;
    during[Math.floor(at - from)]!++;
    throw transient(new StorageError("busy"));
  };
  for (let c = 0; c < clients; c++) {
    const budget = new RetryBudget();
    for (let i = 0; i < perSecond * length; i++) {
      clock.at((i + random()) * (1000 / perSecond), () => {
        asked++;
        const done = (): void => {
          end = clock.time / 1000;
        };
        retry(attempt, { surroundings, budget }).then(done, () => {
          failed++;
          done();
        });
      });
    }
  }
  await clock.run();
  return { asked, sent, failed, during, end };
}

describe("a budget", () => {
  it("is a reserve, a part of new requests, and a little with time", () => {
    const budget = new RetryBudget({ reserve: 3, share: 0.125 });
    const many = (n: number, now: number): number =>
      Array.from({ length: n }, () => budget.take(now)).filter(Boolean).length;
    expect(many(9, 0)).toBe(3);
    for (let i = 0; i < 7; i++) budget.deposit();
    expect(many(9, 0)).toBe(0);
    budget.deposit();
    expect(many(9, 0)).toBe(1);
    expect([budget.take(9_900), budget.take(10_100)]).toEqual([false, true]);
    expect(many(9, 10 ** 9)).toBe(1);
    for (let i = 0; i < 1000; i++) budget.deposit();
    expect(many(9, 10 ** 9)).toBe(3);
  });

  it("is set free by what worked, as far as it goes", () => {
    const budget = new RetryBudget({ reserve: 1, share: 0, bonus: 2, bonusShare: 0 });
    const worked = [1, 2, 3, 4].map(() => {
      const had = budget.take(0);
      budget.reward();
      return had;
    });
    expect(worked).toEqual([true, true, true, false]);
  });

  it("is one for each server", () => {
    expect(budgetOf("https://a")).toBe(budgetOf("https://a"));
    expect(budgetOf("https://a")).not.toBe(budgetOf("https://b"));
  });

  it("lets what has no token wait for one, and fail at the deadline", async () => {
    const clock = new Clock();
    const surroundings: Surroundings = { now: () => clock.time, random: () => 0.5, sleep: clock.sleep };
    const failing = (times: number): (() => Promise<number>) => {
      let n = 0;
      return async () => {
        if (n++ < times) throw transient(new StorageError("busy"));
        return clock.time;
      };
    };
    const slow = retry(failing(1), { surroundings, budget: new RetryBudget({ reserve: 0 }) });
    const never = retry(failing(1), { surroundings, budget: new RetryBudget({ reserve: 0, perSecond: 0 }) });
    const ended = never.catch((error: unknown) => [error, clock.time]);
    await clock.run();
    expect((await slow) / 1000).toBeCloseTo(11.5, -1);
    const [error, at] = (await ended) as [StorageError, number];
    expect(error.message).toMatch(/busy/);
    expect(at).toBeGreaterThan(DEFAULT_RETRY.deadline - 5000);
    expect(at).toBeLessThan(DEFAULT_RETRY.deadline);
  });
});

describe("a server that fails for a minute", () => {
  /** More of them change nothing, as each has a budget of its own. */
  const clients = Number(process.env.CLOUDVOLUME_CLIENTS ?? 2);

  it.each([
    [5, 3],
    [20, 2],
  ])(
    "sees few requests more than without tries, and no peak, of clients with %i a second",
    async (rate, peak) => {
      const { asked, during } = await storm(clients, rate, [5, 65], 70);
      const seen = during.reduce((a, b) => a + b);
      expect(asked).toBe(clients * rate * 70);
      expect(seen / (clients * rate * 60)).toBeLessThanOrEqual(1.2);
      expect(Math.max(...during) / (seen / during.length)).toBeLessThanOrEqual(peak);
    },
  );

  it("for five seconds costs no request at all", async () => {
    const { failed, asked, sent, end } = await storm(4, 5, [10, 15], 60);
    expect(failed).toBe(0);
    expect(sent / asked).toBeLessThanOrEqual(1.2);
    expect(end).toBeLessThan(90);
  });
});
