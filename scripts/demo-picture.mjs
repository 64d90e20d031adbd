// Draws docs/demo.png from the layers that `cloudvolume demo DIR` made: image, both, labels.
// usage: node scripts/demo-picture.mjs DIR   (after `npm run build`)
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudVolume, encodeChunk } from "../dist/index.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/demo-picture.mjs DIR");
const image = await (await CloudVolume.open(join(folder, "image"))).download(":, :, 32");
const labels = await (await CloudVolume.open(join(folder, "segmentation"))).download(":, :, 32");
const [width, height] = image.shape;
const GAP = 8;
const shape = [3 * width + 2 * GAP, height, 1, 3];
const stride = [1, shape[0], shape[0] * height, shape[0] * height];
const data = new Uint8Array(shape[0] * height * 3).fill(255);

/** A colour that only depends on the label. */
function colour(label) {
  const hash = BigInt.asUintN(64, label * 0x9e3779b97f4a7c15n);
  return [56n, 48n, 40n].map((shift) => (label === 0n ? 20 : 70 + Number((hash >> shift) & 127n)));
}

for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    const grey = image.get(x, y, 0) & 0xf0; // 16 shades: the file stays small
    const label = labels.get(x, y, 0);
    colour(label).forEach((tint, channel) => {
      const at = x + y * stride[1] + channel * stride[3];
      data[at] = grey;
      data[at + width + GAP] = label === 0n ? grey : (grey >> 1) + (tint >> 1);
      data[at + 2 * (width + GAP)] = tint;
    });
  }
}
writeFileSync(
  "docs/demo.png",
  await encodeChunk("png", { data, shape, stride }, { params: { png_level: 9 } }),
);
