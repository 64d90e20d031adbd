/** A volume: everything that can be done with one, put together from themes. */
import { VolumeGraph } from "./volume-graph.js";

export class Volume extends VolumeGraph {}
