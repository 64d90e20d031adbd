import type { Command } from "commander";
import { Bbox } from "../../../src/node.js";
import { type Box, parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { addGraphOptions, type GraphCliOptions, graphOptions } from "../graph-options.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface UniqueOptions extends VolumeOptions, GraphCliOptions {
  readonly bbox?: Box;
  readonly unbounded?: boolean;
  readonly autocrop?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "unique", {
    description: "Lists the labels of a box (default: all of the level) in ascending order, one a line.",
    examples: [
      "unique file:///data/seg --bbox 0,0,0,512,512,64",
      "unique https://example.org/seg --mip 3 --json",
    ],
  })
    .argument("<path>", "the layer")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox)
    .option("--unbounded", "take what lies outside of the volume as background")
    .option("--autocrop", "cut the box to the volume")
    .option("--json", "print an array of decimal strings");
  addGraphOptions(command);
  addVolumeOptions(command, ["mip", "fillMissing", "background", "cache", "progress"]);
  return command.action(async (path: string, options: UniqueOptions) => {
    const { bbox, unbounded = false, autocrop = false, progress } = options;
    const vol = await openVolume(path, options, context, { bounded: !unbounded, autocrop });
    const { signal } = context;
    const found = await withProgress(progress, (listener) =>
      vol.unique(bbox === undefined ? "..." : Bbox.fromList(bbox), {
        ...graphOptions(options),
        progress: listener ?? false,
        signal,
      }),
    );
    const labels = Array.from(found as Iterable<number | bigint>, String);
    if (options.json) context.print(json(labels));
    else if (labels.length > 0) context.print(labels.join("\n"));
  });
}
