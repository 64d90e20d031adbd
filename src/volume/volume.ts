/** A volume: everything that can be done with one, put together from themes. */
import { VolumeCaches } from "./volume-caches.js";

export class Volume extends VolumeCaches {}
