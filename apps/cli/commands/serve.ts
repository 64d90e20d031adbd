import { type Command, Option } from "commander";
import { parseWhole } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface Options extends VolumeOptions {
  readonly port?: number;
  readonly compressor: string;
}

const USUAL_PORT = 1337;

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "serve", {
    description:
      "Offers layers of any format as Zarr over http, to this machine alone and only for reading, until Ctrl-C. " +
      "Prints the address of each: Zarr 3; with .zarr2 at the end, Zarr 2.",
    examples: [
      "serve file:///data/em/image",
      "serve data/em/image gs://bucket/seg --port 8080 --compressor blosc",
    ],
  })
    .argument("<path...>", "the layers")
    .option(
      "--port <n>",
      "where to listen; 0 means any that is free (default: 1337, or the next free one)",
      parseWhole(0, 65_535),
    )
    .addOption(
      new Option("--compressor <name>", "what packs the chunks")
        .choices(["none", "blosc", "gzip", "zstd"])
        .default("none"),
    );
  addVolumeOptions(command, ["background", "cache"]);
  return command.action(async (paths: string[], options: Options) => {
    const { serve } = await import("../../../src/node.js");
    const { signal } = context;
    const volumes = await Promise.all(paths.map((path) => openVolume(path, options, context)));
    const { port, compressor } = options;
    const packed = compressor === "none" ? null : compressor;
    const serving = await serve(volumes, { port, compressor: packed, signal });
    if (port === undefined && serving.port !== USUAL_PORT)
      context.print(`port ${USUAL_PORT} is taken: this is port ${serving.port}`);
    for (const layer of serving.layers) context.print(layer);
    await new Promise<void>((done) => {
      if (signal.aborted) return done();
      signal.addEventListener("abort", () => done(), { once: true });
    });
    await serving.close();
  });
}
