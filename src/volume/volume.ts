/** A volume: everything that can be done with one, put together from themes. */
import { VolumeSkeletons } from "./volume-skeletons.js";

export class Volume extends VolumeSkeletons {}
