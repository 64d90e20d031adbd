/** A volume: everything that can be done with one, put together from themes. */
import { VolumeMeshes } from "./volume-meshes.js";

export class Volume extends VolumeMeshes {}
