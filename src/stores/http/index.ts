import type { Store } from "../store.js";
export function httpStore(_p: string): Store {
  throw new Error("stub");
}
