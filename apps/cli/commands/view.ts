import { type Command, Option } from "commander";
import type { NeuroglancerOptions } from "../../../src/node.js";
import { parseLabel, parseNumber, parsePoint } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { addServerOptions, announce, type ServerOptions, serveOptions, untilEnd } from "../serve-options.js";
import { subcommand } from "../subcommand.js";

interface Options extends ServerOptions {
  readonly at?: readonly number[];
  readonly zoom?: number;
  readonly segment?: readonly bigint[];
  readonly layout?: NonNullable<NeuroglancerOptions["layout"]>;
  readonly browser: boolean;
  readonly link?: boolean;
}

const LAYOUTS = ["4panel", "4panel-alt", "xy", "xz", "yz", "xy-3d", "xz-3d", "yz-3d", "3d"];

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "view", {
    description:
      "Opens Neuroglancer on layers: served from this machine, offline, until Ctrl-C. Prints its address. Starts " +
      "where data are, with each image's range of values, and the largest segments with their meshes and skeletons.",
    examples: [
      "view data/em/image data/em/segmentation",
      "view gs://bucket/seg --at 5000,6000,100 --zoom 8 --segment 648518346341366885",
      "view data/em/image --no-browser --link",
    ],
  })
    .argument("<path...>", "the layers: volumes, or folders of meshes, skeletons or annotations")
    .option("--at <x,y,z>", "what is in the middle, in voxels of the first layer", parsePoint)
    .option("--zoom <nm>", "nanometres that a pixel shows", parseNumber)
    .option(
      "--segment <label>",
      "show this segment's mesh and skeleton (can be repeated)",
      (text: string, before: readonly bigint[] = []) => [...before, parseLabel(text)],
    )
    .addOption(new Option("--layout <name>", "the panels").choices(LAYOUTS))
    .option("--no-browser", "do not open the browser")
    .option("--link", "print the link with the whole state in it");
  return addServerOptions(command).action(async (paths: string[], options: Options) => {
    const { openNeuroglancer } = await import("../../../src/node.js");
    const { at, zoom, segment, layout, browser } = options;
    const view = await openNeuroglancer(paths, {
      ...(await serveOptions(options, context)),
      ...{ position: at, zoom, segments: segment, layout, browser },
    });
    announce(view, options, context);
    context.print(options.link === true ? view.link : `${view.url}/`);
    await untilEnd(view, context);
  });
}
