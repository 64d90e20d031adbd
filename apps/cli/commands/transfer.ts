import { type Command, Option } from "commander";
import { Bbox, type CompressSetting, type TransferOptions } from "../../../src/node.js";
import { type Box, parseBox, parseSize, parseWhole, type Triple } from "../argument-values.js";
import { type ArrayChoices, addArrayOptions, arrayOf } from "../array-options.js";
import type { CommandContext } from "../context.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

export interface TransferChoices extends VolumeOptions, ArrayChoices {
  readonly bbox?: Box;
  readonly encoding?: string;
  readonly encodingLevel?: number;
  readonly compress?: CompressSetting | "auto";
  readonly compressLevel?: number;
  readonly chunk?: Triple;
  readonly sharded?: boolean;
  readonly unsharded?: boolean;
  readonly resume: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "transfer", {
    description:
      "Copies a level into another layer, which is made if there is none: files as they are where that can be, else from their voxels. What was interrupted goes on where it was.",
    examples: [
      "transfer file:///data/em/image file:///copy/image",
      "transfer data/image zarr3://copy/image.zarr --compressor zstd --shard 512,512,512",
      "transfer data/seg copy/seg --encoding compressed_segmentation --sharded --bbox 0,0,0,1024,1024,128",
    ],
  });
  addTransferOptions(command);
  addVolumeOptions(command, ["mip", "fillMissing", "background", "parallel", "progress"]);
  return command.action(async (source: string, destination: string, options: TransferChoices) => {
    const vol = await openVolume(source, options, context);
    const wishes = { ...transferWishes(options), signal: context.signal };
    const copy = await withProgress(options.progress, (listener) =>
      vol.transferTo(destination, { ...wishes, progress: listener ?? false }),
    );
    context.note(`${copy.cloudpath}: ${copy.key}, ${copy.encoding}${copy.isSharded() ? ", sharded" : ""}`);
  });
}

/** The arguments and options that say what is transferred where. */
export function addTransferOptions(command: Command): Command {
  command
    .argument("<source>", "the layer to copy")
    .argument("<destination>", "the layer to write")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1; what cuts chunks is extended to whole ones", parseBox)
    .option("--encoding <name>", "encode chunks anew")
    .option("--encoding-level <level>", "quality or level of that encoding", parseWhole(0, 100))
    .addOption(
      new Option("--compress <name>", "compression of the copies (default: as they are)").choices([
        "auto",
        "gzip",
        "br",
        "zstd",
        "none",
      ]),
    )
    .option("--compress-level <level>", "level of that compression", parseWhole(0, 22))
    .option("--chunk <size>", "x,y,z voxels of a chunk of the copy", parseSize)
    .addOption(new Option("--sharded", "into shard files").conflicts("unsharded"))
    .option("--unsharded", "a file for each chunk")
    .option("--no-resume", "begin anew, even if the same transfer was interrupted");
  return addArrayOptions(command);
}

export function transferWishes(options: TransferChoices): TransferOptions {
  const { bbox, encoding, encodingLevel, compress, compressLevel, chunk, resume } = options;
  return {
    bbox: bbox && Bbox.fromList(bbox),
    encoding,
    encodingLevel,
    compress,
    compressLevel,
    chunkSize: chunk,
    array: arrayOf(options),
    sharded: options.sharded === true ? true : options.unsharded === true ? false : undefined,
    resume,
  };
}
