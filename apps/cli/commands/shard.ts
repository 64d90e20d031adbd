import type { Command } from "commander";
import { ArgumentError, type CloudVolume, MissingError, type ShardedStore } from "../../../src/node.js";
import { parseLabel } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { writeOutput } from "../output-file.js";
import { style } from "../style.js";
import { subcommand } from "../subcommand.js";
import { json, table } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface ShardOptions extends VolumeOptions {
  readonly dir?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const DIR = "a sharded folder of the layer instead, e.g. mesh or skeletons";

export function define(program: Command, context: CommandContext): Command {
  const shard = subcommand(program, "shard", {
    description: "Lists what shard files hold, or takes something out of them.",
    examples: ["shard ls --help"],
  });
  defineList(shard, context);
  defineGet(shard, context);
  return shard;
}

function defineList(shard: Command, context: CommandContext): void {
  const command = subcommand(shard, "ls", {
    summary: "list the labels of all shards",
    description:
      "Lists the labels of all shards of a level, with their files and places. Labels of images are the numbers of their chunks.",
    examples: ["shard ls file:///data/em/image", "shard ls file:///data/seg --dir mesh --json"],
  })
    .argument("<path>", "the layer")
    .option("--dir <folder>", DIR)
    .option("--json", "print the labels as an array of strings");
  addVolumeOptions(command, ["mip"]).action(async (path: string, options: ShardOptions) => {
    const shards = await open(path, options, context);
    const labels: string[] = [];
    const rows: string[][] = [];
    for await (const { label, file, minishard, offset, length } of shards.entries({
      signal: context.signal,
    })) {
      if (options.json) labels.push(String(label));
      else rows.push([String(label), file, String(minishard), String(offset), String(length)]);
    }
    if (options.json) return context.print(json(labels));
    const right = ["label", "file", "minishard", "offset", "bytes"].map((title) => {
      return { title, align: title === "file" ? ("left" as const) : ("right" as const) };
    });
    context.print(table(right, rows, style(process.stdout).dim));
  });
}

function defineGet(shard: Command, context: CommandContext): void {
  const command = subcommand(shard, "get", {
    summary: "take one datum out of its shard",
    description: "Writes the datum of a label, decompressed. Exit status 3 if there is none.",
    examples: [
      "shard get file:///data/em/image 17 --out chunk",
      "shard get file:///data/seg 99 --dir mesh > manifest",
    ],
  })
    .argument("<path>", "the layer")
    .argument("<label>", "a whole number", parseLabel)
    .option("--dir <folder>", DIR)
    .option("--out <file>", "where to; default: standard output", "-");
  addVolumeOptions(command, ["mip"]).action(async (path: string, label: bigint, options: ShardOptions) => {
    const shards = await open(path, options, context);
    const bytes = await shards.read(label, { signal: context.signal });
    if (bytes === undefined) throw new MissingError("No shard has this label", { where: shards.url(label) });
    await writeOutput(options.out ?? "-", context.signal, (sink) => sink.write(bytes, 0));
  });
}

async function open(path: string, options: ShardOptions, context: CommandContext): Promise<ShardedStore> {
  const { dir, mip } = options;
  if (dir !== undefined && mip !== undefined)
    throw new ArgumentError("A folder has no levels", { expected: "--dir or --mip", got: "both" });
  const vol: CloudVolume = await openVolume(path, options, context);
  return dir === undefined ? vol.shardReader() : await vol.shardReaderOf(dir, { signal: context.signal });
}
