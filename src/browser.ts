/**
 * CloudVolume for browsers: what the entry of Node has, but for what needs files, programs or a server. A bundler takes this one
 * by the condition `browser`; without one, it is `dist/browser/index.js`.
 *
 * ```ts
 * import { CloudVolume } from "cloudvolume";
 * const vol = await CloudVolume.open("https://example.org/layer", { fillMissing: true });
 * const { data, shape, stride } = await vol.download("0:64, 0:64, 0:64");
 * ```
 */

export type { CacheSetting } from "./cache/disk/location.browser.js";
export * from "./everywhere.js";
