import type { Command } from "commander";
import { Bbox } from "../../../src/node.js";
import { type Box, parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { downloadNpy } from "../npy-download.js";
import { writeOutput } from "../output-file.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface DownloadOptions extends VolumeOptions {
  readonly bbox?: Box;
  readonly unbounded?: boolean;
  readonly autocrop?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "download", {
    description:
      "Writes a box of voxels (default: all of the level) as a .npy file: x, y, z, channel, Fortran order.",
    examples: [
      "download file:///data/em/image cutout.npy --bbox 0,0,0,128,128,64",
      "download https://example.org/em/image - --mip 1 --bbox=-8,0,0,8,8,8 > cutout.npy",
    ],
  })
    .argument("<path>", "the layer")
    .argument("<out>", "the .npy file; - is standard output")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox)
    .option("--unbounded", "read what lies outside of the volume as background")
    .option("--autocrop", "cut the box to the volume");
  addVolumeOptions(command, ["mip", "fillMissing", "background", "parallel", "progress"]);
  return command.action(async (path: string, out: string, options: DownloadOptions) => {
    const { bbox, unbounded = false, autocrop = false, progress } = options;
    const vol = await openVolume(path, options, context, { bounded: !unbounded, autocrop });
    const box = bbox === undefined ? undefined : Bbox.fromList(bbox);
    const { signal } = context;
    let shape: readonly number[] = [];
    await writeOutput(out, signal, async (sink) => {
      shape = await withProgress(progress, (listener) =>
        downloadNpy(vol, box, sink, { signal, progress: listener }),
      );
    });
    context.note(`${out === "-" ? "standard output" : out}: ${shape.join(" x ")} ${vol.dataType}`);
  });
}
