/** A volume: everything that can be done with one, put together from themes. */
import { VolumeChecks } from "./volume-checks.js";

export class Volume extends VolumeChecks {}
