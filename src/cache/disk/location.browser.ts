/** Where the cache of a layer lies in a browser: in a cache of its origin, named like Node's folders. */
import type { CloudPath } from "../../stores/url.js";

/** `true`: the usual place; text: below this name. */
export type CacheSetting = boolean | string;

const USUAL = "cloudvolume";

/** `BASE/PROTOCOL/BUCKET/…/LAYER`, the name of a cache of the Cache API. */
export function cacheFolder(setting: CacheSetting, { protocol, basepath, layer }: CloudPath): string {
  const base = typeof setting === "string" && setting !== "" ? setting : USUAL;
  return [base, protocol, ...`${basepath}/${layer}`.split("/").filter((name) => name !== "")].join("/");
}
