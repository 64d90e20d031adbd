/**
 * How much may be tried again at each server, so that one in trouble is not buried: further tries are at most a fifth of
 * the requests, beyond a reserve for the first ones. A part of it (`reserve`, `share`, `perSecond`) is there for any
 * further try; the other part is set free by further tries that worked, so that a server that fails for all is asked
 * now and then until it is back, and all that waited get their turn soon after.
 */

export interface BudgetOptions {
  /** Tries at the start. Default 10. */
  readonly reserve?: number | undefined;
  /** Tries that a new request adds. Default 0.08. */
  readonly share?: number | undefined;
  /** Tries that a second adds. Default 0.1. */
  readonly perSecond?: number | undefined;
  /** Tries that successes set free: at the start, and what a new request adds. Default 90 and 0.1. */
  readonly bonus?: number | undefined;
  readonly bonusShare?: number | undefined;
}

export class RetryBudget {
  readonly #given: Required<{ [K in keyof BudgetOptions]: number }>;
  #tokens: number;
  #bonus: number;
  #at: number | undefined;

  constructor({
    reserve = 10,
    share = 0.08,
    perSecond = 0.1,
    bonus = 90,
    bonusShare = 0.1,
  }: BudgetOptions = {}) {
    this.#given = { reserve, share, perSecond, bonus, bonusShare };
    this.#tokens = reserve;
    this.#bonus = bonus;
  }

  /** A new request. */
  deposit(): void {
    const { reserve, share, bonus, bonusShare } = this.#given;
    this.#tokens = Math.min(Math.max(reserve, this.#tokens), this.#tokens + share);
    this.#bonus = Math.min(bonus, this.#bonus + bonusShare);
  }

  /** Takes a token for a further try. @param now milliseconds. @returns whether there was one. */
  take(now: number): boolean {
    const { perSecond } = this.#given;
    const seconds = (now - (this.#at ?? now)) / 1000;
    this.#at = now;
    // With time, one try comes back; more are earned by requests.
    if (this.#tokens < 1) this.#tokens = Math.min(1, this.#tokens + seconds * perSecond);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** A further try has worked. */
  reward(): void {
    if (this.#bonus < 1) return;
    this.#bonus--;
    this.#tokens++;
  }
}

const budgets = new Map<string, RetryBudget>();

/** The budget of a server, which all stores of this process share. @param server e.g. `https://host:port`. */
export function budgetOf(server: string): RetryBudget {
  const budget = budgets.get(server) ?? new RetryBudget();
  budgets.set(server, budget);
  return budget;
}

/** The same; what is sent by a transport of its own has a budget of its own. */
export function serverBudget(server: string, transport: object | undefined): RetryBudget {
  return transport === undefined ? budgetOf(server) : new RetryBudget();
}
