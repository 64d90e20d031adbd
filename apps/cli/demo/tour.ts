/** The tour of `cloudvolume demo`: makes a dataset, reads it back, writes it in other encodings. */
import { join } from "node:path";
import { type Compression, IntegrityError, type TypedArray } from "../../../src/node.js";
import { type LayerResult, writeLayer } from "./layer.js";
import { halveImage, halveLabels, type Level, pyramid } from "./pyramid.js";
import { makeTissue } from "./tissue.js";

const SHAPE = [256, 256, 64] as const;
const LEVELS = 4;

type Levels = readonly Level<TypedArray>[];
type Variant = readonly [encoding: string, compress: Compression];

const IMAGE_VARIANTS: readonly Variant[] = [
  ["raw", "none"],
  ["raw", "gzip"],
  ["raw", "br"],
  ["raw", "zstd"],
  ["png", "none"],
  ["jpeg", "none"],
];
const LABEL_VARIANTS: readonly Variant[] = [
  ["raw", "gzip"],
  ["raw", "zstd"],
  ["compressed_segmentation", "none"],
  ["compressed_segmentation", "gzip"],
  ["compressed_segmentation", "br"],
  ["compressed_segmentation", "zstd"],
];

export interface TourListener {
  readonly onTissue: (shape: readonly number[], cells: number, seconds: number) => void;
  /** A layer with all of its levels. */
  readonly onLayer: (result: LayerResult) => void;
  /** The finest level in another encoding. */
  readonly onVariant: (result: LayerResult) => void;
}

export async function tour(folder: string, listener: TourListener, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const tissue = makeTissue(SHAPE);
  const image = pyramid(tissue.image, SHAPE, LEVELS, halveImage);
  const labels = pyramid(tissue.labels, SHAPE, LEVELS, halveLabels);
  listener.onTissue(SHAPE, tissue.cells, (performance.now() - start) / 1000);
  const write = async (name: string, [encoding, compress]: Variant, levels: Levels): Promise<LayerResult> => {
    signal.throwIfAborted();
    const result = await writeLayer({ folder: join(folder, name), encoding, compress, levels, signal });
    if (result.error === 0 || encoding === "jpeg") return result;
    throw new IntegrityError("What was read back is not what was written", { where: result.folder });
  };
  listener.onLayer(await write("image", ["raw", "gzip"], image));
  listener.onLayer(await write("segmentation", ["compressed_segmentation", "gzip"], labels));
  for (const [kind, levels, variants] of [
    ["image", image, IMAGE_VARIANTS],
    ["segmentation", labels, LABEL_VARIANTS],
  ] as const) {
    for (const variant of variants) {
      const name = join("encodings", `${kind}-${variant.join("-")}`);
      listener.onVariant(await write(name, variant, levels.slice(0, 1)));
    }
  }
}
