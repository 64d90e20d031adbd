/** A volume: everything that can be done with one, put together from themes. */
import { VolumeShards } from "./volume-shards.js";

export class Volume extends VolumeShards {}
