import { type Command, InvalidArgumentError, Option } from "commander";
import type { Axis, Bbox, CloudVolume, Contrast, Picture, StridedArray } from "../../../src/node.js";
import { parseNumber, parsePoint, parseWhole, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { writeOutput } from "../output-file.js";
import { pictureBox, sheetBoxes } from "../picture-box.js";
import { subcommand } from "../subcommand.js";
import { terminalOf } from "../terminal.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface Options extends VolumeOptions {
  readonly at?: Triple;
  readonly size?: number;
  readonly axis: Axis;
  readonly out?: string;
  readonly sheet?: readonly [columns: number, rows: number];
  readonly over?: string;
  readonly opacity: number;
  readonly range?: Contrast;
  readonly channel?: number;
}

const SIZE = 512;
const TILE = 192;

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "png", {
    description:
      "Draws a slice as a picture: images in gray (three channels in colour), labels in Neuroglancer's colours. " +
      "Without -o it is drawn in the terminal.",
    examples: [
      "png file:///data/em/image --at 512,512,40 -o slice.png",
      "png data/em/image --over data/em/seg --axis x --size 800 -o both.png",
      "png gs://bucket/seg --mip 3 --sheet 6x4 -o sheet.png",
    ],
  })
    .argument("<path>", "the layer")
    .option(
      "--at <x,y,z>",
      "the voxel in the middle, of the level (default: the volume's middle)",
      parsePoint,
    )
    .option(
      "--size <n>",
      `width and height in voxels, the shorter side counting (default: ${SIZE}, in a sheet ${TILE})`,
      parseWhole(1, 16_384),
    )
    .addOption(new Option("--axis <axis>", "the axis that is cut").choices(["x", "y", "z"]).default("z"))
    .option("-o, --out <file>", "the picture: .png or .jpg; - is standard output")
    .option(
      "--sheet <columns x rows>",
      "a contact sheet: slices through the whole volume, e.g. 4x3",
      parseSheet,
    )
    .option("--over <path>", "labels to lay over the image")
    .addOption(new Option("--opacity <part>", "of these labels, 0 to 1").argParser(parseNumber).default(0.45))
    .option("--range <black,white>", "values that are black and white (default: by the slice)", parseRange)
    .option("--channel <n>", "one channel of an image", parseWhole(0));
  addVolumeOptions(command, ["mip", "fillMissing", "background", "cache"]);
  return command.action(async (path: string, options: Options) => {
    const { out, over } = options;
    const { encodeChunk, terminalPicture } = await import("../../../src/node.js");
    const vol = await openVolume(path, options, context);
    const labels = over === undefined ? undefined : await openVolume(over, options, context);
    const { signal } = context;
    const made = await draw(vol, labels, options, signal);
    if (out === undefined)
      return context.print(terminalPicture(made, terminalOf(process.stdout, process.env)));
    const isJpeg = /\.jpe?g$/i.test(out);
    const bytes = await encodeChunk(isJpeg ? "jpeg" : "png", made, { signal });
    await writeOutput(out, signal, (sink) => sink.write(bytes, 0));
    context.note(`${out === "-" ? "standard output" : out}: ${made.shape[0]} x ${made.shape[1]}`);
  });
}

async function draw(
  vol: CloudVolume,
  labels: CloudVolume | undefined,
  options: Options,
  signal: AbortSignal,
): Promise<Picture> {
  const { contactSheet, imageContrast, picture } = await import("../../../src/node.js");
  const { at, axis, sheet, opacity, channel } = options;
  const wanted = { at, axis, size: options.size ?? (sheet === undefined ? SIZE : TILE) };
  const boxes =
    sheet === undefined ? [pictureBox(vol, wanted)] : sheetBoxes(vol, wanted, sheet[0] * sheet[1]);
  const isLabels = vol.layerType === "segmentation" && !vol.dataType.startsWith("float");
  const read = (from: CloudVolume, box: Bbox): Promise<StridedArray> =>
    from.download(box, { signal, progress: false });
  let contrast = options.range;
  const pictures: Picture[] = [];
  for (const box of boxes) {
    const image = await read(vol, box);
    const over = labels && { labels: await read(labels, box), opacity };
    // All of a sheet alike.
    if (sheet !== undefined && !isLabels && image.shape[3] !== 3) contrast ??= imageContrast(image);
    const { resolution } = vol;
    const kind = isLabels ? "segmentation" : "image";
    pictures.push(picture(image, { axis, kind, resolution, contrast, channel, over }));
  }
  return sheet === undefined ? pictures[0]! : contactSheet(pictures, sheet[0]);
}

function parseSheet(text: string): readonly [number, number] {
  const [, columns, rows] = /^(\d{1,3})x(\d{1,3})$/.exec(text) ?? [];
  const size = [Number(columns), Number(rows)] as const;
  if (size.every((n) => n >= 1 && n <= 100)) return size;
  throw new InvalidArgumentError("It is columns x rows, each from 1 to 100, e.g. 4x3.");
}

function parseRange(text: string): Contrast {
  const [black, white, ...more] = text
    .split(",")
    .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (more.length === 0 && Number.isFinite(black) && Number.isFinite(white) && black! <= white!)
    return { black: black!, white: white! };
  throw new InvalidArgumentError("It is two numbers, the smaller one first: black,white, e.g. 0,255.");
}
