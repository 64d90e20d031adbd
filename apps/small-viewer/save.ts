/** The painted array as a .npy file. */
import { formatNpyHeader } from "../../src/base/npy.js";
import type { Scene } from "../../src/volume/viewer/layers.js";
import type { Edits } from "./edits.js";
import type { Slabs } from "./slabs.js";

/** Goes piece by piece, each of which the browser may put on its disk: a large array is never held whole. */
export async function npyFile(scene: Scene, slabs: Slabs, layer: number, edits: Edits): Promise<Blob> {
  const { dtype, shape, slab } = scene.layers[layer]!;
  const [width, height, depth, channels] = shape;
  const parts: BlobPart[] = [formatNpyHeader(dtype, shape) as Uint8Array<ArrayBuffer>];
  for (let channel = 0; channel < channels; channel++)
    for (let slice = 0; slice < depth; slice += slab.z) {
      const values = await slabs.fetch({ layer, channel, axis: "z", slice });
      const area = width * height;
      for (let k = 0; k < values.length / area; k++)
        edits.apply(values.subarray(k * area, (k + 1) * area), "z", slice + k);
      parts.push(new Blob([values as Uint8Array<ArrayBuffer>]));
    }
  return new Blob(parts, { type: "application/octet-stream" });
}

export function offer(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
