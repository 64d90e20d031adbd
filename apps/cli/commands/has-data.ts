import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "has-data", {
    description:
      "Prints true if any chunk of the level is stored, else false; the exit status is 0 either way.",
    examples: ["has-data file:///data/em/image --mip 2"],
  }).argument("<path>", "the layer");
  addVolumeOptions(command, ["mip"]);
  return command.action(async (path: string, options: VolumeOptions) => {
    const vol = await openVolume(path, options, context);
    context.print(String(await vol.hasData({ signal: context.signal })));
  });
}
