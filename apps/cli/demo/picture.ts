/** A slice of the demo's image with its labels over it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudVolume, encodeChunk, type Picture, picture } from "../../../src/node.js";

/** Writes `picture.png` into the demo's folder. */
export async function drawDemo(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly file: string; readonly shown: Picture }> {
  const [image, labels] = await Promise.all(
    ["image", "segmentation"].map(async (layer) => {
      const vol = await CloudVolume.open(join(folder, layer), { signal });
      return await vol.download(":, :, 32", { signal, progress: false });
    }),
  );
  const shown = picture(image!, { over: { labels: labels!, opacity: 0.45 } });
  const file = join(folder, "picture.png");
  await writeFile(file, await encodeChunk("png", shown, { signal }));
  return { file, shown };
}
