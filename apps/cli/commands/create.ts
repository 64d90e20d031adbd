import { type Command, Option } from "commander";
import {
  ArgumentError,
  CloudVolume,
  DATA_TYPES,
  type DataType,
  type Info,
  InfoUnavailableError,
  type NewInfoOptions,
  parseJson,
  stringifyJson,
} from "../../../src/node.js";
import { parsePoint, parseResolution, parseSize, parseWhole, type Triple } from "../argument-values.js";
import { type ArrayChoices, addArrayOptions, arrayOf } from "../array-options.js";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { subcommand } from "../subcommand.js";

interface CreateOptions extends ArrayChoices {
  readonly info?: string;
  readonly type?: "image" | "segmentation";
  readonly dtype?: DataType;
  readonly size?: Triple;
  readonly resolution?: Triple;
  readonly offset: Triple;
  readonly chunk: Triple;
  readonly channels: number;
  readonly encoding: string;
  readonly blockSize?: Triple;
  readonly encodingLevel?: number;
  readonly encodingEffort?: number;
  readonly maxMip: number;
  readonly factor: Triple;
  readonly mesh?: string | boolean;
  readonly skeletons?: string | boolean;
  readonly overwrite?: boolean;
  readonly sharded?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "create", {
    description:
      "Makes a new layer, from an info file or from options. Nothing but info and provenance is written.",
    examples: [
      "create file:///data/new --info info.json",
      "create file:///data/em/image --type image --dtype uint8 --size 1024,1024,100 --resolution 8,8,40",
      "create zarr3://file:///data/em.zarr --type image --dtype uint8 --size 1024,1024,100 --resolution 8,8,40 --shard 512,512,64",
    ],
  })
    .argument("<path>", "where to")
    .option("--info <file>", "an info document; - is standard input")
    .addOption(new Option("--type <type>", "what the layer holds").choices(["image", "segmentation"]))
    .addOption(new Option("--dtype <type>", "data type of a voxel").choices(DATA_TYPES))
    .option("--size <size>", "x,y,z voxels", parseSize)
    .option("--resolution <nm>", "x,y,z nanometres of a voxel, e.g. 8,8,40", parseResolution)
    .option("--offset <point>", "x,y,z of the first voxel", parsePoint, [0, 0, 0])
    .option("--chunk <size>", "x,y,z voxels of a chunk", parseSize, [64, 64, 64])
    .option("--channels <n>", "values of a voxel", parseWhole(1, 65_536), 1)
    .option("--encoding <name>", "how chunks are stored, e.g. raw, jpeg or compressed_segmentation", "raw")
    .option("--block-size <size>", "x,y,z voxels of a block of compressed_segmentation", parseSize)
    .option("--encoding-level <level>", "quality or level of an encoding that has one", parseWhole(0, 100))
    .option("--encoding-effort <effort>", "effort of jxl, 1 (fast) to 10 (small)", parseWhole(1, 10))
    .option("--max-mip <mip>", "the coarsest level to describe", parseWhole(0, 1023), 0)
    .option("--factor <factor>", "x,y,z from one level to the next", parseSize, [2, 2, 1])
    .option("--mesh [folder]", "the folder of meshes")
    .option("--skeletons [folder]", "the folder of skeletons")
    .option("--overwrite", "replace the info of a layer that exists; its chunks stay")
    .option("--sharded", "chunks lie in few large shard files, as recommended for the size");
  return addArrayOptions(command).action(async (path: string, options: CreateOptions) => {
    const info =
      options.info === undefined ? infoOf(options) : await readInfo(options.info, command, context);
    if (options.overwrite !== true) await checkNew(path, info, context);
    const vol = await CloudVolume.create(path, { info, array: arrayOf(options), signal: context.signal });
    context.note(`${vol.cloudpath}: ${vol.layerType}, ${vol.dataType}, ${vol.scales.length} level(s)`);
  });
}

function infoOf(options: CreateOptions): Info {
  const { type, dtype, size, resolution } = options;
  if (type === undefined || dtype === undefined || size === undefined || resolution === undefined) {
    const missing = (["type", "dtype", "size", "resolution"] as const).filter(
      (name) => options[name] === undefined,
    );
    throw new ArgumentError("A new layer needs --info FILE, or --type, --dtype, --size and --resolution", {
      got: `no ${missing.map((name) => `--${name}`).join(", ")}`,
    });
  }
  const settings: NewInfoOptions = {
    layerType: type,
    dataType: dtype,
    volumeSize: size,
    resolution,
    voxelOffset: options.offset,
    chunkSize: options.chunk,
    numChannels: options.channels,
    encoding: options.encoding,
    compressedSegmentationBlockSize: options.blockSize,
    encodingLevel: options.encodingLevel,
    encodingEffort: options.encodingEffort,
    maxMip: options.maxMip,
    factor: options.factor,
    mesh: options.mesh,
    skeletons: options.skeletons,
    sharding: options.sharded === true,
  };
  return CloudVolume.createNewInfo(settings);
}

async function readInfo(file: string, command: Command, context: CommandContext): Promise<Info> {
  const given = command.options.filter(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === "cli" &&
      !["info", "overwrite", "debug", "compressor", "shard"].includes(option.attributeName()),
  );
  if (given.length > 0)
    throw new ArgumentError("--info describes the whole layer", {
      expected: "--info FILE alone",
      got: given.map((option) => option.long ?? option.short).join(", "),
    });
  return parseJson(await readAllInput(file, context.signal), { where: file }) as unknown as Info;
}

/** Refuses to change the info of a layer that exists: its chunks would no longer be what it says. */
async function checkNew(path: string, info: Info, { signal }: CommandContext): Promise<void> {
  let existing: CloudVolume;
  try {
    existing = await CloudVolume.open(path, { maxRedirects: 0, signal });
  } catch (error) {
    if (error instanceof InfoUnavailableError) return;
    throw error;
  }
  if (sorted(existing.info) === sorted(info)) return;
  throw new ArgumentError("There is a layer with another info already", {
    where: existing.cloudpath,
    fix: "Choose another path, or pass --overwrite to replace its info.",
  });
}

function sorted(info: Info): string {
  return stringifyJson(info, { sortKeys: true });
}
