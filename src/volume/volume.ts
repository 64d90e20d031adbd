/** A volume: everything that can be done with one, put together from themes. */
import { VolumeTransfers } from "./volume-transfers.js";

export class Volume extends VolumeTransfers {}
