import { type Command, Option } from "commander";
import type { CompressSetting } from "../../../src/node.js";
import { parsePoint, parseWhole, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readInput } from "../input-file.js";
import { uploadNpy } from "../npy-upload.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface UploadOptions extends VolumeOptions {
  readonly offset?: Triple;
  readonly compress?: CompressSetting;
  readonly compressLevel?: number;
  readonly nonAligned?: boolean;
  readonly deleteBlack?: boolean;
  readonly autocrop?: boolean;
}

export const COMPRESSIONS: readonly string[] = ["gzip", "br", "zstd", "xz", "bz2", "none"];

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "upload", {
    description: "Writes a .npy array (x, y, z or x, y, z, channel) into a layer that exists.",
    examples: [
      "upload image.npy file:///data/em/image",
      "upload part.npy file:///data/em/image --offset 64,64,0 --compress zstd --compress-level 9",
    ],
  })
    .argument("<in>", "the .npy file; - is standard input")
    .argument("<path>", "the layer")
    .option("--offset <point>", "x,y,z where the array begins (default: where the volume begins)", parsePoint)
    .addOption(
      new Option("--compress <name>", "gzip, br, zstd or none (default: as the encoding asks for)").choices(
        COMPRESSIONS,
      ),
    )
    .option("--compress-level <level>", "gzip 0-9, br 0-11, zstd 1-22", parseWhole(0, 22))
    .option(
      "--non-aligned",
      "allow boxes that cut chunks: those are read, changed and written (one writer only)",
    )
    .option("--delete-black", "delete chunks of nothing but background instead of writing them")
    .option("--autocrop", "leave out what lies outside of the volume");
  addVolumeOptions(command, ["mip", "fillMissing", "background", "parallel", "cache", "progress"]);
  return command.action(async (input: string, path: string, options: UploadOptions) => {
    const {
      offset,
      compress,
      compressLevel,
      nonAligned = false,
      deleteBlack = false,
      autocrop = false,
    } = options;
    const { signal } = context;
    await readInput(input, signal, async (source) => {
      const vol = await openVolume(path, options, context, {
        nonAlignedWrites: nonAligned,
        deleteBlackUploads: deleteBlack,
        autocrop,
      });
      const box = await withProgress(options.progress, (progress) =>
        uploadNpy(vol, source, { offset, compress, compressLevel, signal, progress }),
      );
      context.note(`${vol.cloudpath}: wrote ${box.toList().join(",")} of mip ${vol.mip}`);
    });
  });
}
