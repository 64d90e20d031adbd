/**
 * CloudVolume for Node: random-access reading and writing of Neuroglancer volumes.
 *
 * ```ts
 * import { CloudVolume } from "cloudvolume";
 * const vol = await CloudVolume.open("https://example.org/layer", { fillMissing: true });
 * const { data, shape, stride } = await vol.download("0:64, 0:64, 0:64");
 * ```
 */

export type { CacheSetting } from "./cache/disk/location.node.js";
export * from "./everywhere.js";
export type { Viewer, ViewerOptions } from "./geometry/viewer/view.node.js";
export { type NeuroglancerView, type OpenNeuroglancerOptions, openNeuroglancer } from "./neuroglancer.js";
export { type Servable, type Servables, type ServeOptions, serve } from "./serve.js";
export type { ServeVolumeOptions, Serving } from "./serve-offered.node.js";
export type { ListenOptions } from "./server/listen.node.js";
export { hyperview, type ViewOptions, view } from "./volume/viewer/view.node.js";
