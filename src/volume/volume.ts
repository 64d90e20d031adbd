/** A volume: everything that can be done with one, put together from themes. */
import { VolumeIo } from "./volume-io.js";

export class Volume extends VolumeIo {}
