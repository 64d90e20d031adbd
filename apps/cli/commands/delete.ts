import type { Command } from "commander";
import { Bbox } from "../../../src/node.js";
import { type Box, parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "delete", {
    description: "Deletes the chunks of a box, which must lie on the chunk grid or end at the volume's edge.",
    examples: ["delete file:///data/em/image --bbox 0,0,0,64,64,64"],
  })
    .argument("<path>", "the layer")
    .requiredOption("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox);
  addVolumeOptions(command, ["mip", "progress"]);
  return command.action(async (path: string, options: VolumeOptions & { bbox: Box }) => {
    const vol = await openVolume(path, options, context);
    await withProgress(options.progress, (listener) =>
      vol.delete(Bbox.fromList(options.bbox), { progress: listener ?? false, signal: context.signal }),
    );
  });
}
