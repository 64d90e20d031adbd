import type { Command } from "commander";
import { Bbox, type Box6, type CloudVolume } from "../../../src/node.js";
import { parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { subcommand } from "../subcommand.js";
import { bytes, json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

type CacheCommandOptions = VolumeOptions & { json?: boolean; bbox?: Box6 };

export function define(program: Command, context: CommandContext): Command {
  const cache = subcommand(program, "cache", {
    description: "Shows or deletes what the disk cache holds of a layer.",
    examples: ["cache size gs://bucket/em/image"],
  });
  defineList(cache, context);
  defineSize(cache, context);
  defineFlush(cache, context);
  return cache;
}

/** The volume with its cache where `--cache DIR` says, and not in use: looking at it does not fill it. */
async function openCached(
  path: string,
  { cache, ...options }: CacheCommandOptions,
  context: CommandContext,
): Promise<CloudVolume> {
  const vol = await openVolume(path, options, context);
  if (cache !== undefined) vol.layerCache.locate(cache);
  return vol;
}

function defineList(cache: Command, context: CommandContext): void {
  const command = subcommand(cache, "ls", {
    summary: "list the cached files",
    description:
      "Lists the cached files of a layer, of all levels or of one, with the suffixes of their compression.",
    examples: ["cache ls file:///data/em/image --mip 0"],
  })
    .argument("<path>", "the layer")
    .option("--json", "print an array of names");
  addVolumeOptions(command, ["mip", "cache"]).action(async (path: string, options: CacheCommandOptions) => {
    const vol = await openCached(path, options, context);
    const mips = options.mip === undefined ? vol.availableMips : [vol.mip];
    const names: string[] = [];
    for (const mip of mips)
      names.push(...(await vol.cache.list(mip)).map((name) => `${vol.mipKey(mip)}/${name}`));
    if (options.mip === undefined) {
      names.push(...(await vol.cache.listMeshes()).map((name) => `${vol.info.mesh}/${name}`));
      names.push(...(await vol.cache.listSkeletons()).map((name) => `${vol.info.skeletons}/${name}`));
    }
    if (options.json) context.print(json(names));
    else if (names.length > 0) context.print(names.join("\n"));
  });
}

function defineSize(cache: Command, context: CommandContext): void {
  const command = subcommand(cache, "size", {
    summary: "tell how large the cache is",
    description: "Tells how many files the cache holds of a layer, and their bytes.",
    examples: ["cache size file:///data/em/image --json"],
  })
    .argument("<path>", "the layer")
    .option("--json", 'print {"files":n,"bytes":n}');
  addVolumeOptions(command, ["mip", "cache"]).action(async (path: string, options: CacheCommandOptions) => {
    const { cache: held } = await openCached(path, options, context);
    const size =
      options.mip === undefined
        ? held.total()
        : { files: await held.numFiles(), bytes: await held.numBytes() };
    context.print(options.json ? json(size) : `${size.files} files, ${bytes(size.bytes)}`);
  });
}

function defineFlush(cache: Command, context: CommandContext): void {
  const command = subcommand(cache, "flush", {
    summary: "delete what is cached",
    description:
      "Deletes what is cached of a layer: all of it, the chunks of a level, or those that a box of the finest level touches.",
    examples: [
      "cache flush file:///data/em/image",
      "cache flush file:///data/em/image --bbox 0,0,0,512,512,64",
    ],
  })
    .argument("<path>", "the layer")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1 in voxels of mip 0; of all levels, or of --mip", parseBox);
  addVolumeOptions(command, ["mip", "cache"]).action(async (path: string, options: CacheCommandOptions) => {
    const vol = await openCached(path, options, context);
    if (options.bbox === undefined && options.mip === undefined) return await vol.cache.flush();
    const region = options.bbox === undefined ? vol.mipBounds(0) : Bbox.fromList(options.bbox);
    await vol.cache.flushRegion(region, options.mip === undefined ? {} : { mips: [options.mip] });
  });
}
