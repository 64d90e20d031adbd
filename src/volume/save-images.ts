/** A cut-out as picture files. */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import { ArgumentError } from "../base/errors.js";
import type { StridedArray } from "../base/strided.js";
import { jpeg } from "../codecs/jpeg/index.js";
import { png } from "../codecs/png/index.js";
import { standalone } from "../codecs/standalone.js";
import type { CutoutOrigin } from "./cutout-origin.js";
import type { LocalFiles } from "./local-files.js";
import { type SliceImageOptions, sliceImages } from "./slice-images.js";

export interface SaveImagesOptions extends SliceImageOptions, Abortable {
  /** Default: ./saved_images/<dataset>/<layer>/<mip>/<box>. Made if it is not there. */
  readonly directory?: string | undefined;
  /** Default png, which is lossless. */
  readonly format?: "png" | "jpeg" | undefined;
}

const CODECS = { png, jpeg };

/**
 * Writes `00000.png`, `00001.png`, … (`c-00000.png` for each of several channels). @returns the folder.
 * @throws ArgumentError for a format that cannot hold the voxels, StorageError.
 */
export async function saveImages(
  files: LocalFiles,
  array: StridedArray,
  origin: CutoutOrigin,
  options: SaveImagesOptions,
): Promise<string> {
  const { format = "png", signal } = options;
  if (!Object.hasOwn(CODECS, format))
    throw new ArgumentError("Not a format of pictures", { expected: "png or jpeg", got: String(format) });
  const { datasetName, layer, mip, bounds } = origin;
  const folder = files.resolve(
    ...(options.directory === undefined
      ? ["saved_images", datasetName, layer, String(mip), bounds.toFilename()]
      : [options.directory]),
  );
  const codec = standalone(CODECS[format]);
  await files.makeFolder(folder);
  for (const { slice, channel, pixels } of sliceImages(array, options)) {
    throwIfAborted(signal);
    const bytes = await codec.encode(format === "jpeg" ? forJpeg(pixels) : pixels, { signal });
    const number = String(slice).padStart(5, "0");
    const name = channel === undefined ? `${number}.${format}` : `${channel}-${number}.${format}`;
    await files.replace(files.resolve(folder, name), (file) => file.write(bytes, 0));
  }
  return folder;
}

/** jpeg has 8 bits and no opacity. */
function forJpeg(pixels: StridedArray<Uint8Array | Uint16Array>): StridedArray {
  if (pixels.data instanceof Uint16Array)
    throw new ArgumentError("jpeg holds 8 bits", { where: "format", got: "uint16", fix: "Save as png." });
  const [width = 0, height = 0, , depth] = pixels.shape;
  const kept = depth === 4 ? 3 : 1;
  return { ...pixels, data: pixels.data.subarray(0, width * height * kept), shape: [width, height, 1, kept] };
}
