import type { Command } from "commander";
import { Bbox } from "../../../src/node.js";
import { type Box, parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { MISSING } from "../failure.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface ExistsOptions extends VolumeOptions {
  readonly bbox: Box;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "exists", {
    description: "Tells which chunks that a box touches are stored. Exit status 3 if any is missing.",
    examples: [
      "exists file:///data/em/image --bbox 0,0,0,128,128,64",
      "exists gs-copy --bbox=-8,0,0,8,8,8 --json",
    ],
  })
    .argument("<path>", "the layer")
    .requiredOption("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox)
    .option("--json", 'print {"<chunk>": true or false}');
  addVolumeOptions(command, ["mip", "progress"]);
  return command.action(async (path: string, options: ExistsOptions) => {
    const vol = await openVolume(path, options, context);
    const found = await withProgress(options.progress, (listener) =>
      vol.exists(Bbox.fromList(options.bbox), { progress: listener ?? false, signal: context.signal }),
    );
    if (options.json) context.print(json(Object.fromEntries(found)));
    else
      context.print(
        [...found].map(([chunk, stored]) => `${stored ? "stored " : "missing"}  ${chunk}`).join("\n"),
      );
    if ([...found.values()].includes(false)) context.endWith(MISSING);
  });
}
