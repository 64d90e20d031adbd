/**
 * Objects on a web server, read only: raw bodies with their Content-Encoding as compression, exact ranges,
 * retries, bounded time and concurrency. Browsers and Node alike; the platform's transport is loaded at the
 * first request.
 */
import { withCoalescing } from "../coalesce.js";
import { withHedging } from "../hedge.js";
import type { Store } from "../store.js";
import { type HttpStoreOptions, plainHttpStore } from "./plain.js";

export type { HttpStoreOptions } from "./plain.js";

/** The store below an http or https URL. @throws ArgumentError for another URL. */
export function httpStore(baseUrl: string, options: HttpStoreOptions = {}): Store {
  const store = plainHttpStore(baseUrl, options);
  return withCoalescing(options.hedge === undefined ? store : withHedging(store, options.hedge));
}
