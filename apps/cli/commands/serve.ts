import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { addServerOptions, announce, type ServerOptions, serveOptions, untilEnd } from "../serve-options.js";
import { subcommand } from "../subcommand.js";

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "serve", {
    description:
      "Offers layers of any format over http, to this machine alone and only for reading, until Ctrl-C. Prints the " +
      "address of each: for Neuroglancer precomputed://ADDRESS, with meshes and skeletons; for others a Zarr 3, and with .zarr2 " +
      "at the end a Zarr 2. A folder offers all layers in it.",
    examples: [
      "serve file:///data/em/image",
      "serve data/em/image gs://bucket/seg --port 8080 --compressor blosc",
      "serve data --cors https://neuroglancer-demo.appspot.com",
    ],
  }).argument("<path...>", "the layers, or folders that layers lie in");
  return addServerOptions(command).action(async (paths: string[], options: ServerOptions) => {
    const { serve } = await import("../../../src/node.js");
    const serving = await serve(paths, await serveOptions(options, context));
    announce(serving, options, context);
    for (const layer of serving.layers) context.print(layer);
    await untilEnd(serving, context);
  });
}
