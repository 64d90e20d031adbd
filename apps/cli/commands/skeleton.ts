import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";
import { parseSegment } from "./mesh-source.js";
import { parseSkeleton } from "./skeleton-file.js";
import { defineGet } from "./skeleton-get.js";

export function define(program: Command, context: CommandContext): Command {
  const skeleton = subcommand(program, "skeleton", {
    description: "Skeletons of a layer's segments.",
    examples: ["skeleton get seg 1036425 --out cell.swc", "skeleton ls seg --json"],
  });
  defineGet(skeleton, context);
  defineLs(skeleton, context);
  definePut(skeleton, context);
  return skeleton;
}

function defineLs(skeleton: Command, context: CommandContext): void {
  const command = subcommand(skeleton, "ls", {
    description: "Lists the segments that have a skeleton, in ascending order, one a line.",
    examples: ["skeleton ls seg", "skeleton ls seg --json"],
  })
    .argument("<path>", "the layer")
    .option("--json", "print an array of decimal strings");
  addVolumeOptions(command, []);
  command.action(async (path: string, options: VolumeOptions & { readonly json?: boolean }) => {
    const { skeleton } = await openVolume(path, options, context);
    const ids = await skeleton.list({ signal: context.signal });
    if (options.json) context.print(json(ids));
    else if (ids.length > 0) context.print(ids.join("\n"));
  });
}

function definePut(skeleton: Command, context: CommandContext): void {
  const command = subcommand(skeleton, "put", {
    description:
      "Stores a skeleton as a segment's. FILE is .swc or .json (physical coordinates, as `skeleton get` writes them); anything else is taken for the precomputed encoding with the layer's attributes.",
    examples: ["skeleton put seg cell.swc --id 7"],
  })
    .argument("<path>", "the layer")
    .argument("<file>", "the skeleton; - is standard input (SWC)")
    .requiredOption("--id <segment>", "the segment", parseSegment);
  addVolumeOptions(command, []);
  command.action(async (path: string, file: string, options: VolumeOptions & { readonly id: bigint }) => {
    const { skeleton } = await openVolume(path, options, context);
    const info = await skeleton.info({ signal: context.signal });
    const bytes = await readAllInput(file, context.signal);
    await skeleton.upload(parseSkeleton(file, bytes, info, options.id), { signal: context.signal });
  });
}
