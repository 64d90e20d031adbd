/** A volume: everything that can be done with one, put together from themes. */
import { VolumeQueries } from "./volume-queries.js";

export class Volume extends VolumeQueries {}
