/** How servers are asked, whatever their protocol. */
import type { HedgeOptions } from "./hedge.js";
import type { RetryPolicy } from "./retry.js";

export interface NetworkOptions {
  /** Most requests in flight. Default 128. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Milliseconds for all tries of a request together. Default: no limit but the caller's signal. */
  readonly timeout?: number | undefined;
  /** Asks twice for what is slow. Default: never. */
  readonly hedge?: HedgeOptions | undefined;
}
